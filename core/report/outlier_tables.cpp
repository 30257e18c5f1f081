// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/numbers.h"
#include "core/report/outlier_inputs.h"
#include "core/report/report_text.h"
#include "core/report/tables.h"
#include "core/results/outlier_findings.h"

#include <algorithm>
#include <filesystem>

namespace bitprism::report {

using namespace numbers;

namespace {

std::string placeOf(const TokenMark &mark)
{
    return say(BITPRISM_TR("Report", "sample %1, position %2"),
               {std::to_string(mark.sample), std::to_string(mark.position)});
}

/// The three largest channels with what `value` says of each.
template <typename Value> std::string channelList(const LayerOutliers &layer, const Value &value)
{
    std::string list;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, layer.outlierChannels.size()); ++i) {
        const OutlierChannel &channel = layer.outlierChannels[i];
        const std::string part = say(BITPRISM_TR("Report", "%1: %2"),
                                     {std::to_string(channel.channel), value(channel)});
        list = i == 0 ? part : say(BITPRISM_TR("Report", "%1, %2"), {list, part});
    }
    return list.empty() ? notMeasured : list;
}

/// What reads features has tokens without a text.
void dropTextlessColumns(Table &table)
{
    for (std::size_t column = table.columns.size(); column-- > 0;) {
        const bool isEmpty = std::all_of(table.rows.begin(), table.rows.end(),
                                         [&](const auto &row) { return row[column].empty(); });
        if (!isEmpty || table.rows.empty()) {
            continue;
        }
        const auto position = static_cast<std::ptrdiff_t>(column);
        table.columns.erase(table.columns.begin() + position);
        for (std::vector<std::string> &row : table.rows) {
            row.erase(row.begin() + position);
        }
    }
}

/// On one line.
std::string flat(std::string text)
{
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

} // namespace

Table outlierTable(const OutlierTable &outliers)
{
    Table table;
    table.title = say(BITPRISM_TR("Report", "Inputs of every layer"));
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false},
                     {say(BITPRISM_TR("Report", "Largest")), true},
                     {say(BITPRISM_TR("Report", "Kurtosis")), true},
                     {say(BITPRISM_TR("Report", "Median token's largest")), true},
                     {say(BITPRISM_TR("Report", "99 % of tokens below")), true},
                     {say(BITPRISM_TR("Report", "Outlier channels: largest")), false}};
    for (const LayerOutliers &layer : outliers.layers) {
        table.rows.push_back({layer.layer, plain(layer.maxAbs), plain(layer.kurtosis),
                              plain(layer.tokenMaxMedian), plain(layer.tokenMax99),
                              channelList(layer, [](const OutlierChannel &channel) {
                                  return plain(channel.maxAbs);
                              })});
    }
    return table;
}

Table outlierCauseTable(const OutlierTable &outliers)
{
    Table table;
    table.title = say(BITPRISM_TR("Report", "What amplifies outlier channels, and what they cost"));
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false},
                     {say(BITPRISM_TR("Report", "Largest over median channel")), true},
                     {say(BITPRISM_TR("Report", "Outlier channels: norm's gain")), false},
                     {say(BITPRISM_TR("Report", "Rank correlation of gain and maxima")), true},
                     {say(BITPRISM_TR("Report", "Error they cause at 8 bits, per tensor")), true},
                     {say(BITPRISM_TR("Report", "Per token")), true}};
    for (const LayerOutliers &layer : outliers.layers) {
        if (layer.errorShares.empty()) {
            continue;
        }
        table.rows.push_back(
            {layer.layer, outlierRatio(layer) > 0 ? plain(outlierRatio(layer)) : notMeasured,
             layer.norm.empty()
                 ? notMeasured
                 : channelList(layer,
                               [](const OutlierChannel &channel) { return plain(channel.gain); }),
             twoDecimals(layer.gainCorrelation), percent(layer.errorShares.front().perTensor),
             percent(layer.errorShares.front().perToken)});
    }
    return table;
}

