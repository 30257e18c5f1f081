// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace bitprism::train {

/// Runs the body of a program's main: what it throws becomes one line on stderr, behind the
/// program's name, and the exit status that bitprism-cli gives too.
int runProgram(const char *name, const std::function<int()> &body);

} // namespace bitprism::train
