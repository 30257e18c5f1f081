// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/run_summary.h"

#include "core/results/json_fields.h"

#include <functional>

namespace bitprism {

using json_fields::fromField;
using json_fields::readList;
using json_fields::toField;

namespace {

nlohmann::json runLayerToJson(const RunLayer &layer)
{
    return {{"name", layer.name},
            {"block", layer.block},
            {"bits", toField(layer.bits)},
            {"ratio", toField(layer.ratio)},
            {"weight_mse", toField(layer.weightMse)},
            {"output_mse", toField(layer.outputMse)},
            {"seconds", toField(layer.seconds)},
            {"storage_bits", layer.storageBits},
            {"weights", layer.weights}};
}

RunLayer runLayerFromJson(const nlohmann::json &json)
{
    RunLayer layer;
    fromField(json, "name", layer.name);
    fromField(json, "block", layer.block);
    fromField(json, "bits", layer.bits);
    fromField(json, "ratio", layer.ratio);
    fromField(json, "weight_mse", layer.weightMse);
    fromField(json, "output_mse", layer.outputMse);
    fromField(json, "seconds", layer.seconds);
    fromField(json, "storage_bits", layer.storageBits);
    fromField(json, "weights", layer.weights);
    return layer;
}

/// The evaluation's own keys, with `baseline` as a number beside them and in full below.
nlohmann::json metricToJson(const RunMetric &metric)
{
    nlohmann::json json = metric.measured.toJson();
    json["baseline"] = nullptr;
    if (metric.baseline) {
        json["baseline"] = toField(metric.baseline->value);
        json["baseline_evaluation"] = metric.baseline->toJson();
        if (const auto difference = pairedNllDifference(metric.measured, *metric.baseline)) {
            json["difference"] = toField(difference->mean);
            json["difference_stderr"] = toField(difference->standardError);
            json["difference_unit"] = metric.measured.nll ? "nats per token" : metric.measured.unit;
            if (metric.measured.nll) {
                json["delta_nll"] = json["difference"];
                json["delta_nll_stderr"] = json["difference_stderr"];
            }
        }
    }
    return json;
}

RunMetric metricFromJson(const nlohmann::json &json)
{
    RunMetric metric;
    metric.measured = Evaluation::fromJson(json);
    if (const auto baseline = json.find("baseline_evaluation"); baseline != json.end()) {
        metric.baseline = Evaluation::fromJson(*baseline);
    }
    return metric;
}

std::optional<double> meanOver(const std::vector<RunLayer> &layers,
                               const std::function<std::optional<double>(const RunLayer &)> &figure)
{
    double sum = 0;
    double weights = 0;
    for (const RunLayer &layer : layers) {
        if (const std::optional<double> each = figure(layer)) {
            sum += *each * static_cast<double>(layer.weights);
            weights += static_cast<double>(layer.weights);
        }
    }
    return weights > 0 ? std::optional(sum / weights) : std::nullopt;
}

} // namespace

std::optional<double> RunSummary::meanWeightError() const
{
    return meanOver(layers, [](const RunLayer &layer) { return layer.weightMse; });
}

std::optional<double> RunSummary::meanOutputError() const
{
    return meanOver(layers, [](const RunLayer &layer) { return layer.outputMse; });
}

nlohmann::json RunSummary::toJson() const
{
    nlohmann::json json = {{"run", run},
                           {"model", model},
                           {"average_bits", toField(averageBits)},
                           {"bytes", bytes},
                           {"bit_operations", toField(bitOperations)},
                           {"memory_io_bytes", toField(memoryIoBytes)},
                           {"codes_sha256", codesSha256},
                           {"notes", notes},
                           {"peak_rss_bytes", peakRssBytes},
                           {"seconds", toField(seconds)},
                           {"complete", complete},
                           {"metrics", nlohmann::json::array()},
                           {"layers", nlohmann::json::array()}};
    for (const RunMetric &metric : metrics) {
        json["metrics"].push_back(metricToJson(metric));
    }
    for (const RunLayer &layer : layers) {
        json["layers"].push_back(runLayerToJson(layer));
    }
    return json;
}

RunSummary RunSummary::fromJson(const nlohmann::json &json)
{
    RunSummary result;
    fromField(json, "run", result.run);
    fromField(json, "model", result.model);
    fromField(json, "average_bits", result.averageBits);
    fromField(json, "bytes", result.bytes);
    fromField(json, "bit_operations", result.bitOperations);
    fromField(json, "memory_io_bytes", result.memoryIoBytes);
    fromField(json, "codes_sha256", result.codesSha256);
    fromField(json, "notes", result.notes);
    fromField(json, "peak_rss_bytes", result.peakRssBytes);
    fromField(json, "seconds", result.seconds);
    fromField(json, "complete", result.complete);
    readList(json, "metrics",
             [&](const nlohmann::json &item) { result.metrics.push_back(metricFromJson(item)); });
    readList(json, "layers",
             [&](const nlohmann::json &item) { result.layers.push_back(runLayerFromJson(item)); });
    return result;
}

nlohmann::json Estimate::toJson() const
{
    nlohmann::json planned = nlohmann::json::array();
    for (const PlannedExport &item : exports) {
        planned.push_back(
            {{"format", item.format}, {"output", item.output}, {"bytes", item.bytes}});
    }
    return {
        {"seconds", toField(seconds)},          {"memory_bytes", memoryBytes}, {"bytes", bytes},
        {"average_bits", toField(averageBits)}, {"exports", planned},          {"notes", notes}};
}

Estimate Estimate::fromJson(const nlohmann::json &json)
{
    Estimate result;
    fromField(json, "seconds", result.seconds);
    fromField(json, "memory_bytes", result.memoryBytes);
    fromField(json, "bytes", result.bytes);
    fromField(json, "average_bits", result.averageBits);
    readList(json, "exports", [&](const nlohmann::json &item) {
        PlannedExport planned;
        fromField(item, "format", planned.format);
        fromField(item, "output", planned.output);
        fromField(item, "bytes", planned.bytes);
        result.exports.push_back(planned);
    });
    fromField(json, "notes", result.notes);
    return result;
}

} // namespace bitprism
