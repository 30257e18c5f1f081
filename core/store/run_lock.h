// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

namespace bitprism::store {

/// Exclusive hold on a run's folder: a run belongs to one process at a time. The system releases it
/// when the process ends, however it ends, so a run marked running whose lock is free was
/// interrupted. An open-file-description lock on the file `lock` in the folder.
class RunLock
{
public:
    /// Makes the folder if need be. Nothing if somebody else (another RunLock of this process too)
    /// holds it. Throws Io if the folder cannot be written.
    static std::optional<RunLock> acquire(const std::filesystem::path &folder);
    /// Asks without taking it; false for a folder that is not there.
    static bool isHeld(const std::filesystem::path &folder);

    RunLock(RunLock &&other) noexcept;
    RunLock &operator=(RunLock &&other) noexcept;
    ~RunLock();

    void release();

private:
    explicit RunLock(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor = -1;
};

} // namespace bitprism::store
