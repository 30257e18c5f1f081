// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/distinction.h"
#include "core/report/escape.h"
#include "core/report/reporter.h"
#include "core/results/outlier_findings.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism {

namespace {

/// Shortest text that reads back as the same number; empty for what was not measured.
std::string numberText(const std::optional<double> &value)
{
    return value && std::isfinite(*value) ? Json(*value).dump() : std::string();
}

std::optional<double> numberOf(const std::optional<std::size_t> &count)
{
    return count ? std::optional(static_cast<double>(*count)) : std::nullopt;
}

/// One measured number of one run.
struct Fact
{
    std::string section;
    std::string name; ///< layer or data
    std::string bits;
    std::string measure;
    std::optional<double> value;
    std::optional<double> standardError;
    std::string unit;
};

/// All numbers of a report in one tidy table, a number a line, in full precision.
class CsvReporter final : public Reporter
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::reporter,
                "csv",
                BITPRISM_TR("Component", "CSV"),
                "RFC 4180, one number a line",
                {}};
    }
    explicit CsvReporter(const Params &) { }

    void write(const ReportModel &model, io::ByteSink &sink) const override
    {
        sink.write("run,run_name,section,name,bits,measure,value,standard_error,unit\r\n");
        for (const ReportRun &run : model.runs) {
            const auto line = [&](const Fact &fact) { writeFact(run.record, fact, sink); };
            summary(run, line);
            sensitivity(run, line);
            outliers(run, line);
            allocation(run, line);
            evaluations(run, line);
        }
        differences(model.comparison, sink);
    }

