// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/perplexity.h"

#include "app/train/kernels.h"
#include "app/train/llama_pass.h"
#include "app/train/parallel.h"
#include "core/base/error.h"

#include <numeric>

namespace bitprism::train {

namespace {

constexpr std::size_t rowsAtOnce = 4;

/// Sum over the `rows` windows that `tokens` consist of.
template <typename T>
double sumOverWindows(LlamaPass<T> &pass, const std::vector<float> &parameters,
                      const std::vector<T> &matrices, std::span<const std::int32_t> tokens,
                      std::size_t rows, std::size_t length)
{
    std::vector<std::int32_t> inputs;
    std::vector<std::int32_t> targets;
    for (std::size_t r = 0; r < rows; ++r) {
        const auto window = tokens.subspan(r * length, length);
        inputs.insert(inputs.end(), window.begin(), window.end() - 1);
        targets.insert(targets.end(), window.begin() + 1, window.end());
    }
    const TokenBatch batch{inputs, targets, int(rows), int(length) - 1};
    return pass.forward(parameters.data(), matrices.data(), batch, 0.0f, 0, 0.0f);
}

template <typename T>
double evaluateWith(const LlamaConfig &config, const std::vector<float> &parameters,
                    std::span<const std::int32_t> tokens, std::size_t length)
{
    const std::size_t windows = tokens.size() / length;
    std::vector<T> matrices(parameters.size());
    toStorage(parameters.data(), matrices.data(), parameters.size());
    std::vector<double> sums(windows);
    inParallel([&](int index) {
        const auto [begin, end] = shareOf(windows, index);
        for (std::size_t rows : {rowsAtOnce, std::size_t(1)}) {
            LlamaPass<T> pass(config, int(rows), int(length) - 1);
            const std::size_t grouped = begin + (end - begin) / rowsAtOnce * rowsAtOnce;
            const std::size_t first = rows == 1 ? grouped : begin;
            const std::size_t last = rows == 1 ? end : grouped;
            for (std::size_t i = first; i < last; i += rows) {
                sums[i] = sumOverWindows(pass, parameters, matrices,
                                         tokens.subspan(i * length, rows * length), rows, length);
            }
        }
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0) / double(windows * (length - 1));
}

} // namespace

double evaluateLoss(const LlamaConfig &config, Precision precision,
                    const std::vector<float> &parameters, std::span<const std::int32_t> tokens,
                    int length)
{
    if (length < 2 || tokens.size() < std::size_t(length)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The held-out text has no window of %1 tokens."), length);
    }
    if (precision == Precision::Float32) {
        return evaluateWith<float>(config, parameters, tokens, std::size_t(length));
    }
    return evaluateWith<Bfloat16>(config, parameters, tokens, std::size_t(length));
}

} // namespace bitprism::train
