// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <string>

namespace bitprism {

/// The command that repeats a run, for a POSIX shell: made from its stored request and recipe, with
/// everything that differs from the default recipe as --set.
std::string commandLine(const store::RunRecord &record);

/// One argument as a POSIX shell reads it back.
std::string shellQuoted(const std::string &argument);

} // namespace bitprism
