// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/run_plan.h"
#include "core/jobs/sensitivity_execution.h"
#include "core/recipe/settings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

// What a request asks to be probed: candidates, their table, pairs.
namespace bitprism {

namespace {

constexpr int largestWidth = 8;
/// Models up to here are measured, larger ones estimated block by block (high-impact-ratio.md 3.6).
constexpr std::int64_t measuredParameters = 1'000'000'000;
constexpr double referenceRatio = 0.05;

} // namespace

std::vector<int> probedWidths(const Json &bits)
{
    std::set<int> widths;
    const bool isList = bits.is_array() && !bits.empty();
    for (const Json &width : isList ? bits : Json::array({Json()})) {
        if (!width.is_number_integer() || width < 1 || width > largestWidth) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "sensitivity: \"bits\" is %1, but must be a list of widths from "
                            "1 to %2."),
                bits.dump(), largestWidth);
        }
        widths.insert(width.get<int>());
    }
    return {widths.begin(), widths.end()};
}

std::vector<double> probedRatios(const Json &ratios)
{
    std::set<double> found;
    const bool isList = ratios.is_array() && !ratios.empty();
    for (const Json &ratio : isList ? ratios : Json::array({Json()})) {
        if (!ratio.is_number() || ratio < 0 || ratio > 1) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "sensitivity: \"ratios\" is %1, but must be a list of numbers "
                                    "from 0 to 1."),
                        ratios.dump());
        }
        found.insert(ratio.get<double>());
    }
    return {found.begin(), found.end()};
}
void SensitivityExecution::makeQuantizers()
{
    const Json &wanted = m_options.quantizer;
    if (!wanted.is_object() || !wanted.contains("id") || !wanted["id"].is_string()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: \"quantizer\" must be an object with \"id\" and "
                                "parameters."));
    }
    Json params = wanted;
    params.erase("id");
    params.erase("bits");
    m_quantizers.id = wanted["id"].get<std::string>();
    const std::string where = "quantizer " + m_quantizers.id;
    if (m_options.probesRatios()) {
        makeRatioCandidates(params, where);
        refuseWithoutRun();
        return;
    }
    Json filled = normalized({m_quantizers.id, params.dump()}, Kind::weights, where).parameters();
    filled.erase("bits");
    m_quantizers.params = filled.dump();
    for (const int width : probedWidths(m_options.bits)) {
        filled["bits"] = width;
        m_quantizers.byWidth[width]
            = bitprism::create<WeightQuantizer>(m_quantizers.id, filled, where);
        m_quantizers.candidates.push_back({width, std::nullopt, m_quantizers.byWidth[width].get()});
    }
    refuseWithoutRun();
}

void SensitivityExecution::refuseWithoutRun() const
{
    const ModelInfo &info = m_opened.model->info();
    const QuantizerNeeds needs = m_quantizers.needs();
    if (!info.runnable && (needs.statistics.any() || needs.blockStates || needs.gradients)) {
        throwNeedsRun(info, "The quantizer \"" + m_quantizers.id + '"');
    }
    if (needs.gradients && !hasLoss()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: %1 has no loss that gradients could be taken of; set "
                                "quantizer.scores to activation."),
                    info.path);
    }
}

/// "bits" are the widths of both parts; the probes round to nearest unless the request says more.
void SensitivityExecution::makeRatioCandidates(const Json &params, const std::string &where)
{
    const std::vector<int> widths = probedWidths(m_options.bits);
    if (widths.size() != 2) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: probing ratios takes two widths, \"bits\": [2, 4], "
                                "not %1."),
                    m_options.bits.dump());
    }
    const auto asked = bitprism::create<WeightQuantizer>(m_quantizers.id, params, where);
    if (!asked->defaultRatio()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: %1 keeps no high-impact weights, so it has no ratios "
                                "to probe; take high-impact-mixed."),
                    m_quantizers.id);
    }
    Json filled = asked->probeParameters(params, widths[1]);
    filled["bits"] = widths[0];
    Json known = normalized({m_quantizers.id, filled.dump()}, Kind::weights, where).parameters();
    known.erase("bits");
    known.erase("ratio");
    m_quantizers.params = known.dump();
    known["bits"] = widths[0];
    m_quantizers.byWidth[widths[0]]
        = bitprism::create<WeightQuantizer>(m_quantizers.id, known, where);
    for (const double ratio : probedRatios(m_options.ratios)) {
        m_quantizers.candidates.push_back(
            {widths[0], ratio, m_quantizers.byWidth[widths[0]].get()});
    }
    m_table.highBits = widths[1];
}

