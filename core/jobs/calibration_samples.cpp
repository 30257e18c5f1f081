// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/calibration_samples.h"

#include <nlohmann/json.hpp>

namespace bitprism {

CalibrationChoice calibrationChoice(const Json &calibration, int samples, int length)
{
    Json filled = {{"samples", samples}, {"length", length}};
    if (calibration.is_object()) {
        filled.update(calibration);
    } else {
        filled = calibration; // the recipe's reader says what is wrong with it
    }
    return Recipe::fromJson({{"version", Recipe::currentVersion}, {"calibration", filled}},
                            "calibration")
        .calibration;
}

SampleSet drawSamples(const CalibrationChoice &choice, const std::string &data, const Model &model,
                      const tokenize::Tokenizer &tokenizer, JobContext &context)
{
    if (data.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "No calibration data was given; name a text file."));
    }
    context.stage("calibration samples");
    const auto sampler = create<Sampler>(choice.sampler.id, choice.samplerParameters(),
                                         "calibration: " + choice.sampler.id);
    const Dataset dataset = Dataset::openText(data);
    Random random = context.random("sampler");
    return sampler->draw(dataset, &tokenizer, &model, random, context);
}

ItemSet scoredItems(const SampleSet &samples)
{
    ItemSet items;
    items.length = samples.length;
    items.stride = samples.length;
    items.notes = samples.notes;
    for (const Batch &sample : samples.samples) {
        const at::Tensor tokens = sample.tokens.to(at::kCPU).contiguous();
        const std::int64_t *first = tokens.data_ptr<std::int64_t>();
        EvaluationItem item;
        item.tokens.assign(first, first + tokens.numel());
        item.targets.assign(item.tokens.begin() + 1, item.tokens.end());
        for (std::int64_t position = 0; position + 1 < tokens.numel(); ++position) {
            item.positions.push_back(position);
        }
        item.unit = items.units++;
        items.items.push_back(std::move(item));
    }
    return items;
}

std::vector<StreamState> beginStates(const Model &model, const SampleSet &samples)
{
    std::vector<StreamState> states;
    for (const Batch &batch : batchesOf(samples, batchTokens(model))) {
        states.push_back(model.begin(0, batch));
    }
    return states;
}

} // namespace bitprism
