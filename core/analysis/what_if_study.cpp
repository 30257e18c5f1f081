// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/what_if_study.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bitprism {

namespace {

/// The first of the cached tokens and rows, as readInputSamples() cuts them.
InputSamples thinned(const InputSamples &samples, const SampleCut &cut)
{
    InputSamples thin = samples;
    const std::int64_t tokens
        = samples.extremes + std::min(cut.tokens, samples.sampled() - samples.extremes);
    thin.sampleTokens.resize(static_cast<std::size_t>(tokens));
    thin.sample.resize(static_cast<std::size_t>(tokens * samples.channels));
    for (WeightRows &layer : thin.layers) {
        const std::int64_t rows = std::min(cut.rows, layer.sampled());
        layer.values.resize(static_cast<std::size_t>(rows * samples.channels));
    }
    return thin;
}

void checkQuestion(const WhatIfQuestion &question)
{
    const auto isWidth = [](int bits) { return bits >= 2 && bits <= 8; };
    const auto isShare = [](double value) { return value >= 0 && value <= 1; };
    if (!isWidth(question.weightBits) || !isWidth(question.activationBits)
        || !isShare(question.alpha) || !isShare(question.gainGuard)
        || !isShare(question.keptShare)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "What a transform would change is known for 2 to 8 bits and for "
                                "alpha, guard and share between 0 and 1."));
    }
}

} // namespace

WhatIfStudy::WhatIfStudy(const InputSamples &kept, const WhatIfQuestion &question,
                         const WhatIfEffort &effort, std::stop_token stop)
    : m_kept(kept)
    , m_samples(thinned(kept, effort.cut))
    , m_question(question)
    , m_effort(effort)
    , m_stop(std::move(stop))
    , m_weights(tokenWeights(m_samples))
{
    checkQuestion(question);
    for (const WeightRows &layer : m_samples.layers) {
        std::vector<float> output;
        multiply(m_samples.sample, layer.values, m_samples.channels, output);
        m_outputs.push_back(squaresOf(output, m_weights));
    }
}

std::vector<LayerWhatIf> WhatIfStudy::answer(const std::string &only) const
{
    std::vector<LayerWhatIf> answers;
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < m_samples.layers.size(); ++i) {
        if (only.empty() || m_samples.layers[i].layer == only) {
            answers.push_back({m_samples.layers[i].layer, {}});
            indices.push_back(i);
        }
    }
    for (const std::string_view id : whatIfIds) {
        WhatIfOutcome outcome = begun(id);
        std::optional<ChangedInput> changed;
        if (outcome.applies) {
            changed = quantized(changeOf(id));
            outcome.low = changed->range.low;
            outcome.high = changed->range.high;
            outcome.kurtosis = changed->range.kurtosis;
        }
        for (std::size_t i = 0; i < answers.size(); ++i) {
            answers[i].outcomes.push_back(outcome);
            if (changed) {
                measure(*changed, indices[i], answers[i].outcomes.back());
            }
        }
    }
    return answers;
}

/// All that is known before anything is tried.
WhatIfOutcome WhatIfStudy::begun(std::string_view id) const
{
    WhatIfOutcome outcome;
    outcome.id = id;
    outcome.choice = choiceOf(id);
    if (const std::optional<TranslatableText> reason = reasonAgainst(id)) {
        outcome.applies = false;
        outcome.reason = *reason;
    }
    if (id == "hadamard-rotation" && m_samples.norm.empty()) {
        outcome.note = BITPRISM_TR("WhatIf",
                                   "Only with the rotation's online parts: online_hidden, and "
                                   "heads online.");
    }
    return outcome;
}

ComponentChoice WhatIfStudy::choiceOf(std::string_view id) const
{
    if (id == "plain" || id == "keep-top-channels") {
        return {};
    }
    ComponentChoice choice;
    choice.id = id;
    if (id == "smoothquant") {
        choice.params = Json{{"alpha", m_question.alpha}}.dump();
    }
    return choice;
}

