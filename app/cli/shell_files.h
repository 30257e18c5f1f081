// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace bitprism::cli {

/// What an installation has beside the program, made of the same tables as --help.
std::string bashCompletion();
std::string zshCompletion();
/// bitprism-cli(1), in man's own language.
std::string manPage();

} // namespace bitprism::cli
