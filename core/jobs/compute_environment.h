// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// LibTorch itself, the allocator's slack, and what the libraries keep: what an estimate of a
/// process adds to what its job allocates.
inline constexpr std::int64_t libraryBytes = std::int64_t{256} << 20;

/// Gives the calling thread, the pools it makes later, and the BLAS's a lower priority than the
/// window's.
void lowerThreadPriority();

/// The same thread count (0: all cores) for LibTorch, the BLAS and parallelFor, and settings under
/// which equal requests give equal bits. Called on the compute thread before each job.
void prepareCompute(int threads);

/// What is wrong with the machine's set-up, in English; empty when nothing is.
std::vector<std::string> environmentWarnings();

/// What this process may still allocate: the smaller of the system's and the control group's.
std::int64_t availableMemoryBytes();

/// The largest resident size since the last reset (or since the process started, where the kernel
/// does not allow a reset).
std::int64_t peakRssBytes();
void resetPeakRss();

} // namespace bitprism
