// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

#include <string>

namespace bitprism::cli {

/// All commands and the global options.
std::string generalHelp();
/// One command with its arguments and flags.
std::string commandHelp(const Command &command);

} // namespace bitprism::cli
