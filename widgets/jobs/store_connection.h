// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <optional>
#include <string>

namespace bitprism {

/// The window's own connection to the open store, for reading. Made in the GUI thread, used on the
/// store thread only; tasks share it.
class StoreConnection
{
public:
    /// The store in `path`, opened on first use and when the path changes. Throws as
    /// store::ExperimentStore does.
    const store::ExperimentStore &open(const std::string &path);
    /// Lets go of the file, so that the next open() sees one that was replaced.
    void close() { m_store.reset(); }

private:
    std::string m_path;
    std::optional<store::ExperimentStore> m_store;
};

} // namespace bitprism
