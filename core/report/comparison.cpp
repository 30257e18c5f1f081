// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/comparison.h"

#include "core/report/distinction.h"
#include "core/report/pareto.h"
#include "core/results/json_fields.h"
#include "core/results/stored_width.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

namespace bitprism {

namespace {

using json_fields::toField;
using store::ExperimentStore;

/// A run's measurements: those of its recipe, then what an evaluation run found. A baseline is none
/// of them.
std::vector<RunMetric> metricsOf(const ExperimentStore &store, const std::string &id,
                                 const std::optional<RunSummary> &summary)
{
    std::vector<RunMetric> metrics = store.metrics(id);
    const auto add = [&](const RunMetric &metric) {
        const bool isKnown = std::any_of(metrics.begin(), metrics.end(), [&](const RunMetric &m) {
            return isSameMeasurement(m.measured, metric.measured);
        });
        if (!isKnown) {
            metrics.push_back(metric);
        }
    };
    if (summary) {
        std::for_each(summary->metrics.begin(), summary->metrics.end(), add);
    }
    for (const store::StoredResult &result : store.results(id)) {
        const auto evaluation = resultAs<Evaluation>(result.value);
        if (evaluation && !result.isBaseline()) {
            add({*evaluation, std::nullopt});
        }
    }
    return metrics;
}

struct Difference
{
    double mean = 0;
    double standardError = 0;
    bool isPaired = false;
};

/// Losses where both have them, values otherwise; paired where both keep what the same windows
/// gave.
Difference differenceOf(const Evaluation &model, const Evaluation &reference)
{
    if (const auto paired = pairedNllDifference(model, reference)) {
        return {paired->mean, paired->standardError, true};
    }
    if (model.task == "kl-divergence") {
        if (const auto paired = pairedKlDifference(model, reference)) {
            return {paired->mean, paired->standardError, true};
        }
    }
    if (model.nll && reference.nll) {
        return {
            *model.nll - *reference.nll,
            std::hypot(model.nllStandardError.value_or(0), reference.nllStandardError.value_or(0)),
            false};
    }
    return {model.value - reference.value, std::hypot(model.standardError, reference.standardError),
            false};
}

void fillDifferences(ComparedMetric &metric)
{
    const std::optional<Evaluation> first = metric.runs.front().measured;
    for (ComparedMetric::Value &value : metric.runs) {
        if (!value.measured) {
            continue;
        }
        if (value.baseline) {
            const Difference difference = differenceOf(*value.measured, *value.baseline);
            value.baselineDifference = difference.mean;
            value.baselineDifferenceStandardError = difference.standardError;
        }
        if (first && &value != &metric.runs.front()) {
            const Difference difference = differenceOf(*value.measured, *first);
            value.difference = difference.mean;
            value.differenceStandardError = difference.standardError;
            value.isPaired = difference.isPaired;
        }
    }
}

ComparedMetric emptyMetric(const Evaluation &measured, std::size_t runs)
{
    ComparedMetric metric;
    metric.task = measured.task;
    metric.data = measured.data;
    metric.unit = measured.unit;
    metric.differenceUnit = measured.nll ? "nats per token" : measured.unit;
    metric.key = measured.key;
    metric.parameters = measured.parameters;
    metric.length = measured.length;
    metric.stride = measured.stride;
    metric.lowerIsBetter = !measured.higherIsBetter;
    metric.runs.resize(runs);
    return metric;
}

void addBaseline(ComparedMetric &metric, const store::RunRecord &run, const Evaluation &baseline)
{
    const bool isKnown
        = std::any_of(metric.baselines.begin(), metric.baselines.end(),
                      [&](const auto &known) { return known.modelHash == run.modelHash; });
    if (!isKnown) {
        metric.baselines.push_back({run.model, run.modelHash, baseline});
    }
}

std::vector<ComparedMetric> compareMetrics(const std::vector<std::vector<RunMetric>> &metrics,
                                           const std::vector<ComparedRun> &runs)
{
    std::vector<ComparedMetric> compared;
    for (std::size_t run = 0; run < metrics.size(); ++run) {
        for (const RunMetric &metric : metrics[run]) {
            auto found = std::find_if(compared.begin(), compared.end(), [&](const auto &known) {
                return isSameMeasurement(known, metric.measured);
            });
            if (found == compared.end()) {
                found = compared.insert(compared.end(), emptyMetric(metric.measured, runs.size()));
            }
            found->runs[run].measured = metric.measured;
            found->runs[run].baseline = metric.baseline;
            if (metric.baseline) {
                addBaseline(*found, runs[run].record, *metric.baseline);
            }
        }
    }
    std::for_each(compared.begin(), compared.end(), fillDifferences);
    for (ComparedMetric &metric : compared) {
        metric.distinction = distinctionOf(metric, compared);
    }
    return compared;
}

/// Whether a layer of an evaluated checkpoint can stand beside those of its name: another size is
/// another model's.
bool isAlike(const ComparedLayer &known, const RunLayer &layer)
{
    return std::none_of(known.runs.begin(), known.runs.end(), [&](const auto &other) {
        return other && other->weights > 0 && other->weights != layer.weights;
    });
}

std::vector<ComparedLayer> compareLayers(const std::vector<std::vector<RunLayer>> &runs,
                                         const std::vector<ComparedRun> &of)
{
    std::vector<ComparedLayer> compared;
    std::map<std::string, std::size_t> positions;
    for (std::size_t run = 0; run < runs.size(); ++run) {
        for (const RunLayer &layer : runs[run]) {
            const auto [position, isNew] = positions.emplace(layer.name, compared.size());
            if (isNew) {
                compared.push_back({layer.name, {}});
                compared.back().runs.resize(runs.size());
            }
            ComparedLayer &known = compared[position->second];
            if (of[run].hasRecipe() || isAlike(known, layer)) {
                known.runs[run] = layer;
            }
        }
    }
    return compared;
}

/// In the order of the runs.
std::vector<std::string> idsOf(std::vector<std::size_t> places,
                               const std::vector<ComparedRun> &runs)
{
    std::sort(places.begin(), places.end());
    std::vector<std::string> ids;
    for (const std::size_t place : places) {
        ids.push_back(runs[place].record.id);
    }
    return ids;
}

std::vector<std::string> paretoOf(const Comparison &comparison)
{
    for (const ComparedMetric &metric : comparison.metrics) {
        std::vector<ParetoPoint> points;
        for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
            const ComparedRun &run = comparison.runs[i];
            if (run.bytes && metric.runs[i].measured) {
                const double value = metric.runs[i].measured->value;
                points.push_back(
                    {static_cast<double>(*run.bytes), metric.lowerIsBetter ? value : -value});
            }
        }
        if (points.size() == comparison.runs.size()) {
            return idsOf(paretoFront(points), comparison.runs);
        }
    }
    return {};
}

ComparedRun comparedRun(const ExperimentStore &store, const std::string &id)
{
    ComparedRun run;
    run.record = store.run(id);
    if (const auto summary = store.resultOf<RunSummary>(run.record.id)) {
        run.summary = *summary;
        run.bytes = summary->bytes;
    } else if (!run.hasRecipe()) {
        run.bytes = run.record.bytes;
        run.storedType = commonStoredType(store.model(run.record.id));
    }
    return run;
}

std::vector<RunLayer> layersOf(const ExperimentStore &store, const ComparedRun &run)
{
    return run.summary    ? run.summary->layers
        : run.hasRecipe() ? store.runProgress(run.record.id).layers
                          : storedLayers(store.model(run.record.id));
}

Recipe recipeOf(const store::RunRecord &record)
{
    return Recipe::fromJson(Json::parse(record.recipe, nullptr, false), "recipe of " + record.id);
}

Json layerJson(const std::optional<RunLayer> &layer, const std::optional<RunLayer> &first)
{
    if (!layer) {
        return {};
    }
    Json json{{"bits", layer->bits},
              {"ratio", toField(layer->ratio)},
              {"weight_mse", toField(layer->weightMse)},
              {"output_mse", toField(layer->outputMse)},
              {"storage_bits", layer->storageBits}};
    if (first) {
        json["difference"] = {{"bits", layer->bits - first->bits},
                              {"weight_mse", toField(layer->weightMse - first->weightMse)},
                              {"storage_bits", layer->storageBits - first->storageBits}};
        if (layer->outputMse && first->outputMse) {
            json["difference"]["output_mse"] = toField(*layer->outputMse - *first->outputMse);
        }
    }
    return json;
}

/// Without what every window gave: the store keeps that.
Json evaluationJson(const std::optional<Evaluation> &evaluation)
{
    if (!evaluation) {
        return {};
    }
    Json json = evaluation->toJson();
    for (const std::string_view key : Evaluation::windowKeys) {
        json.erase(key);
    }
    return json;
}

Json metricJson(const ComparedMetric &metric)
{
    Json json{{"task", metric.task},
              {"data", metric.data},
              {"unit", metric.unit},
              {"difference_unit", metric.differenceUnit},
              {"key", metric.key},
              {"parameters", metric.parameters},
              {"distinction", metric.distinction},
              {"lower_is_better", metric.lowerIsBetter},
              {"baselines", Json::array()},
              {"runs", Json::array()}};
    for (const ComparedBaseline &baseline : metric.baselines) {
        Json entry = evaluationJson(baseline.value);
        entry["model_name"] = baseline.model;
        json["baselines"].push_back(std::move(entry));
    }
    for (const ComparedMetric::Value &value : metric.runs) {
        Json entry = evaluationJson(value.measured);
        if (value.measured) {
            entry["difference"] = toField(value.difference);
            entry["difference_stderr"] = toField(value.differenceStandardError);
            entry["paired"] = value.isPaired;
            entry["baseline"] = value.baseline ? toField(value.baseline->value) : Json();
            entry["baseline_difference"] = toField(value.baselineDifference);
            entry["baseline_difference_stderr"] = toField(value.baselineDifferenceStandardError);
        }
        json["runs"].push_back(std::move(entry));
    }
    return json;
}

Json runJson(const ComparedRun &run)
{
    Json changes = Json::array();
    for (const RecipeChange &change : run.recipeChanges) {
        changes.push_back(
            {{"key", change.key}, {"before", change.before}, {"after", change.after}});
    }
    const store::RunRecord &record = run.record;
    Json json{{"id", record.id},
              {"name", record.name},
              {"kind", record.kind},
              {"model", record.modelPath},
              {"status", store::statusName(record.status)},
              {"created", record.created},
              {"average_bits", toField(record.averageBits)},
              {"bytes", toField(run.bytes)},
              {"seconds", toField(record.seconds)},
              {"bit_operations", toField(record.bitOperations)},
              {"memory_io_bytes", toField(record.memoryIoBytes)},
              {"weight_error", toField(run.meanWeightError())},
              {"output_error", toField(run.meanOutputError())},
              {"recipe_changes", std::move(changes)}};
    if (run.summary) {
        json["codes_sha256"] = run.summary->codesSha256;
    }
    if (!run.hasRecipe()) {
        json["stored_type"] = run.storedType;
    }
    return json;
}

} // namespace

