// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_what_if.h"

#include "core/analysis/what_if_study.h"
#include "core/base/parallel.h"

#include <map>
#include <utility>

namespace bitprism {

namespace {

constexpr WhatIfEffort full{{}, {16, 16}, 24};
constexpr WhatIfEffort quick{{16, 16}, {8, 8}, 8};

/// Squared output error of an input that is quantized at `bits`, kept channels left out.
double activationError(const InputSamples &samples, const WeightRows &layer,
                       const InputChange &change, int bits, bool perToken)
{
    const std::vector<float> x = changedInput(change, samples.sample);
    const std::vector<float> error
        = inputError(x, samples.channels, rangeOf(samples, change), bits, perToken);
    std::vector<float> output;
    multiply(error, layer.values, samples.channels, output);
    return squaresOf(output, tokenWeights(samples)).total;
}

} // namespace

std::vector<LayerWhatIf> whatIf(const InputSamples &samples, const WhatIfQuestion &question,
                                std::stop_token stop)
{
    return WhatIfStudy(samples, question, full, std::move(stop)).answer();
}

LayerWhatIf whatIf(const std::filesystem::path &runFolder, const LayerOutliers &layer,
                   const WhatIfQuestion &question, std::stop_token stop)
{
    const InputSamples samples = readInputSamples(runFolder, layer.atlasFile);
    std::vector<LayerWhatIf> answers
        = WhatIfStudy(samples, question, full, std::move(stop)).answer(layer.layer);
    if (!answers.empty()) {
        return std::move(answers.front());
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1 holds nothing of layer %2; run outliers again."),
                runFolder / layer.atlasFile, layer.layer);
}

std::vector<LayerWhatIf> whatIfAll(const std::filesystem::path &runFolder,
                                   const OutlierTable &table, const WhatIfQuestion &question,
                                   std::stop_token stop)
{
    std::vector<std::string> files;
    for (const LayerOutliers &layer : table.layers) {
        if (!layer.atlasFile.empty() && (files.empty() || files.back() != layer.atlasFile)) {
            files.push_back(layer.atlasFile); // layers of one input stand together
        }
    }
    std::vector<std::vector<LayerWhatIf>> byInput(files.size());
    parallelFor(files.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            // Of the tokens all: a rotation's range is theirs.
            const InputSamples samples
                = readInputSamples(runFolder, files[i], {.rows = quick.cut.rows});
            byInput[i] = WhatIfStudy(samples, question, quick, stop).answer();
        }
    });
    std::map<std::string, LayerWhatIf> byName;
    for (std::vector<LayerWhatIf> &input : byInput) {
        for (LayerWhatIf &answer : input) {
            byName[answer.layer] = std::move(answer);
        }
    }
    std::vector<LayerWhatIf> answers;
    for (const LayerOutliers &layer : table.layers) {
        const auto found = byName.find(layer.layer);
        if (found != byName.end()) {
            answers.push_back(std::move(found->second));
        }
    }
    return answers;
}

std::vector<ErrorShare> errorShares(const InputSamples &samples, const WeightRows &layer,
                                    const std::vector<std::int64_t> &channels)
{
    const InputChange plain = noChange(samples.channels);
    InputChange keeping = plain;
    keeping.kept.assign(plain.scale.size(), false);
    for (const std::int64_t channel : channels) {
        keeping.kept[static_cast<std::size_t>(channel)] = true;
    }
    std::vector<ErrorShare> shares;
    for (const int bits : {8, 6, 4}) {
        const auto share = [&](bool perToken) {
            const double all = activationError(samples, layer, plain, bits, perToken);
            return all > 0 ? 1 - activationError(samples, layer, keeping, bits, perToken) / all
                           : 0.0;
        };
        shares.push_back(
            {bits, static_cast<std::int64_t>(channels.size()), share(false), share(true)});
    }
    return shares;
}

} // namespace bitprism
