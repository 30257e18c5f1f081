// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/calib/layer_statistics.h"
#include "core/kernels/blas.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Rows worked on at once where intermediate values are wider than the input.
constexpr std::int64_t rowsAtOnce = 512;
/// Multiplications of one product that cannot be interrupted: about 0.2 s on one core.
constexpr std::int64_t stripProducts = std::int64_t{1} << 34; // half of them are done

std::string groupKey(const LayerInfo &layer)
{
    const std::string place = std::to_string(layer.stack) + "/" + std::to_string(layer.block) + "/";
    return place + (layer.inputGroup.empty() ? layer.name : layer.inputGroup);
}

template <typename T> MatrixView<T> viewOf(const at::Tensor &tensor)
{
    return {tensor.data_ptr<std::remove_const_t<T>>(), tensor.size(0), tensor.size(1)};
}

/// outerSum += x^T x; half the work of a full product on the CPU.
void addOuter(LayerStatistics &statistics, const at::Tensor &x, bool isDouble)
{
    const at::ScalarType type = isDouble ? at::kDouble : at::kFloat;
    if (!statistics.outerSum.defined()) {
        statistics.outerSum = at::zeros({x.size(1), x.size(1)}, x.options().dtype(type));
    }
    const std::int64_t most = isDouble
        ? rowsAtOnce
        : std::max<std::int64_t>(1, stripProducts / (x.size(1) * x.size(1)));
    for (std::int64_t first = 0; first < x.size(0); first += most) {
        throwIfWorkCancelled();
        const at::Tensor rows = x.narrow(0, first, std::min(most, x.size(0) - first)).to(type);
        if (!rows.is_cpu()) {
            statistics.outerSum.addmm_(rows.t(), rows);
        } else if (isDouble) {
            blas::syrk(1.0, viewOf<const double>(rows), 1.0, viewOf<double>(statistics.outerSum));
        } else {
            blas::syrk(1.0F, viewOf<const float>(rows), 1.0F, viewOf<float>(statistics.outerSum));
        }
    }
}

void addTo(std::vector<double> &sums, const at::Tensor &more)
{
    const at::Tensor values = more.to(at::kCPU).contiguous();
    sums.resize(static_cast<std::size_t>(values.numel()));
    for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += values.data_ptr<double>()[i];
    }
}

std::vector<float> floatsOf(const at::Tensor &tensor)
{
    const at::Tensor values = tensor.to(at::kCPU).contiguous();
    return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

/// Sums in FP64: squares of outliers swamp FP32.
void addChannels(LayerStatistics &statistics, const at::Tensor &x)
{
    for (std::int64_t first = 0; first < x.size(0); first += rowsAtOnce) {
        const at::Tensor rows
            = x.narrow(0, first, std::min(rowsAtOnce, x.size(0) - first)).to(at::kDouble);
        addTo(statistics.channelSum, rows.sum(0));
        addTo(statistics.channelAbsSum, rows.abs().sum(0));
        addTo(statistics.channelSquareSum, rows.square().sum(0));
    }
    LayerStatistics extremes;
    extremes.channelMaxAbs = floatsOf(x.abs().amax(0));
    extremes.channelMin = floatsOf(x.amin(0));
    extremes.channelMax = floatsOf(x.amax(0));
    statistics.merge(extremes);
}

/// `x` [tokens, channels].
void addChannelMagnitudes(LayerStatistics &statistics, const at::Tensor &x)
{
    constexpr int fractionBits = 4; // a 7B block has 23,000 channels: some 100 MB
    constexpr std::size_t channelsAtOnce = 16; // a cache line of a row
    const at::Tensor rows = x.to(at::kCPU, at::kFloat).contiguous();
    const auto channels = static_cast<std::size_t>(rows.size(1));
    std::vector<MagnitudeCounts> &counts = statistics.channelMagnitudes;
    counts.resize(channels, MagnitudeCounts(fractionBits));
    const float *values = rows.data_ptr<float>();
    const auto tokens = static_cast<std::size_t>(rows.size(0));
    parallelFor(channels, channelsAtOnce, [&](std::size_t begin, std::size_t end) {
        for (std::size_t token = 0; token < tokens; ++token) {
            for (std::size_t channel = begin; channel < end; ++channel) {
                counts[channel].add(values[token * channels + channel]);
            }
        }
    });
}

/// Nothing that is learned from sums that are not finite means anything.
void requireFinite(const LayerInfo &layer, const LayerStatistics &statistics)
{
    const std::vector<double> &squares = statistics.channelSquareSum;
    const bool isFinite
        = (!statistics.outerSum.defined() || statistics.outerSum.isfinite().all().item<bool>())
        && std::all_of(squares.begin(), squares.end(),
                       [](double sum) { return std::isfinite(sum); })
        && statistics.magnitudes.isFinite()
        && std::all_of(statistics.channelMagnitudes.begin(), statistics.channelMagnitudes.end(),
                       [](const MagnitudeCounts &counts) { return counts.isFinite(); });
    if (!isFinite) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "%1: its inputs on the calibration data are not finite; the model's "
                        "weights overflow, or choose other data."),
            layer.name);
    }
}

} // namespace

