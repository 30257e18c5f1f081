// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/perplexity.h"

#include "app/train/kernels.h"
#include "app/train/llama_pass.h"
#include "app/train/parallel.h"

namespace bitprism::train {

namespace {

template <typename T>
double sumOverWindows(const LlamaConfig &config, const std::vector<float> &parameters,
                      std::span<const std::int32_t> tokens, int rows, int length)
{
    const std::size_t window = std::size_t(rows) * std::size_t(length);
    const std::size_t count = (tokens.size() - 1) / window;
    std::vector<T> matrices(parameters.size());
    toStorage(parameters.data(), matrices.data(), parameters.size());
    std::vector<double> sums(count);
    inParallel([&](int index) {
        const auto [begin, end] = shareOf(count, index);
        LlamaPass<T> pass(config, rows, length);
        for (std::size_t i = begin; i < end; ++i) {
            const TokenBatch batch{tokens.subspan(i * window, window),
                                   tokens.subspan(i * window + 1, window), rows, length};
            sums[i] = pass.forward(parameters.data(), matrices.data(), batch, 0.0f, 0, 0.0f);
        }
    });
    double sum = 0.0;
    for (const double value : sums) {
        sum += value;
    }
    return sum;
}

template <typename T>
double evaluateWith(const LlamaConfig &config, const std::vector<float> &parameters,
                    std::span<const std::int32_t> tokens, int length)
{
    const std::size_t total = tokens.size() - 1;
    double sum = 0.0;
    // Whole groups of rows, then single rows, then what is left as one shorter window.
    for (const int rows : {4, 1}) {
        const std::size_t window = std::size_t(rows) * std::size_t(length);
        sum += sumOverWindows<T>(config, parameters, tokens, rows, length);
        tokens = tokens.subspan((tokens.size() - 1) / window * window);
    }
    if (tokens.size() > 1) {
        sum += sumOverWindows<T>(config, parameters, tokens, 1, int(tokens.size()) - 1);
    }
    return sum / double(total);
}

} // namespace

double evaluateLoss(const LlamaConfig &config, Precision precision,
                    const std::vector<float> &parameters, std::span<const std::int32_t> tokens,
                    int length)
{
    if (precision == Precision::Float32) {
        return evaluateWith<float>(config, parameters, tokens, length);
    }
    return evaluateWith<Bfloat16>(config, parameters, tokens, length);
}

} // namespace bitprism::train