void SensitivityExecution::makeInteractions()
{
    if (m_options.interactions == "none") {
        if (m_options.estimator == "block-local") {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "sensitivity: the estimator block-local serves interactions; "
                                    "add --interactions block, or leave it out."));
        }
        return;
    }
    if (!hasLoss()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: %1 has no loss to probe pairs of layers with; leave "
                                "the interactions at none."),
                    m_opened.model->info().path);
    }
    m_interactions.emplace(m_options.interactions, isBlockLocal(), m_table.cells);
    InteractionMatrix &matrix = m_interactions->matrix();
    matrix.model = m_table.model;
    matrix.data = m_table.data;
    const std::size_t cells = m_table.cells.size();
    if (m_options.interactions == "full") {
        matrix.pairsWanted = static_cast<std::int64_t>(m_interactions->pairsWithin(0, cells));
    } else if (m_options.interactions == "block") {
        for (int block = 0; block < m_blocks; ++block) {
            matrix.pairsWanted += static_cast<std::int64_t>(
                m_interactions->pairsWithin(firstCell(block), firstCell(block + 1)));
        }
    }
    if (wantsPairs() && !m_options.measured) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: pairs are measured; leave \"measured\" on, or take "
                                "the interactions \"fisher\"."));
    }
    if (m_options.interactions == "fisher" && !m_options.predicted) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: the Fisher projection comes with the prediction; "
                                "leave \"predicted\" on."));
    }
    if (m_options.interactions == "full" && isBlockLocal()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "sensitivity: local errors know nothing of pairs across blocks; "
                                "take the interactions \"block\" or the estimator \"suffix\"."));
    }
}

bool SensitivityExecution::wantsPairs() const
{
    return m_options.interactions == "block" || m_options.interactions == "full";
}

bool SensitivityExecution::isBlockLocal() const
{
    const bool isLarge = m_opened.model->info().parameters > measuredParameters;
    return m_options.estimator == "block-local"
        || (m_options.estimator == "automatic" && isLarge && m_options.interactions == "block");
}

std::size_t SensitivityExecution::referenceCandidate() const
{
    std::size_t best = 0;
    for (std::size_t c = 1; c < m_quantizers.candidates.size(); ++c) {
        const auto distance = [&](std::size_t candidate) {
            return std::abs(m_quantizers.candidates[candidate].ratio.value_or(0) - referenceRatio);
        };
        best = distance(c) < distance(best) ? c : best;
    }
    return best;
}

void SensitivityExecution::makeTransforms()
{
    const Recipe recipe = Recipe::fromJson(
        {{"version", Recipe::currentVersion}, {"transforms", m_options.transforms}}, "sensitivity");
    m_transforms = std::make_unique<ModelTransforms>(recipe.transforms, m_opened.model->info(),
                                                     m_run.request().seed.value_or(0));
}

void SensitivityExecution::makeTable()
{
    const Model &model = *m_opened.model;
    m_table.model = model.info().path;
    m_table.data = model.info().runnable ? Dataset::open(m_options.source.data).path().string()
                                         : std::string();
    m_table.quantizer = m_quantizers.id;
    m_table.quantizerParams = m_quantizers.params;
    m_table.tokens = m_samples.tokens;
    for (const ProbeCandidate &candidate : m_quantizers.candidates) {
        if (candidate.ratio) {
            m_table.ratios.push_back(*candidate.ratio);
        }
    }
    for (const auto &[width, quantizer] : m_quantizers.byWidth) {
        m_table.widths.push_back(width);
    }
    std::set<std::string> covered;
    for (const BlockId id : model.allBlocks()) {
        m_firstCells.push_back(m_table.cells.size());
        for (const LayerInfo *layer : model.layersOf(id)) {
            if (!layer->quantizable) {
                continue;
            }
            covered.insert(layer->tensor);
            for (const ProbeCandidate &candidate : m_quantizers.candidates) {
                const auto &[width, ratio, quantizer] = candidate;
                SensitivityCell cell;
                cell.layer = layer->name;
                cell.block = model.unitOf(id);
                cell.bits = width;
                cell.ratio = ratio;
                cell.storageBits = quantizer->storageBits(*layer, width, ratio);
                cell.weights = layer->rows * layer->cols;
                const TokenCost cost = layerCost(*layer, quantizer->meanBits(*layer, width, ratio),
                                                 cell.storageBits, m_options.activationBits);
                cell.bitOperations = cost.bitOperations;
                cell.ioBytes = cost.ioBytes;
                m_table.cells.push_back(std::move(cell));
            }
        }
    }
    m_firstCells.push_back(m_table.cells.size());
    m_table.fixedBytes = bytesWithout(model, covered);
    const LayerWidth nothing{0, 0, 0};
    const TokenCost fixed = modelCost(model.info(), [&](const LayerInfo &layer) {
        return covered.contains(layer.tensor) ? &nothing : nullptr;
    });
    m_table.fixedBitOperations = fixed.bitOperations;
    m_table.fixedIoBytes = fixed.ioBytes;
}
} // namespace bitprism