at::Tensor StatisticsCollector::beforeLayer(const LayerInfo &layer, const at::Tensor &input)
{
    if (!m_needs.any() || (!m_only.empty() && !m_only.contains(layer.name))) {
        return input;
    }
    Group &group = m_groups[groupKey(layer)];
    if (group.leader.empty()) {
        group.leader = layer.name;
    }
    if (group.leader != layer.name) {
        return input;
    }
    at::Tensor x = input.detach().reshape({-1, input.size(-1)}).contiguous(); // [tokens, cols]
    if (m_mask.defined()) {
        x = x.index_select(0, m_mask.reshape({-1}).nonzero().view({-1}).to(x.device()));
    }
    group.isChecked = false;
    LayerStatistics &statistics = group.statistics;
    statistics.cols = x.size(1);
    statistics.tokens += x.size(0);
    if (x.size(0) == 0) {
        return input;
    }
    if (m_needs.hessian) {
        addOuter(statistics, x, m_needs.hessianInDouble);
        group.isMirrored = !x.is_cpu();
    }
    if (m_needs.channels) {
        addChannels(statistics, x);
    }
    if (m_needs.magnitudes) {
        statistics.magnitudes.add(x);
    }
    if (m_needs.channelMagnitudes) {
        addChannelMagnitudes(statistics, x);
    }
    return input;
}

void StatisticsCollector::setMask(at::Tensor mask)
{
    m_operandRows.setMask(mask);
    m_mask = std::move(mask);
}

at::Tensor StatisticsCollector::attentionOperand(BlockId block, AttentionOperand operand,
                                                 const at::Tensor &tensor)
{
    if (!m_watchesOperands || !isMultiplied(operand)) {
        return tensor;
    }
    const at::Tensor rows = m_operandRows.of(operand, tensor);
    if (rows.numel() == 0) {
        return tensor;
    }
    LayerStatistics &statistics = m_groups[groupKey(attentionSite(block, operand))].statistics;
    statistics.cols = 1;
    statistics.tokens += rows.size(0);
    if (m_needs.channels) {
        LayerStatistics extremes;
        extremes.channelMin = {rows.min().item<float>()};
        extremes.channelMax = {rows.max().item<float>()};
        extremes.channelMaxAbs
            = {std::max(-extremes.channelMin.front(), extremes.channelMax.front())};
        statistics.merge(extremes);
    }
    if (m_needs.magnitudes) {
        statistics.magnitudes.add(rows);
    }
    if (m_needs.channelMagnitudes) {
        addChannelMagnitudes(statistics, rows.reshape({-1, 1}));
    }
    return tensor;
}

const LayerStatistics *StatisticsCollector::find(const LayerInfo &layer)
{
    const auto found = m_groups.find(groupKey(layer));
    if (found == m_groups.end()) {
        return nullptr;
    }
    Group &group = found->second;
    if (!group.isChecked) {
        requireFinite(layer, group.statistics);
        group.isChecked = true;
    }
    if (!group.isMirrored && group.statistics.outerSum.defined()) {
        if (m_needs.hessianInDouble) {
            blas::mirrorLower(viewOf<double>(group.statistics.outerSum));
        } else {
            blas::mirrorLower(viewOf<float>(group.statistics.outerSum));
        }
        group.isMirrored = true;
    }
    return &group.statistics;
}

void StatisticsCollector::clear() { m_groups.clear(); }

} // namespace bitprism