std::optional<TranslatableText> WhatIfStudy::reasonAgainst(std::string_view id) const
{
    if (m_samples.tokens == 0) {
        return BITPRISM_TR("WhatIf", "No token entered this layer.");
    }
    if (id == "plain" || id == "keep-top-channels") {
        return std::nullopt;
    }
    if (id == "hadamard-rotation") {
        return m_samples.channels % 2 == 0
            ? std::nullopt
            : std::optional(BITPRISM_TR("WhatIf",
                                        "An odd number of channels has no Hadamard "
                                        "matrix."));
    }
    if (m_samples.norm.empty()) {
        return BITPRISM_TR("WhatIf", "No norm feeds this layer.");
    }
    return m_samples.canMoveNorm
        ? std::nullopt
        : std::optional(BITPRISM_TR("WhatIf",
                                    "Something else reads the norm that feeds this "
                                    "layer."));
}

InputChange WhatIfStudy::changeOf(std::string_view id) const
{
    if (id == "smoothquant") {
        return smoothed(m_samples, m_question.alpha);
    }
    if (id == "gamma-migration") {
        return migrated(m_samples, m_question.gainGuard);
    }
    if (id == "outlier-suppression-plus") {
        const InputSamples thin = thinned(m_samples, m_effort.search);
        return WhatIfStudy(thin, m_question, m_effort, m_stop).suppressed();
    }
    if (id == "hadamard-rotation") {
        return rotated(m_samples);
    }
    if (id == "keep-top-channels") {
        return keepingTop(m_samples, m_question.keptShare);
    }
    return noChange(m_samples.channels);
}

WhatIfStudy::ChangedInput WhatIfStudy::quantized(InputChange change) const
{
    throwIfStopped(m_stop);
    ChangedInput changed;
    changed.x = changedInput(change, m_samples.sample);
    changed.range = rangeOf(m_kept, change);
    changed.error = inputError(changed.x, m_samples.channels, changed.range,
                               m_question.activationBits, m_question.perToken);
    changed.change = std::move(change);
    return changed;
}

/// The output's error where both sides are quantized: Q(x) Q(W)^T - x W^T, with what the input
/// alone causes and what the weights alone do on the way.
void WhatIfStudy::measure(const ChangedInput &changed, std::size_t index,
                          WhatIfOutcome &outcome) const
{
    throwIfStopped(m_stop);
    const std::int64_t cols = m_samples.channels;
    const WeightRows &layer = m_samples.layers[index];
    const Squares &output = m_outputs[index];
    const std::vector<float> w = changedWeight(changed.change, layer.values);
    const std::vector<float> wError = weightError(w, cols, m_question.weightBits);
    std::vector<float> fromInput;
    multiply(changed.error, w, cols, fromInput);
    std::vector<float> fromWeights;
    multiply(changed.x, wError, cols, fromWeights);
    std::vector<float> both;
    multiply(changed.error, wError, cols, both);
    for (std::size_t i = 0; i < both.size(); ++i) {
        both[i] += fromInput[i] + fromWeights[i];
    }
    if (!(output.total > 0)) {
        return;
    }
    outcome.activationError = squaresOf(fromInput, m_weights).total / output.total;
    outcome.weightError = squaresOf(fromWeights, m_weights).total / output.total;
    const Squares squares = squaresOf(both, m_weights);
    outcome.outputError = squares.total / output.total;
    outcome.outputErrorStderr = ratioStderr(m_samples, layer, squares, output);
}

/// The threshold of the least error, summed over the layers' outputs, among some between the
/// largest value and the least that the released code tries.
InputChange WhatIfStudy::suppressed() const
{
    const std::vector<double> shift = centres(m_samples);
    double largest = 0;
    for (std::size_t j = 0; j < shift.size(); ++j) {
        largest = std::max({largest, m_samples.high[j] - shift[j], shift[j] - m_samples.low[j]});
    }
    const double least = m_samples.bias.empty() ? 0.1 : 1.0;
    InputChange best = clippedAt(m_samples, std::max(largest, least));
    if (largest <= least) {
        return best;
    }
    double bestError = std::numeric_limits<double>::infinity();
    for (int i = 0; i < m_effort.thresholds; ++i) {
        const double share = static_cast<double>(i) / (m_effort.thresholds - 1);
        InputChange change = clippedAt(m_samples, largest * std::pow(least / largest, share));
        const ChangedInput changed = quantized(change);
        double error = 0;
        for (std::size_t layer = 0; layer < m_samples.layers.size(); ++layer) {
            WhatIfOutcome outcome;
            measure(changed, layer, outcome);
            error += outcome.outputError * m_outputs[layer].total;
        }
        if (error < bestError) {
            bestError = error;
            best = std::move(change);
        }
    }
    return best;
}

} // namespace bitprism
