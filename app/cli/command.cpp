// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

namespace bitprism::cli {

#define COMMAND(name) extern const Command command_##name;
#include "app/cli/commands.def"
#undef COMMAND

const std::vector<const Command *> &commands()
{
#define COMMAND(name) &command_##name,
    static const std::vector<const Command *> list{
#include "app/cli/commands.def"
    };
#undef COMMAND
    return list;
}

const Command *findCommand(std::string_view name)
{
    for (const Command *command : commands()) {
        if (command->name == name) {
            return command;
        }
    }
    return nullptr;
}

} // namespace bitprism::cli
