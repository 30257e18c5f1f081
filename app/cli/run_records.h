// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "core/store/experiment_store.h"

#include <string>
#include <string_view>
#include <vector>

namespace bitprism::cli {

/// A run as `list` prints it.
Json recordToJson(const store::RunRecord &record);
/// JSON text from the store; what does not parse is shown as the text it is.
Json storedJson(const std::string &text);

/// The full ids of runs to set side by side. BadInput for an unknown one, and for one that is named
/// twice.
std::vector<std::string> distinctRuns(const store::ExperimentStore &store,
                                      const std::vector<std::string> &ids);

/// Says why a run has no result of `kind` ("outliers"): it did not finish, or is another kind of
/// run. `remedy` follows: "name runs of one kind".
[[noreturn]] void refuseWithoutResult(const store::ExperimentStore &store, const std::string &id,
                                      std::string_view kind, std::string_view remedy);

} // namespace bitprism::cli
