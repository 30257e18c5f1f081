// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace bitprism::train {

/// The command line of bitprism-train-sample, run; throws BadUsage for unknown flags, values out of
/// range and an unknown sample. Without a flag, the settings are those of the shipped sample.
int runSampleCommand(const std::vector<std::string> &arguments);

} // namespace bitprism::train
