// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/arguments.h"
#include "core/store/experiment_store.h"

#include <filesystem>
#include <optional>

namespace bitprism::cli {

/// --store, or $XDG_DATA_HOME/bitprism/store.bitprism (~/.local/share without the variable).
std::filesystem::path storePath(const GlobalOptions &global);
/// The same, for jobs that write: makes the folder of the user's own store.
std::filesystem::path writableStorePath(const GlobalOptions &global);

/// For commands that read. Nothing where the user's own store was never made; a --store that is
/// not there is BadInput.
std::optional<store::ExperimentStore> openStoreIfThere(const GlobalOptions &global,
                                                       store::OpenMode mode);
/// The same, BadInput where there is none: a run was asked for by name.
store::ExperimentStore openStore(const GlobalOptions &global, store::OpenMode mode);

} // namespace bitprism::cli
