// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/outlier_table.h"

#include "core/results/json_fields.h"
#include "core/results/outlier_findings.h"

namespace bitprism {

using json_fields::fromField;
using json_fields::readList;
using json_fields::toField;

namespace {

nlohmann::json histogramToJson(const Histogram &histogram)
{
    return {{"low", toField(histogram.low)},
            {"high", toField(histogram.high)},
            {"counts", histogram.counts}};
}

Histogram histogramFromJson(const nlohmann::json &json, const char *key)
{
    Histogram histogram;
    const auto found = json.find(key);
    if (found != json.end()) {
        fromField(*found, "low", histogram.low);
        fromField(*found, "high", histogram.high);
        fromField(*found, "counts", histogram.counts);
    }
    return histogram;
}

nlohmann::json markToJson(const TokenMark &mark)
{
    return {{"token", mark.token}, {"sample", mark.sample},       {"position", mark.position},
            {"id", mark.id},       {"text", mark.text},           {"before", mark.before},
            {"after", mark.after}, {"value", toField(mark.value)}};
}

TokenMark markFromJson(const nlohmann::json &json)
{
    TokenMark mark;
    fromField(json, "token", mark.token);
    fromField(json, "sample", mark.sample);
    fromField(json, "position", mark.position);
    fromField(json, "id", mark.id);
    fromField(json, "text", mark.text);
    fromField(json, "before", mark.before);
    fromField(json, "after", mark.after);
    fromField(json, "value", mark.value);
    return mark;
}

nlohmann::json marksToJson(const std::vector<TokenMark> &marks)
{
    nlohmann::json json = nlohmann::json::array();
    for (const TokenMark &mark : marks) {
        json.push_back(markToJson(mark));
    }
    return json;
}

std::vector<TokenMark> marksFromJson(const nlohmann::json &json, const char *key)
{
    std::vector<TokenMark> marks;
    readList(json, key, [&](const nlohmann::json &item) { marks.push_back(markFromJson(item)); });
    return marks;
}

nlohmann::json channelsToJson(const LayerOutliers &layer)
{
    nlohmann::json channels = nlohmann::json::array();
    for (const OutlierChannel &channel : layer.outlierChannels) {
        channels.push_back({{"channel", channel.channel},
                            {"max_abs", toField(channel.maxAbs)},
                            {"gain", toField(channel.gain)},
                            {"tokens", marksToJson(channel.tokens)}});
    }
    return channels;
}

nlohmann::json sharesToJson(const LayerOutliers &layer)
{
    nlohmann::json shares = nlohmann::json::array();
    for (const ErrorShare &share : layer.errorShares) {
        shares.push_back({{"bits", share.bits},
                          {"channels", share.channels},
                          {"per_tensor", toField(share.perTensor)},
                          {"per_token", toField(share.perToken)}});
    }
    return shares;
}

void readMagnitudes(const nlohmann::json &json, LayerOutliers &layer)
{
    if (const auto tokenMax = json.find("token_max"); tokenMax != json.end()) {
        fromField(*tokenMax, "median", layer.tokenMaxMedian);
        fromField(*tokenMax, "p90", layer.tokenMax90);
        fromField(*tokenMax, "p99", layer.tokenMax99);
        fromField(*tokenMax, "max", layer.tokenMaxLargest);
    }
    if (const auto magnitude = json.find("magnitude"); magnitude != json.end()) {
        fromField(*magnitude, "median", layer.magnitudeMedian);
        fromField(*magnitude, "p99", layer.magnitude99);
        fromField(*magnitude, "p999", layer.magnitude999);
    }
}

} // namespace

nlohmann::json toJson(const LayerOutliers &layer)
{
    return {{"name", layer.layer},
            {"max_abs", toField(layer.maxAbs)},
            {"kurtosis", toField(layer.kurtosis)},
            {"outlier_channels", channelsToJson(layer)},
            {"token_max",
             {{"median", toField(layer.tokenMaxMedian)},
              {"p90", toField(layer.tokenMax90)},
              {"p99", toField(layer.tokenMax99)},
              {"max", toField(layer.tokenMaxLargest)}}},
            {"magnitude",
             {{"median", toField(layer.magnitudeMedian)},
              {"p99", toField(layer.magnitude99)},
              {"p999", toField(layer.magnitude999)}}},
            {"channel_max_median", toField(layer.channelMaxMedian)},
            {"channel_max_abs", layer.channelMaxAbs},
            {"input_histogram", histogramToJson(layer.inputHistogram)},
            {"weight_histogram", histogramToJson(layer.weightHistogram)},
            {"weight_max_abs", toField(layer.weightMaxAbs)},
            {"weight_kurtosis", toField(layer.weightKurtosis)},
            {"norm", layer.norm},
            {"gain_correlation", toField(layer.gainCorrelation)},
            {"error_shares", sharesToJson(layer)},
            {"token_stack", layer.tokenStack},
            {"atlas_file", layer.atlasFile}};
}

LayerOutliers layerOutliersFromJson(const nlohmann::json &json)
{
    LayerOutliers layer;
    fromField(json, "name", layer.layer);
    fromField(json, "max_abs", layer.maxAbs);
    fromField(json, "kurtosis", layer.kurtosis);
    readList(json, "outlier_channels", [&](const nlohmann::json &item) {
        OutlierChannel &channel = layer.outlierChannels.emplace_back();
        fromField(item, "channel", channel.channel);
        fromField(item, "max_abs", channel.maxAbs);
        fromField(item, "gain", channel.gain);
        channel.tokens = marksFromJson(item, "tokens");
    });
    readMagnitudes(json, layer);
    fromField(json, "channel_max_median", layer.channelMaxMedian);
    fromField(json, "channel_max_abs", layer.channelMaxAbs);
    layer.inputHistogram = histogramFromJson(json, "input_histogram");
    layer.weightHistogram = histogramFromJson(json, "weight_histogram");
    fromField(json, "weight_max_abs", layer.weightMaxAbs);
    fromField(json, "weight_kurtosis", layer.weightKurtosis);
    fromField(json, "norm", layer.norm);
    fromField(json, "gain_correlation", layer.gainCorrelation);
    readList(json, "error_shares", [&](const nlohmann::json &item) {
        ErrorShare &share = layer.errorShares.emplace_back();
        fromField(item, "bits", share.bits);
        fromField(item, "channels", share.channels);
        fromField(item, "per_tensor", share.perTensor);
        fromField(item, "per_token", share.perToken);
    });
    fromField(json, "token_stack", layer.tokenStack);
    fromField(json, "atlas_file", layer.atlasFile);
    return layer;
}

nlohmann::json toJson(const BlockOutliers &block)
{
    nlohmann::json sinks = nlohmann::json::array();
    for (const AttentionSink &sink : block.sinks) {
        sinks.push_back({{"token", markToJson(sink.token)}, {"heads", sink.heads}});
    }
    return {{"stack", block.stack},
            {"block", block.block},
            {"max_abs", toField(block.maxAbs)},
            {"median_abs", toField(block.medianAbs)},
            {"heads", block.heads},
            {"massive", marksToJson(block.massive)},
            {"massive_channels", block.massiveChannels},
            {"sinks", sinks}};
}

BlockOutliers blockOutliersFromJson(const nlohmann::json &json)
{
    BlockOutliers block;
    fromField(json, "stack", block.stack);
    fromField(json, "block", block.block);
    fromField(json, "max_abs", block.maxAbs);
    fromField(json, "median_abs", block.medianAbs);
    fromField(json, "heads", block.heads);
    block.massive = marksFromJson(json, "massive");
    fromField(json, "massive_channels", block.massiveChannels);
    block.massiveChannels.resize(block.massive.size());
    readList(json, "sinks", [&](const nlohmann::json &item) {
        AttentionSink &sink = block.sinks.emplace_back();
        if (const auto token = item.find("token"); token != item.end()) {
            sink.token = markFromJson(*token);
        }
        fromField(item, "heads", sink.heads);
    });
    return block;
}

nlohmann::json OutlierTable::toJson() const
{
    nlohmann::json json = {{"model", model},
                           {"data", data},
                           {"tokens", tokens},
                           {"of_weights", isOfWeights},
                           {"seconds", toField(seconds)},
                           {"complete", complete},
                           {"notes", notes},
                           {"layers", nlohmann::json::array()},
                           {"blocks", nlohmann::json::array()}};
    for (const LayerOutliers &layer : layers) {
        json["layers"].push_back(bitprism::toJson(layer));
    }
    for (const BlockOutliers &block : blocks) {
        json["blocks"].push_back(bitprism::toJson(block));
    }
    // A block lists its largest ones only, so that these counts are no totals.
    const OutlierFindings findings = findingsOf(*this);
    json["massive_tokens"] = {{"above", massiveLeast},
                              {"above_times_median", massiveTimesMedian},
                              {"listed", toField(findings.massive)}};
    json["attention_sinks"] = {{"above_share", sinkShare}, {"listed", toField(findings.sinks)}};
    return json;
}

OutlierTable OutlierTable::fromJson(const nlohmann::json &json)
{
    OutlierTable result;
    fromField(json, "model", result.model);
    fromField(json, "data", result.data);
    fromField(json, "tokens", result.tokens);
    fromField(json, "of_weights", result.isOfWeights);
    fromField(json, "seconds", result.seconds);
    fromField(json, "complete", result.complete);
    fromField(json, "notes", result.notes);
    readList(json, "layers", [&](const nlohmann::json &item) {
        result.layers.push_back(layerOutliersFromJson(item));
    });
    readList(json, "blocks", [&](const nlohmann::json &item) {
        result.blocks.push_back(blockOutliersFromJson(item));
    });
    return result;
}

} // namespace bitprism
