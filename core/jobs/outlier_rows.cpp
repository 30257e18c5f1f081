// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/outlier_rows.h"

#include "core/analysis/outlier_what_if.h"
#include "core/base/error.h"
#include "core/calib/layer_statistics.h"
#include "core/jobs/outlier_tokens.h"
#include "core/kernels/rank_statistics.h"
#include "core/results/outlier_findings.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::size_t mostOutlierChannels = 16;
constexpr std::int64_t rowsAtOnce = 256; // a few megabytes of temporary values
constexpr double shareOfChannels = 0.01; // that ErrorShare keeps

/// Values at `probabilities` (ascending) of the magnitudes counted: middles of bins.
std::vector<double> magnitudesAt(const MagnitudeCounts &counts,
                                 const std::vector<double> &probabilities)
{
    std::map<double, std::int64_t> byMagnitude; // bins of both signs
    counts.forEach([&](double low, double high, std::int64_t count) {
        byMagnitude[std::fabs(low + high) / 2] += count;
    });
    const auto total = static_cast<double>(counts.total());
    std::vector<double> values;
    double seen = 0;
    for (const auto &[magnitude, count] : byMagnitude) {
        seen += static_cast<double>(count);
        while (values.size() < probabilities.size()
               && seen >= probabilities[values.size()] * total) {
            values.push_back(magnitude);
        }
    }
    values.resize(probabilities.size());
    return values;
}

std::vector<float> floatsOf(const at::Tensor &tensor)
{
    const at::Tensor values = tensor.to(at::kCPU, at::kFloat).contiguous();
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

std::vector<double> doublesOf(const std::vector<float> &values)
{
    return {values.begin(), values.end()};
}

void describeTokens(LayerOutliers &row, const std::vector<double> &tokens)
{
    if (tokens.empty()) {
        return;
    }
    const std::vector<double> found = quantiles(tokens, std::array{0.5, 0.9, 0.99, 1.0});
    row.tokenMaxMedian = found[0];
    row.tokenMax90 = found[1];
    row.tokenMax99 = found[2];
    row.tokenMaxLargest = found[3];
}

void describeChannels(LayerOutliers &row, const std::vector<float> &maxAbs)
{
    row.channelMaxAbs.assign(maxAbs.begin(), maxAbs.end());
    row.channelMaxMedian = quantiles(row.channelMaxAbs, std::array{0.5}).front();
    for (const std::int64_t channel : largestOf(maxAbs, mostOutlierChannels)) {
        row.outlierChannels.push_back({channel, maxAbs[static_cast<std::size_t>(channel)]});
    }
    row.maxAbs = row.outlierChannels.empty() ? 0 : row.outlierChannels.front().maxAbs;
}

const NormInfo *normOf(const ModelInfo &info, const LayerInfo &layer)
{
    for (const NormInfo &norm : info.norms) {
        if (!layer.producer.empty() && norm.gain == layer.producer) {
            return &norm;
        }
    }
    return nullptr;
}

std::vector<float> normTensor(const std::string &name, const Model &model, const Block &block)
{
    if (name.empty()) {
        return {};
    }
    const at::Tensor &here = block.tensor(name);
    return floatsOf(here.defined() ? here : model.loadTensor(name));
}

void describeNorm(LayerOutliers &row, const InputSamples &samples)
{
    row.norm = samples.norm;
    if (samples.gain.empty()) {
        return;
    }
    std::vector<double> magnitudes;
    for (const float gain : samples.gain) {
        magnitudes.push_back(std::fabs(gain));
    }
    row.gainCorrelation = spearmanCorrelation(magnitudes, row.channelMaxAbs);
    for (OutlierChannel &channel : row.outlierChannels) {
        channel.gain = samples.gain[static_cast<std::size_t>(channel.channel)];
    }
}

std::vector<std::int64_t> channelsOfShare(const LayerOutliers &row)
{
    const double share = std::ceil(shareOfChannels * static_cast<double>(row.channelMaxAbs.size()));
    std::vector<std::int64_t> channels;
    for (const OutlierChannel &channel : row.outlierChannels) {
        if (static_cast<double>(channels.size()) < share) {
            channels.push_back(channel.channel);
        }
    }
    return channels;
}

} // namespace

WeightRows weightRowsOf(const LayerInfo &layer, const at::Tensor &weight, LayerOutliers &row)
{
    WeightRows kept;
    kept.layer = layer.name;
    kept.rows = weight.size(0);
    const std::int64_t cols = weight.size(1);
    at::Tensor columns = at::zeros({cols}, at::kFloat);
    std::array<double, 4> sums{};
    for (std::int64_t first = 0; first < weight.size(0); first += rowsAtOnce) {
        const at::Tensor rows
            = weight.narrow(0, first, std::min(rowsAtOnce, weight.size(0) - first))
                  .to(at::kCPU, at::kFloat);
        if (!at::isfinite(rows).all().item<bool>()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The weights of layer %1 hold values that are not finite (NaN "
                                    "or infinity)."),
                        layer.name);
        }
        addToHistogram(row.weightHistogram, rows);
        columns = at::maximum(columns, rows.abs().amax(0));
        const at::Tensor wide = rows.to(at::kDouble);
        const at::Tensor squares = wide * wide;
        sums[0] += wide.sum().item<double>();
        sums[1] += squares.sum().item<double>();
        sums[2] += (squares * wide).sum().item<double>();
        sums[3] += (squares * squares).sum().item<double>();
    }
    kept.columnMaxAbs = floatsOf(columns);
    row.weightMaxAbs = kept.columnMaxAbs.empty()
        ? 0
        : *std::max_element(kept.columnMaxAbs.begin(), kept.columnMaxAbs.end());
    row.weightKurtosis = kurtosisOf(sums, static_cast<double>(weight.numel()));
    const std::vector<std::int64_t> drawn = drawnRows(kept.rows, cols, sampleCells);
    const at::Tensor index
        = at::tensor(drawn, at::TensorOptions().dtype(at::kLong)).to(weight.device());
    kept.values = floatsOf(weight.index_select(0, index));
    return kept;
}

