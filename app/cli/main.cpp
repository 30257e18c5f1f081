// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/help.h"
#include "core/base/parallel.h"
#include "core/base/utf8.h"
#include "core/base/version.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <exception>
#include <new>

namespace {

using namespace bitprism;
using namespace bitprism::cli;

const std::vector<OptionSpec> *optionsOf(std::string_view name)
{
    const Command *command = findCommand(name);
    return command == nullptr ? nullptr : &command->options;
}

/// Paths and names end up in JSON, which holds nothing else.
void requireUtf8(const std::vector<std::string> &words)
{
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (const std::optional<std::size_t> position = invalidUtf8Position(words[i])) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "Argument %1, \"%2\", is not UTF-8 from byte %3 on; rename the "
                                    "file or write the text in UTF-8."),
                        i + 1, sanitizedUtf8(words[i]), *position);
        }
    }
}

int runCommandLine(const std::vector<std::string> &words)
{
    requireUtf8(words);
    const CommandLine line = splitCommandLine(words, optionsOf);
    const Output output(line.global.isJson, line.global.isQuiet);
    if (line.global.wantsVersion) {
        const std::string version(programVersion());
        output.print({{"version", version}}, "bitprism-cli " + version + "\n");
        return 0;
    }
    const Command *command = findCommand(line.command);
    if (command == nullptr && !line.command.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "Unknown command \"%1\"; see --help."), line.command);
    }
    if (line.global.wantsHelp) {
        const std::string help = command == nullptr ? generalHelp() : commandHelp(*command);
        output.print({{"help", help}}, help);
        return 0;
    }
    if (command == nullptr) {
        throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "A command is missing; see --help."));
    }
    const Arguments arguments(command->name, command->positionals, command->options, line.words);
    return command->run({arguments, line.global, output});
}

int exitStatus(ErrorCode code)
{
    switch (code) {
    case ErrorCode::BadUsage:
        return 2;
    case ErrorCode::BadInput:
        return 3;
    case ErrorCode::Cancelled:
        return 130;
    case ErrorCode::Io:
    case ErrorCode::Internal:
        break;
    }
    return 1;
}

int fail(int status, const char *text)
{
    std::fprintf(stderr, "bitprism-cli: %s\n", text);
    return status;
}

} // namespace

int main(int argc, char **argv)
{
    bitprism::letIdleThreadsSleep();
    // One of the three places that catch: every error becomes one line and an exit status.
    try {
        return runCommandLine(std::vector<std::string>(argv + 1, argv + argc));
    } catch (const Error &error) {
        return fail(exitStatus(error.code()), error.what());
    } catch (const std::bad_alloc &) {
        return fail(1, "Not enough memory; close other programs or choose a smaller model.");
    } catch (const std::exception &error) {
        return fail(1, error.what());
    }
}
