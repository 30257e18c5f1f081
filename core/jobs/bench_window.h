// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"

#include <filesystem>
#include <map>
#include <string>

namespace bitprism {

/// The window program beside this one. BadInput where there is none.
std::filesystem::path windowProgram();

/// The figures that the window prints of itself when it is started with `--measure NAME`. On a
/// machine without a display it draws off screen. Throws Error where it does not start or fails.
std::map<std::string, double> measureWindow(const std::string &name, JobContext &context);

/// Lets the system forget the files that the window is made of, so that the next start reads them
/// from the disk; those that a running program uses stay in memory.
void forgetWindowFiles();

} // namespace bitprism