void addNorm(InputSamples &samples, const LayerInfo &layer, const Model &model, const Block &block)
{
    const NormInfo *norm = normOf(model.info(), layer);
    if (norm == nullptr) {
        return;
    }
    std::vector<float> gain = normTensor(norm->gain, model, block);
    std::vector<float> bias = normTensor(norm->bias, model, block);
    const auto channels = static_cast<std::size_t>(samples.channels);
    if (gain.size() != channels || (!bias.empty() && bias.size() != channels)) {
        return; // a layer that reads the norm's output in another shape
    }
    const StackInfo &stack = model.info().stacks.at(static_cast<std::size_t>(norm->stack));
    samples.norm = norm->gain;
    samples.canMoveNorm = norm->canMove();
    samples.foldsGain = stack.isPreNorm && norm->feedsLayersOnly;
    samples.gain = std::move(gain);
    samples.bias = std::move(bias);
}

void describeInput(LayerOutliers &row, const OutlierCollector::Input &input,
                   const InputSamples &samples, const AtlasTokens &tokens)
{
    describeChannels(row, input.sketch.perChannel().maxAbs());
    row.kurtosis = input.sketch.kurtosis();
    describeTokens(row, doublesOf(input.sketch.tokenMaxAbs()));
    const std::vector<double> magnitudes = magnitudesAt(input.magnitudes, {0.5, 0.99, 0.999});
    row.magnitudeMedian = magnitudes[0];
    row.magnitude99 = magnitudes[1];
    row.magnitude999 = magnitudes[2];
    row.inputHistogram = input.histogram;
    describeNorm(row, samples);
    for (OutlierChannel &channel : row.outlierChannels) {
        for (const TokenValue &top : input.sketch.perChannel().top(channel.channel)) {
            channel.tokens.push_back(tokenMark(tokens, top.token, top.value));
        }
    }
    if (const WeightRows *layer = samples.find(row.layer); layer != nullptr && samples.tokens > 0) {
        row.errorShares = errorShares(samples, *layer, channelsOfShare(row));
    }
}

LayerOutliers weightOutliersOf(const LayerInfo &layer, const at::Tensor &weight)
{
    LayerOutliers row;
    row.layer = layer.name;
    const WeightRows rows = weightRowsOf(layer, weight, row);
    describeChannels(row, rows.columnMaxAbs);
    row.kurtosis = row.weightKurtosis;
    std::vector<double> largest;
    for (std::int64_t first = 0; first < weight.size(0); first += rowsAtOnce) {
        const std::vector<float> part = floatsOf(
            weight.narrow(0, first, std::min(rowsAtOnce, weight.size(0) - first)).abs().amax(1));
        largest.insert(largest.end(), part.begin(), part.end());
    }
    describeTokens(row, largest);
    return row;
}

BlockOutliers blockOutliersOf(BlockId block, const std::vector<StreamState> &states,
                              const AttentionSinks &sinks, const AtlasTokens &tokens)
{
    constexpr std::size_t most = 16;
    BlockOutliers result;
    result.stack = block.stack;
    result.block = block.index;
    result.heads = sinks.heads();
    for (const AttentionSinks::Sink &sink : sinks.found()) {
        result.sinks.push_back({tokenMark(tokens, sink.token, sink.share), sink.heads});
    }
    MagnitudeCounts counts;
    struct Largest
    {
        std::int64_t token;
        std::int64_t channel;
        double value;
    };
    std::vector<Largest> found; // one for each token above massiveLeast
    std::int64_t first = 0;
    for (const StreamState &state : states) {
        const at::Tensor rows = OutlierCollector::rowsOf(state.hidden, state.mask);
        for (std::int64_t i = 0; i < rows.size(0); ++i) {
            const float *values = rows.data_ptr<float>() + i * rows.size(1);
            const float *largest
                = std::max_element(values, values + rows.size(1),
                                   [](float a, float b) { return std::fabs(a) < std::fabs(b); });
            result.maxAbs = std::max<double>(result.maxAbs, std::fabs(*largest));
            if (std::fabs(*largest) > massiveLeast) {
                found.push_back({first + i, largest - values, *largest});
            }
        }
        counts.add(rows);
        first += rows.size(0);
    }
    result.medianAbs = magnitudesAt(counts, {0.5}).front();
    std::stable_sort(found.begin(), found.end(), [](const Largest &a, const Largest &b) {
        return std::fabs(a.value) > std::fabs(b.value);
    });
    for (const Largest &entry : found) {
        if (std::fabs(entry.value) > massiveTimesMedian * result.medianAbs
            && result.massive.size() < most) {
            result.massive.push_back(tokenMark(tokens, entry.token, entry.value));
            result.massiveChannels.push_back(entry.channel);
        }
    }
    return result;
}

} // namespace bitprism
