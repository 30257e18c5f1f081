// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/result_size.h"

#include "core/results/evaluation.h"
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/results/token_losses.h"

namespace bitprism {

namespace {

constexpr std::size_t flatBytes = 1000; ///< of any result, and of a row beside its lists
constexpr std::size_t rowBytes = 200; ///< of a row of plain figures with a name

std::size_t bytesOf(const Evaluation &evaluation)
{
    return flatBytes
        + 8
        * (evaluation.windowNll.size() + evaluation.windowTokens.size()
           + evaluation.windowDivergence.size());
}

std::size_t bytesOf(const OutlierTable &table)
{
    std::size_t bytes = flatBytes;
    for (const BlockOutliers &block : table.blocks) {
        bytes += flatBytes + rowBytes * (block.massive.size() + block.sinks.size());
    }
    for (const LayerOutliers &layer : table.layers) {
        for (const OutlierChannel &channel : layer.outlierChannels) {
            bytes += rowBytes * channel.tokens.size();
        }
        bytes += flatBytes
            + 8
                * (layer.channelMaxAbs.size() + layer.inputHistogram.counts.size()
                   + layer.weightHistogram.counts.size());
    }
    return bytes;
}

std::size_t bytesOf(const RunSummary &summary)
{
    std::size_t bytes = flatBytes + rowBytes * summary.layers.size();
    for (const RunMetric &metric : summary.metrics) {
        bytes += bytesOf(metric.measured) + (metric.baseline ? bytesOf(*metric.baseline) : 0);
    }
    return bytes;
}

std::size_t bytesOf(const TokenLosses &losses)
{
    std::size_t bytes = flatBytes;
    for (const ScoredItem &item : losses.items) {
        bytes += flatBytes + item.pieces.size() * (sizeof(std::string) + sizeof(float));
    }
    return bytes;
}

} // namespace

std::size_t approximateBytes(const Result &result)
{
    if (const auto *evaluation = dynamic_cast<const Evaluation *>(&result)) {
        return bytesOf(*evaluation);
    }
    if (const auto *outliers = dynamic_cast<const OutlierTable *>(&result)) {
        return bytesOf(*outliers);
    }
    if (const auto *summary = dynamic_cast<const RunSummary *>(&result)) {
        return bytesOf(*summary);
    }
    if (const auto *losses = dynamic_cast<const TokenLosses *>(&result)) {
        return bytesOf(*losses);
    }
    if (const auto *table = dynamic_cast<const SensitivityTable *>(&result)) {
        return flatBytes + rowBytes * table->cells.size();
    }
    return flatBytes;
}

} // namespace bitprism
