// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>

namespace bitprism {

/// Threads that parallelFor may use, the caller's included; LibTorch and OpenBLAS are set alike by
/// the engine. At least 1; at the start, the number of cores.
void setThreadCount(int count);
int threadCount();

/// Calls body(begin, end) for disjoint ranges that cover [0, count), on up to threadCount()
/// threads; ranges are not smaller than `grain`. The split depends on count, grain and the thread
/// count only. The first exception is rethrown after all threads are done. Not nested: a call from
/// inside a body runs on its own thread alone.
void parallelFor(std::size_t count, std::size_t grain,
                 const std::function<void(std::size_t begin, std::size_t end)> &body);

} // namespace bitprism
