// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/outlier_table.h"

#include "core/results/json_fields.h"

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

nlohmann::json layerToJson(const LayerOutliers &layer)
{
    nlohmann::json channels = nlohmann::json::array();
    for (const OutlierChannel &channel : layer.outlierChannels) {
        channels.push_back({{"channel", channel.channel}, {"max_abs", toField(channel.maxAbs)}});
    }
    return {{"name", layer.layer},
            {"max_abs", toField(layer.maxAbs)},
            {"kurtosis", toField(layer.kurtosis)},
            {"outlier_channels", channels},
            {"token_max",
             {{"median", toField(layer.tokenMaxMedian)},
              {"p90", toField(layer.tokenMax90)},
              {"p99", toField(layer.tokenMax99)},
              {"max", toField(layer.tokenMaxLargest)}}},
            {"channel_max_abs", layer.channelMaxAbs},
            {"input_histogram", histogramToJson(layer.inputHistogram)},
            {"weight_histogram", histogramToJson(layer.weightHistogram)}};
}

LayerOutliers layerFromJson(const nlohmann::json &json)
{
    LayerOutliers layer;
    fromField(json, "name", layer.layer);
    fromField(json, "max_abs", layer.maxAbs);
    fromField(json, "kurtosis", layer.kurtosis);
    readList(json, "outlier_channels", [&](const nlohmann::json &item) {
        OutlierChannel &channel = layer.outlierChannels.emplace_back();
        fromField(item, "channel", channel.channel);
        fromField(item, "max_abs", channel.maxAbs);
    });
    if (const auto tokenMax = json.find("token_max"); tokenMax != json.end()) {
        fromField(*tokenMax, "median", layer.tokenMaxMedian);
        fromField(*tokenMax, "p90", layer.tokenMax90);
        fromField(*tokenMax, "p99", layer.tokenMax99);
        fromField(*tokenMax, "max", layer.tokenMaxLargest);
    }
    fromField(json, "channel_max_abs", layer.channelMaxAbs);
    layer.inputHistogram = histogramFromJson(json, "input_histogram");
    layer.weightHistogram = histogramFromJson(json, "weight_histogram");
    return layer;
}

} // namespace

nlohmann::json OutlierTable::toJson() const
{
    nlohmann::json json = {{"model", model},
                           {"data", data},
                           {"tokens", tokens},
                           {"of_weights", isOfWeights},
                           {"seconds", toField(seconds)},
                           {"complete", complete},
                           {"layers", nlohmann::json::array()}};
    for (const LayerOutliers &layer : layers) {
        json["layers"].push_back(layerToJson(layer));
    }
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
    readList(json, "layers",
             [&](const nlohmann::json &item) { result.layers.push_back(layerFromJson(item)); });
    return result;
}

} // namespace bitprism
