// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace bitprism {

/// What tells a published result from the others of its kind in one run, and the name the store
/// keeps it by: "losses:KEY" for the losses of an evaluation; empty where a run has one of a kind.
std::string resultName(const Result &result);

} // namespace bitprism
