// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace bitprism::train {

/// Two threads with half of the rows each outrun one pool per matrix product: other programs' load
/// on a core then delays one thread per step, not one barrier per product.
inline constexpr int workerCount = 2;

/// Calls work(0) and work(1) at once, with the libraries' own threads off, and waits for both; an
/// exception of either is thrown here.
void inParallel(const std::function<void(int)> &work);

/// The half-open range of worker `index` among `count` things.
inline std::pair<std::size_t, std::size_t> shareOf(std::size_t count, int index)
{
    const std::size_t middle = count / 2;
    return index == 0 ? std::pair(std::size_t(0), middle) : std::pair(middle, count);
}

} // namespace bitprism::train
