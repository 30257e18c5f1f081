// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace bitprism {

/// Model name of the processor as the system gives it; "unknown" where it does not. The journal of
/// a run and its environment are compared by it.
std::string processorName();

} // namespace bitprism
