// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/bench_data.h"

#include "core/families/locate_model.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

std::vector<float> benchInputs(std::int64_t tokens, std::int64_t cols, JobContext &context)
{
    Random random = context.random("bench inputs");
    std::vector<float> sizes(static_cast<std::size_t>(cols));
    std::generate(sizes.begin(), sizes.end(),
                  [&] { return static_cast<float>(std::exp(0.5 * random.normal())); });
    std::vector<float> inputs(static_cast<std::size_t>(tokens * cols));
    for (std::int64_t token = 0; token < tokens; ++token) {
        context.throwIfCancelled();
        float *x = inputs.data() + token * cols;
        float before = 0;
        for (std::int64_t j = 0; j < cols; ++j) {
            before = 0.7F * before + static_cast<float>(random.normal());
            x[j] = before * sizes[static_cast<std::size_t>(j)];
        }
    }
    return inputs;
}

std::vector<float> benchWeights(std::int64_t rows, std::int64_t cols, JobContext &context)
{
    constexpr double deviation = 0.02;
    Random random = context.random("bench weights");
    std::vector<float> weights(static_cast<std::size_t>(rows * cols));
    std::generate(weights.begin(), weights.end(),
                  [&] { return static_cast<float>(deviation * random.normal()); });
    return weights;
}

std::string benchText(const std::string &given)
{
    if (!given.empty()) {
        return given;
    }
    for (const SampleModel &sample : sampleModels()) {
        if (sample.name == benchSample && !sample.evaluation.empty()) {
            return sample.evaluation.string();
        }
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "The sample %1 is not installed; name a text: "
                            "--set bench.data=FILE."),
                benchSample);
}

std::vector<Choice> directionChoices()
{
    return {{"encode", BITPRISM_TR("Bench", "Weights to codes")},
            {"decode", BITPRISM_TR("Bench", "Codes to weights")}};
}

} // namespace bitprism