Table outlierTokenTable(const OutlierTable &outliers)
{
    constexpr std::size_t most = 20;
    std::vector<OutlierInput> inputs = mostOutlying(outliers, outliers.layers.size());
    std::erase_if(inputs, [](const OutlierInput &input) {
        const std::vector<OutlierChannel> &channels = input.layer->outlierChannels;
        return channels.empty() || channels.front().tokens.empty();
    });
    inputs.resize(std::min(inputs.size(), most));
    Table table;
    table.title = say(BITPRISM_TR("Report", "Tokens that excite the largest channel"));
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false},
                     {say(BITPRISM_TR("Report", "Channel")), true},
                     {say(BITPRISM_TR("Report", "Value")), true},
                     {say(BITPRISM_TR("Report", "Token")), false},
                     {say(BITPRISM_TR("Report", "In context")), false},
                     {say(BITPRISM_TR("Report", "Where")), false}};
    for (const OutlierInput &input : inputs) {
        const OutlierChannel &channel = input.layer->outlierChannels.front();
        for (std::size_t i = 0; i < std::min<std::size_t>(2, channel.tokens.size()); ++i) {
            const TokenMark &mark = channel.tokens[i];
            table.rows.push_back({input.layer->layer, std::to_string(channel.channel),
                                  plain(mark.value), mark.text,
                                  mark.before + mark.text + mark.after, placeOf(mark)});
        }
    }
    dropTextlessColumns(table);
    return table;
}

Table blockOutlierTable(const OutlierTable &outliers)
{
    Table table;
    table.title = say(BITPRISM_TR("Report", "Massive activations and attention sinks"));
    table.columns = {{say(BITPRISM_TR("Report", "Block")), false},
                     {say(BITPRISM_TR("Report", "What")), false},
                     {say(BITPRISM_TR("Report", "Token")), false},
                     {say(BITPRISM_TR("Report", "Where")), false},
                     {say(BITPRISM_TR("Report", "Channel")), true},
                     {say(BITPRISM_TR("Report", "Value, or share of attention")), true}};
    for (const BlockOutliers &block : outliers.blocks) {
        const std::string name = block.stack == 0
            ? std::to_string(block.block)
            : say(BITPRISM_TR("Report", "%1 of stack %2"),
                  {std::to_string(block.block), std::to_string(block.stack)});
        for (std::size_t i = 0; i < block.massive.size(); ++i) {
            table.rows.push_back({name, say(BITPRISM_TR("Report", "massive")),
                                  flat(block.massive[i].text), placeOf(block.massive[i]),
                                  std::to_string(block.massiveChannels[i]),
                                  plain(block.massive[i].value)});
        }
        for (const AttentionSink &sink : block.sinks) {
            table.rows.push_back({name,
                                  say(BITPRISM_TR("Report", "sink of %1 of %2 heads"),
                                      {std::to_string(sink.heads), std::to_string(block.heads)}),
                                  flat(sink.token.text), placeOf(sink.token), notMeasured,
                                  percent(sink.token.value)});
        }
    }
    return table;
}

std::vector<std::string> outlierAbsences(const OutlierTable &outliers)
{
    const OutlierFindings findings = findingsOf(outliers);
    std::vector<std::string> lines;
    if (findings.massive == std::size_t(0)) {
        lines.push_back(say(
            BITPRISM_TR("Report",
                        "Massive activations: none. No token leaves a block with an entry above "
                        "both %1 and %2 times the median magnitude; the largest is %3, at most %4 "
                        "times the median."),
            {fixed(massiveLeast, 0), fixed(massiveTimesMedian, 0), plain(findings.largest),
             fixed(findings.largestTimesMedian, findings.largestTimesMedian < 10 ? 1 : 0)}));
    }
    if (findings.sinks == std::size_t(0)) {
        lines.push_back(
            say(BITPRISM_TR("Report",
                            "Attention sinks: none. No token gets more than %1 of the "
                            "attention of any head, mean over the queries that see it."),
                {percent(sinkShare)}));
    } else if (findings.massive && !findings.sinks) {
        lines.push_back(say(BITPRISM_TR(
            "Report", "Attention sinks: not looked for, as no block's attention was seen.")));
    }
    return lines;
}

Table calibrationSetTable(const CalibrationSets &sets)
{
    const auto nameOf = [&](std::size_t index) {
        const CalibrationSetRow &set = sets.sets[index];
        return std::to_string(index + 1) + ": " + (set.name.empty() ? "" : set.name + ", ")
            + std::filesystem::path(set.data).filename().string() + ", "
            + say(BITPRISM_TR("Report", "%1 tokens"), {std::to_string(set.tokens)});
    };
    Table table;
    table.title
        = say(BITPRISM_TR("Report", "Kendall tau between calibration sets, layers ranked by %1"),
              {sets.metric});
    table.columns = {{say(BITPRISM_TR("Report", "Set")), false},
                     {say(BITPRISM_TR("Report", "And set")), false},
                     {say(BITPRISM_TR("Report", "Tau")), true}};
    for (const SetAgreement &pair : sets.pairs) {
        table.rows.push_back(
            {nameOf(pair.first), nameOf(pair.second),
             pair.tau ? withError(*pair.tau, pair.standardError.value_or(0)) : notMeasured});
    }
    return table;
}

} // namespace bitprism::report
