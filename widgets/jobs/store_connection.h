// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace bitprism {

/// The window's own connection to the open store, for reading. Made in the GUI thread, used on the
/// store thread only; tasks share it.
class StoreConnection
{
public:
    /// The store in `path`, opened on first use, when the path changes, and when another file lies
    /// there. Throws as store::ExperimentStore does, also where the file is gone.
    const store::ExperimentStore &open(const std::string &path);
    /// Lets go of the file.
    void close() { m_store.reset(); }

private:
    /// Which file it is, whatever its name: device and number.
    using FileId = std::pair<std::uint64_t, std::uint64_t>;
    static std::optional<FileId> fileAt(const std::string &path);

    std::string m_path;
    std::optional<FileId> m_file;
    std::optional<store::ExperimentStore> m_store;
};

} // namespace bitprism
