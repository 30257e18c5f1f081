// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/parallel.h"

#include <ATen/Parallel.h>
#include <cblas.h>

#include <future>

namespace bitprism::train {

void inParallel(const std::function<void(int)> &work)
{
    openblas_set_num_threads(1);
    at::set_num_threads(1);
    std::future<void> other = std::async(std::launch::async, [&work] {
        at::set_num_threads(1); // OpenMP keeps the number per thread
        work(1);
    });
    work(0);
    other.get();
}

} // namespace bitprism::train
