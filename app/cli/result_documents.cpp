// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/result_documents.h"

#include "core/report/tables.h"
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/results/token_losses.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace bitprism::cli {

namespace {

constexpr auto replace = Json::error_handler_t::replace; // a piece may be half a character

void drop(Json &object, std::initializer_list<const char *> keys)
{
    for (const char *key : keys) {
        object.erase(key);
    }
}

void dropWindows(Json &evaluation)
{
    for (const std::string_view key : Evaluation::windowKeys) {
        evaluation.erase(key);
    }
}

/// Where attention rests and what is massive, a line for each block that has any, and for what no
/// block has.
std::string blockText(const OutlierTable &result)
{
    Table table({"block", "output max", "median", "massive token", "value", "attention sink",
                 "share", "heads"});
    bool isAny = false;
    for (const BlockOutliers &block : result.blocks) {
        if (block.massive.empty() && block.sinks.empty()) {
            continue;
        }
        isAny = true;
        const auto place = [](const TokenMark &mark) {
            return std::to_string(mark.sample) + ":" + std::to_string(mark.position)
                + (mark.text.empty() ? "" : " " + Json(mark.text).dump(-1, ' ', false, replace));
        };
        const TokenMark *massive = block.massive.empty() ? nullptr : &block.massive.front();
        const AttentionSink *sink = block.sinks.empty() ? nullptr : &block.sinks.front();
        table.add(
            {std::to_string(block.stack) + "." + std::to_string(block.block), shown(block.maxAbs),
             shown(block.medianAbs), massive ? place(*massive) : "-",
             massive ? shown(massive->value) : "-", sink ? place(sink->token) : "-",
             sink ? shown(sink->token.value, 2) : "-",
             sink ? std::to_string(sink->heads) + " of " + std::to_string(block.heads) : "-"});
    }
    std::string text = isAny ? "\nTokens are sample:position.\n" + table.text() : std::string();
    const std::vector<std::string> absences = report::outlierAbsences(result);
    for (const std::string &absence : absences) {
        text += (absence == absences.front() ? "\n" : "") + absence + "\n";
    }
    return text;
}

std::string outlierText(const std::string &runId, const OutlierTable &result)
{
    Table table({"layer", "max", "of median", "kurtosis", "channel", "its max", "its gain",
                 "error share", "token median", "token max"});
    for (const LayerOutliers &layer : result.layers) {
        const bool hasChannel = !layer.outlierChannels.empty();
        table.add(
            {layer.layer, shown(layer.maxAbs),
             layer.channelMaxMedian > 0 ? shown(layer.maxAbs / layer.channelMaxMedian, 3) : "-",
             shown(layer.kurtosis),
             hasChannel ? std::to_string(layer.outlierChannels.front().channel) : "-",
             hasChannel ? shown(layer.outlierChannels.front().maxAbs) : "-",
             hasChannel ? shown(layer.outlierChannels.front().gain) : "-",
             layer.errorShares.empty() ? "-" : shown(layer.errorShares.front().perTensor, 3),
             shown(layer.tokenMaxMedian), shown(layer.tokenMaxLargest)});
    }
    return table.text() + blockText(result) + "\n"
        + shownFacts({{"Run", runId},
                      {"About",
                       result.isOfWeights
                           ? "the weights (channels are columns, tokens rows): the model cannot "
                             "be run"
                           : "inputs of the layers; error share: what the largest 1 % of the "
                             "channels cause at 8 bits per tensor"},
                      {"Tokens", std::to_string(result.tokens)},
                      {"Time", shownSeconds(result.seconds)}})
        + shownNotes(result.notes);
}

/// Columns of a model that scores nothing, or that does not run.
Table outputErrors(const SensitivityTable &result)
{
    Table table({"layer", "bits", "weight mse", "output mse", "model output", "stderr"});
    for (const SensitivityCell &cell : result.cells) {
        table.add({cell.layer, std::to_string(cell.bits), shown(cell.weightMse, 3),
                   shown(cell.outputMse, 3), shown(cell.modelOutputError, 3),
                   shown(cell.modelOutputStandardError, 2)});
    }
    return table;
}

Table losses(const SensitivityTable &result)
{
    Table table({"layer", "bits", "weight mse", "output mse", "kl", "kl stderr", "delta nll",
                 "delta stderr", "predicted"});
    for (const SensitivityCell &cell : result.cells) {
        table.add({cell.layer, std::to_string(cell.bits), shown(cell.weightMse, 3),
                   shown(cell.outputMse, 3), shown(cell.klDivergence, 3),
                   shown(cell.klStandardError, 2), shown(cell.deltaNll, 3),
                   shown(cell.deltaNllStandardError, 2), shown(cell.predictedDeltaNll, 3)});
    }
    return table;
}

std::string sensitivityText(const std::string &runId, const SensitivityTable &result)
{
    const bool hasLosses
        = std::any_of(result.cells.begin(), result.cells.end(), [](const SensitivityCell &cell) {
              return cell.deltaNll.has_value() || cell.predictedDeltaNll.has_value();
          });
    const Table table = hasLosses ? losses(result) : outputErrors(result);
    return table.text() + "\n"
        + shownFacts({{"Run", runId},
                      {"Tokens", std::to_string(result.tokens)},
                      {"Rank correlation", shown(result.rankCorrelation)},
                      {"Time", shownSeconds(result.seconds)}});
}

std::string runText(const RunSummary &result)
{
    Table layers({"layer", "bits", "ratio", "weight mse", "output mse"});
    for (const RunLayer &layer : result.layers) {
        layers.add({layer.name, shown(layer.bits), shown(layer.ratio), shown(layer.weightMse, 3),
                    shown(layer.outputMse, 3)});
    }
    std::string text = layers.text() + "\n";
    if (!result.metrics.empty()) {
        Table metrics({"metric", "value", "stderr", "unquantized", "data"});
        for (const RunMetric &metric : result.metrics) {
            metrics.add({metric.measured.task, shown(metric.measured.value, 6),
                         shown(metric.measured.standardError, 3),
                         metric.baseline ? shown(metric.baseline->value, 6) : "-",
                         metric.measured.data});
        }
        text += metrics.text() + "\n";
    }
    text += shownFacts(
        {{"Run", result.run},
         {"Average bits", shown(result.averageBits, 5)},
         {"Size", shownBytes(result.bytes)},
         {"Bit operations per token", shown(result.bitOperations, 4)},
         {"Moved per token", shownBytes(static_cast<std::int64_t>(result.memoryIoBytes))},
         {"Codes", result.codesSha256},
         {"Memory", shownBytes(result.peakRssBytes)},
         {"Time", shownSeconds(result.seconds)}});
    return text + shownNotes(result.notes);
}

void printRun(const JobOutcome &outcome, const Output &output)
{
    const auto result = outcome.require<RunSummary>();
    output.print(briefDocument(*result), runText(*result));
}

} // namespace

Json briefDocument(const Result &result)
{
    Json document = result.toJson();
    const std::string_view kind = result.resultKind();
    if (kind == Evaluation::kind) {
        dropWindows(document);
    } else if (kind == TokenLosses::kind) {
        drop(document, {"items"});
    } else if (kind == OutlierTable::kind) {
        for (Json &layer : document["layers"]) {
            drop(layer, {"channel_max_abs", "input_histogram", "weight_histogram"});
        }
    } else if (kind == RunSummary::kind) {
        for (Json &metric : document["metrics"]) {
            dropWindows(metric);
            if (metric.contains("baseline_evaluation")) {
                dropWindows(metric["baseline_evaluation"]);
            }
        }
    }
    return document;
}

std::string evaluationText(const std::string &runId, const Evaluation &evaluation)
{
    const std::optional<Divergence> &divergence = evaluation.divergence;
    const auto withError = [](double mean, int digits, double error) { // one window has none
        return shown(mean, digits) + (std::isfinite(error) ? " +- " + shown(error, 3) : "");
    };
    const std::string value = std::isfinite(evaluation.value)
        ? withError(evaluation.value, 6, evaluation.standardError)
        : "not a finite number: the model's output overflows";
    return shownFacts(
        {{"Run", runId},
         {"Task", evaluation.task},
         {"Value", value},
         {"Unit", evaluation.unit},
         {"NLL", evaluation.nll ? shown(evaluation.nll, 6) + " nats per token" : ""},
         {"KL divergence",
          divergence ? withError(divergence->mean, 5, divergence->standardError) : ""},
         {"Same first choice", divergence ? shown(100 * divergence->top1Agreement, 4) + " %" : ""},
         {"Tokens", evaluation.tokens == 0 ? "" : std::to_string(evaluation.tokens)},
         {"Items", evaluation.items == 0 ? "" : std::to_string(evaluation.items)},
         {"Time", shownSeconds(evaluation.seconds)}});
}

void printOutcome(const JobOutcome &outcome, const Output &output)
{
    if (outcome.results.contains(OutlierTable::kind)) {
        const auto result = outcome.require<OutlierTable>();
        Json document = briefDocument(*result);
        document["run"] = outcome.runId;
        output.print(document, outlierText(outcome.runId, *result));
    } else if (outcome.results.contains(SensitivityTable::kind)) {
        const auto result = outcome.require<SensitivityTable>();
        Json document = briefDocument(*result);
        document["run"] = outcome.runId;
        output.print(document, sensitivityText(outcome.runId, *result));
    } else if (outcome.results.contains(Evaluation::kind)) {
        const auto result = outcome.require<Evaluation>();
        Json document = briefDocument(*result);
        document["run"] = outcome.runId;
        output.print(document, evaluationText(outcome.runId, *result));
    } else {
        printRun(outcome, output);
    }
}

} // namespace bitprism::cli