std::optional<double> ComparedRun::meanWeightError() const
{
    return summary && summary->complete ? summary->meanWeightError() : std::nullopt;
}

std::optional<double> ComparedRun::meanOutputError() const
{
    return summary && summary->complete ? summary->meanOutputError() : std::nullopt;
}

std::optional<double> layerValue(const RunLayer &layer, LayerMeasure measure)
{
    std::optional<double> value;
    switch (measure) {
    case LayerMeasure::OutputError:
        value = layer.outputMse;
        break;
    case LayerMeasure::WeightError:
        value = layer.weightMse;
        break;
    case LayerMeasure::Bits:
        value = layer.bits;
        break;
    case LayerMeasure::StoredBits:
        if (layer.weights > 0) {
            value = static_cast<double>(layer.storageBits) / static_cast<double>(layer.weights);
        }
        break;
    }
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<double> layerDifference(const ComparedLayer &layer, std::size_t run,
                                      LayerMeasure measure)
{
    if (run >= layer.runs.size() || !layer.runs[run] || !layer.runs.front()) {
        return std::nullopt;
    }
    const std::optional<double> value = layerValue(*layer.runs[run], measure);
    const std::optional<double> first = layerValue(*layer.runs.front(), measure);
    return value && first ? std::optional(*value - *first) : std::nullopt;
}

bool isInsideError(const std::optional<double> &difference,
                   const std::optional<double> &standardError)
{
    return difference && standardError && std::abs(*difference) <= *standardError;
}

namespace {

/// Whether `other` has the best value too, or lies outside the error of the difference from it.
bool isTiedOrWorse(const Evaluation &other, const Evaluation &best)
{
    const Difference difference = differenceOf(other, best);
    return other.value == best.value || !isInsideError(difference.mean, difference.standardError);
}

} // namespace

std::vector<std::size_t> bestRuns(const ComparedMetric &metric)
{
    std::vector<std::size_t> best;
    std::size_t measured = 0;
    for (std::size_t i = 0; i < metric.runs.size(); ++i) {
        if (!metric.runs[i].measured || !std::isfinite(metric.runs[i].measured->value)) {
            continue;
        }
        ++measured;
        const double value = metric.runs[i].measured->value;
        const double known = best.empty() ? value : metric.runs[best.front()].measured->value;
        if (metric.lowerIsBetter ? value < known : value > known) {
            best.clear();
        }
        if (best.empty() || value == known) {
            best.push_back(i);
        }
    }
    const bool isSettled
        = std::all_of(metric.runs.begin(), metric.runs.end(), [&](const auto &run) {
              return best.empty() || !run.measured
                  || isTiedOrWorse(*run.measured, *metric.runs[best.front()].measured);
          });
    return best.size() == measured || !isSettled ? std::vector<std::size_t>() : best;
}

std::string dataName(const Comparison &comparison, const ComparedMetric &metric)
{
    const auto nameOf
        = [](const std::string &path) { return std::filesystem::path(path).filename().string(); };
    const bool isShared = std::any_of(
        comparison.metrics.begin(), comparison.metrics.end(), [&](const ComparedMetric &other) {
            return other.data != metric.data && nameOf(other.data) == nameOf(metric.data);
        });
    const std::string name
        = isShared || nameOf(metric.data).empty() ? metric.data : nameOf(metric.data);
    return metric.distinction.empty() ? name : name + " (" + metric.distinction + ")";
}

Comparison compareRuns(const ExperimentStore &store, std::span<const std::string> ids)
{
    BITPRISM_ASSERT(!ids.empty(), "something to compare");
    Comparison comparison;
    std::vector<std::vector<RunLayer>> layers;
    std::vector<std::vector<RunMetric>> metrics;
    std::optional<Recipe> reference;
    for (const std::string &id : ids) {
        ComparedRun run = comparedRun(store, id);
        layers.push_back(layersOf(store, run));
        metrics.push_back(metricsOf(store, run.record.id, run.summary));
        if (run.hasRecipe()) {
            const Recipe recipe = recipeOf(run.record);
            if (reference) {
                run.recipeChanges = recipeDifferences(*reference, recipe);
            } else {
                reference = recipe;
            }
        }
        comparison.runs.push_back(std::move(run));
    }
    comparison.layers = compareLayers(layers, comparison.runs);
    comparison.metrics = compareMetrics(metrics, comparison.runs);
    comparison.pareto = paretoOf(comparison);
    return comparison;
}

Json Comparison::toJson() const
{
    Json json{{"runs", Json::array()},
              {"layers", Json::array()},
              {"metrics", Json::array()},
              {"pareto", pareto}};
    for (const ComparedRun &run : runs) {
        json["runs"].push_back(runJson(run));
    }
    for (const ComparedLayer &layer : layers) {
        Json entry{{"name", layer.name}, {"runs", Json::array()}};
        for (std::size_t i = 0; i < layer.runs.size(); ++i) {
            entry["runs"].push_back(
                layerJson(layer.runs[i], i == 0 ? std::nullopt : layer.runs.front()));
        }
        json["layers"].push_back(std::move(entry));
    }
    for (const ComparedMetric &metric : metrics) {
        json["metrics"].push_back(metricJson(metric));
    }
    return json;
}

} // namespace bitprism