private:
    static void writeFact(const store::RunRecord &record, const Fact &fact, io::ByteSink &sink)
    {
        if (!fact.value) {
            return;
        }
        std::string text;
        for (const std::string &field :
             {record.id, record.name, fact.section, fact.name, fact.bits, fact.measure}) {
            text += report::csvField(field) + ",";
        }
        text += numberText(fact.value) + "," + numberText(fact.standardError) + ","
            + report::csvField(fact.unit) + "\r\n";
        sink.write(text);
    }

    /// Two measurements by one task on one file are told apart behind the file's name.
    static std::string dataOf(const Evaluation &e, const std::vector<Evaluation> &all)
    {
        const std::string distinction = distinctionOf(e, all);
        return distinction.empty() ? e.data : e.data + " (" + distinction + ")";
    }

    template <typename Line>
    static void measurement(const std::string &section, const Evaluation &e,
                            const std::string &data, const Line &line)
    {
        line({section, data, "", e.task, e.value, e.standardError, e.unit});
        line({section, data, "", "nll", e.nll, e.nllStandardError, "nats per token"});
        if (e.divergence) {
            line({section, data, "", "kl_divergence", e.divergence->mean,
                  e.divergence->standardError, "nats per token"});
            line({section, data, "", "top1_agreement", e.divergence->top1Agreement, {}, "share"});
        }
    }

    template <typename Line> static void evaluations(const ReportRun &run, const Line &line)
    {
        if (store::isEvaluation(run.record.kind) && run.record.averageBits) {
            line({"evaluation", "", "", "average_bits", *run.record.averageBits, {}, "bits"});
        }
        if (store::isEvaluation(run.record.kind) && run.record.bytes) {
            const auto bytes = static_cast<double>(*run.record.bytes);
            line({"evaluation", "", "", "bytes", bytes, {}, "bytes"});
        }
        for (const RunLayer &layer : run.storedLayers) {
            line({"layer",
                  layer.name,
                  numberText(layer.bits),
                  "storage_bits",
                  static_cast<double>(layer.storageBits),
                  {},
                  "bits"});
        }
        std::vector<Evaluation> all;
        for (const auto &evaluation : run.evaluations) {
            all.push_back(*evaluation);
        }
        for (const Evaluation &evaluation : all) {
            measurement("evaluation", evaluation, dataOf(evaluation, all), line);
        }
    }

    template <typename Line> static void summary(const ReportRun &run, const Line &line)
    {
        if (!run.summary) {
            return;
        }
        const RunSummary &s = *run.summary;
        line({"run", "", "", "average_bits", s.averageBits, {}, "bits"});
        line({"run", "", "", "bytes", static_cast<double>(s.bytes), {}, "bytes"});
        line({"run", "", "", "bit_operations", s.bitOperations, {}, "operations per token"});
        line({"run", "", "", "memory_io_bytes", s.memoryIoBytes, {}, "bytes per token"});
        line({"run", "", "", "seconds", s.seconds, {}, "s"});
        std::vector<Evaluation> measured;
        for (const RunMetric &metric : s.metrics) {
            measured.push_back(metric.measured);
        }
        for (const RunMetric &metric : s.metrics) {
            const std::string data = dataOf(metric.measured, measured);
            measurement("metric", metric.measured, data, line);
            if (metric.baseline) {
                measurement("baseline", *metric.baseline, data, line);
            }
        }
        for (const RunLayer &layer : s.layers) {
            const std::string bits = numberText(layer.bits);
            line({"layer", layer.name, bits, "weight_mse", layer.weightMse, {}, ""});
            line({"layer", layer.name, bits, "output_mse", layer.outputMse, {}, "relative"});
            line({"layer", layer.name, bits, "ratio", layer.ratio, {}, "share"});
            line({"layer",
                  layer.name,
                  bits,
                  "storage_bits",
                  static_cast<double>(layer.storageBits),
                  {},
                  "bits"});
        }
    }

    template <typename Line> static void sensitivity(const ReportRun &run, const Line &line)
    {
        if (!run.sensitivity) {
            return;
        }
        line({"sensitivity", "", "", "rank_correlation", run.sensitivity->rankCorrelation, {}, ""});
        for (const SensitivityCell &c : run.sensitivity->cells) {
            const std::string bits = std::to_string(c.bits);
            const char *nats = "nats per token";
            line({"sensitivity", c.layer, bits, "weight_mse", c.weightMse, {}, ""});
            line({"sensitivity", c.layer, bits, "output_mse", c.outputMse, {}, "relative"});
            line({"sensitivity", c.layer, bits, "kl_divergence", c.klDivergence, c.klStandardError,
                  nats});
            line({"sensitivity", c.layer, bits, "delta_nll", c.deltaNll, c.deltaNllStandardError,
                  nats});
            line({"sensitivity", c.layer, bits, "model_output_error", c.modelOutputError,
                  c.modelOutputStandardError, "relative"});
            line({"sensitivity",
                  c.layer,
                  bits,
                  "predicted_delta_nll",
                  c.predictedDeltaNll,
                  {},
                  nats});
        }
    }

    template <typename Line> static void outliers(const ReportRun &run, const Line &line)
    {
        if (!run.outliers) {
            return;
        }
        for (const LayerOutliers &layer : run.outliers->layers) {
            line({"outliers", layer.layer, "", "max_abs", layer.maxAbs, {}, ""});
            line({"outliers", layer.layer, "", "kurtosis", layer.kurtosis, {}, ""});
            line({"outliers",
                  layer.layer,
                  "",
                  "channel_max_median",
                  layer.channelMaxMedian,
                  {},
                  ""});
            if (!run.outliers->isOfWeights) { // no table of weights has it
                line({"outliers", layer.layer, "", "magnitude_99", layer.magnitude99, {}, ""});
            }
            line({"outliers", layer.layer, "", "token_max_median", layer.tokenMaxMedian, {}, ""});
            line({"outliers", layer.layer, "", "token_max_99", layer.tokenMax99, {}, ""});
            line({"outliers", layer.layer, "", "weight_kurtosis", layer.weightKurtosis, {}, ""});
            line({"outliers", layer.layer, "", "gain_correlation", layer.gainCorrelation, {}, ""});
            for (const ErrorShare &share : layer.errorShares) {
                const std::string bits = std::to_string(share.bits);
                line({"outliers",
                      layer.layer,
                      bits,
                      "error_share_per_tensor",
                      share.perTensor,
                      {},
                      "share"});
                line({"outliers",
                      layer.layer,
                      bits,
                      "error_share_per_token",
                      share.perToken,
                      {},
                      "share"});
            }
        }
        const OutlierFindings findings = findingsOf(*run.outliers);
        line({"outliers",
              "",
              "",
              "massive_tokens_listed",
              numberOf(findings.massive),
              {},
              "tokens"});
        line(
            {"outliers", "", "", "attention_sinks_listed", numberOf(findings.sinks), {}, "tokens"});
        for (const LayerWhatIf &layer : run.whatIf.layers) {
            const std::string bits = std::to_string(run.whatIf.question.activationBits);
            for (const WhatIfOutcome &outcome : layer.outcomes) {
                if (outcome.applies) {
                    line({"what-if", layer.layer, bits, outcome.id, outcome.outputError,
                          outcome.outputErrorStderr, "relative"});
                }
            }
        }
    }

    template <typename Line> static void allocation(const ReportRun &run, const Line &line)
    {
        if (!run.allocation) {
            return;
        }
        line({"allocation", "", "", "average_bits", run.allocation->averageBits, {}, "bits"});
        line({"allocation", "", "", "predicted_delta_nll", run.allocation->predictedDeltaNll,
              run.allocation->predictedStandardError, "nats per token"});
        for (const LayerChoice &choice : run.allocation->layers) {
            line({"allocation",
                  choice.layer,
                  std::to_string(choice.bits),
                  "bits",
                  static_cast<double>(choice.bits),
                  {},
                  "bits"});
            line({"allocation",
                  choice.layer,
                  std::to_string(choice.bits),
                  "ratio",
                  choice.ratio,
                  {},
                  "share"});
        }
    }

    static void differences(const Comparison &comparison, io::ByteSink &sink)
    {
        for (const ComparedMetric &metric : comparison.metrics) {
            const std::string data = metric.distinction.empty()
                ? metric.data
                : metric.data + " (" + metric.distinction + ")";
            for (std::size_t i = 0; i < metric.runs.size(); ++i) {
                const ComparedMetric::Value &value = metric.runs[i];
                const store::RunRecord &record = comparison.runs[i].record;
                writeFact(record,
                          {"against baseline", data, "", metric.task, value.baselineDifference,
                           value.baselineDifferenceStandardError, metric.differenceUnit},
                          sink);
                writeFact(record,
                          {"against first run", data, "", metric.task, value.difference,
                           value.differenceStandardError, metric.differenceUnit},
                          sink);
            }
        }
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(reporter, csv, CsvReporter);

} // namespace bitprism
