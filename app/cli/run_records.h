// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output.h"
#include "core/store/experiment_store.h"

namespace bitprism::cli {

/// A run as `list` prints it.
Json recordToJson(const store::RunRecord &record);
/// JSON text from the store; what does not parse is shown as the text it is.
Json storedJson(const std::string &text);

} // namespace bitprism::cli
