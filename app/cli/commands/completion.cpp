// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/shell_files.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

int completionCommand(const Invocation &invocation)
{
    const std::string form = invocation.arguments.positional("bash|zsh|man");
    std::string text;
    if (form == "bash") {
        text = bashCompletion();
    } else if (form == "zsh") {
        text = zshCompletion();
    } else if (form == "man") {
        text = manPage();
    } else {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "\"%1\" has no completion; name bash, zsh or man."), form);
    }
    invocation.output.print({{"text", text}}, text);
    return 0;
}

} // namespace

BITPRISM_COMMAND(completion){"completion",
                             "Print the shell's completion of these commands, or their manual page",
                             {{"bash|zsh|man", "The shell, or man for the manual page"}},
                             {},
                             &completionCommand};

} // namespace bitprism::cli
