// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

#include <filesystem>

namespace bitprism::cli {

/// Absolute path of a file that a command will write. BadInput where one that holds anything stands
/// there and --overwrite was not given; BadUsage for the store itself, which nothing may replace.
/// To be asked before any work.
std::filesystem::path outputFile(const Invocation &invocation, const std::string &file);

/// BadUsage where `output` is the store.
void refuseStore(const Invocation &invocation, const std::filesystem::path &output);

/// --overwrite, of every command that writes one file.
OptionSpec overwriteOption();

} // namespace bitprism::cli
