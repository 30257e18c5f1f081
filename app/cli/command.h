// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "app/cli/output.h"

#include <string_view>
#include <vector>

namespace bitprism::cli {

/// What a command's function gets.
struct Invocation
{
    const Arguments &arguments;
    const GlobalOptions &global;
    const Output &output;
};

/// One command: its line in commands.def, its page of --help and its flags come from this table.
struct Command
{
    std::string_view name;
    std::string_view summary; ///< one line, without a full stop
    std::vector<PositionalSpec> positionals;
    std::vector<OptionSpec> options;
    /// Gives the exit status; errors are thrown.
    int (*run)(const Invocation &invocation);
};

const std::vector<const Command *> &commands();
/// Null for an unknown name.
const Command *findCommand(std::string_view name);

} // namespace bitprism::cli

/// Stands once in commands/NAME.cpp, inside namespace bitprism::cli: defines the command's table.
#define BITPRISM_COMMAND(name)                                                                     \
    extern const Command command_##name;                                                           \
    const Command command_##name
