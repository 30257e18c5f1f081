// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/alloc/allocation_study.h"

#include "core/alloc/interaction_terms.h"
#include "core/alloc/loss_estimate.h"
#include "core/alloc/target.h"
#include "core/recipe/resolve.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace bitprism {

namespace {

AllocationProblem plainProblem(const AllocationQuestion &question, const Allocator &allocator)
{
    AllocationProblem problem = allocationProblem(*question.table, allocator.damageMetric());
    countAsTarget(problem, question.target);
    addInteractions(problem, question.matrix.get(), allocator.interactions());
    return problem;
}

AllocationProblem asked(const AllocationQuestion &question, const Allocator &allocator)
{
    AllocationProblem problem
        = allocationProblem(*question.table, allocator.damageMetric(), question.pins);
    restrictToTarget(problem, *question.model, question.target, question.table->groupSize());
    addInteractions(problem, question.matrix.get(), allocator.interactions());
    return problem;
}

std::unique_ptr<Allocator> allocatorOf(const AllocationQuestion &question)
{
    return create<Allocator>(question.allocator, Json::parse(question.params), "allocator");
}

} // namespace

AllocationStudy::AllocationStudy(AllocationQuestion question, std::stop_token stop)
    : m_question(std::move(question))
    , m_plain(plainProblem(m_question, *allocatorOf(m_question)))
{
    const auto allocator = allocatorOf(m_question);
    m_ownBudget = allocator->budget();
    m_needsBudget = allocator->needsBudget();
    m_frontier = allocator->solve(asked(m_question, *allocator), std::move(stop));
    for (const LossEstimate &estimate : lossEstimates(*m_question.table)) {
        if (!estimate.change) {
            m_losses.clear();
            break;
        }
        m_losses.push_back({*estimate.change, estimate.uncertainty.standardError()});
    }
}

Allocation AllocationStudy::at(const Budget &budget) const
{
    const Budget &asked = budget.isEmpty() ? m_ownBudget : budget;
    if (asked.isEmpty() && m_needsBudget) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error",
                                "The allocator %1 needs a budget, such as 3 bits per weight "
                                "(--budget-bits 3)."),
                    m_question.allocator);
    }
    return m_frontier->at(asked);
}

std::vector<std::size_t> AllocationStudy::positionsOf(const std::vector<LayerChoice> &choices) const
{
    std::map<std::string_view, const LayerChoice *> byName;
    for (const LayerChoice &choice : choices) {
        byName[choice.layer] = &choice;
    }
    std::vector<std::size_t> positions;
    for (const AllocationUnit &unit : m_plain.units()) {
        const std::string &name = m_plain.problem().layers[unit.layers.front()].name;
        const auto chosen = byName.find(name);
        const auto found = std::find_if(
            unit.candidates.begin(), unit.candidates.end(), [&](const UnitCandidate &candidate) {
                return chosen != byName.end() && candidate.bits == chosen->second->bits
                    && candidate.ratio == chosen->second->ratio;
            });
        if (found == unit.candidates.end()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The sensitivity run did not probe %1 as this allocation has "
                                    "it."),
                        name);
        }
        positions.push_back(static_cast<std::size_t>(found - unit.candidates.begin()));
    }
    return positions;
}

Allocation AllocationStudy::evaluate(const std::vector<LayerChoice> &choices) const
{
    return m_plain.allocation(positionsOf(choices), "manual", "feasible");
}

std::optional<LossChange> AllocationStudy::difference(const std::vector<LayerChoice> &choices,
                                                      const std::vector<LayerChoice> &other) const
{
    const std::vector<std::size_t> own = positionsOf(choices);
    const std::vector<std::size_t> others = positionsOf(other);
    const std::optional<double> loss = m_plain.loss(own);
    const std::optional<double> reference = m_plain.loss(others);
    if (!loss || !reference) {
        return std::nullopt;
    }
    return LossChange{*loss - *reference,
                      m_plain.differenceUncertainty(own, others).standardError()};
}

std::vector<Allocation> AllocationStudy::uniform() const
{
    std::vector<Allocation> result;
    for (const std::vector<std::size_t> &choice : uniformChoices(m_plain)) {
        result.push_back(m_plain.allocation(choice, "uniform", "feasible"));
    }
    std::stable_sort(result.begin(), result.end(), [](const Allocation &a, const Allocation &b) {
        return a.objective > b.objective;
    });
    return result;
}

std::optional<LossChange> AllocationStudy::predict(const Recipe &recipe) const
{
    std::vector<LayerChoice> allocated;
    if (recipe.allocation && recipe.allocation->id != "manual") {
        return std::nullopt;
    }
    if (recipe.allocation) {
        allocated = manualChoices(*recipe.allocation, "recipe: allocation");
    }
    std::map<std::string_view, ResolvedLayer> resolved;
    const std::vector<ResolvedLayer> all = resolveLayers(recipe, *m_question.model, allocated);
    for (std::size_t i = 0; i < all.size(); ++i) {
        resolved[m_question.model->layers[i].name] = all[i];
    }
    const Json probed = Json::parse(m_question.table->quantizerParams);
    std::vector<LayerChoice> choices;
    for (const AllocationLayer &layer : m_plain.problem().layers) {
        const auto found = resolved.find(layer.name);
        const bool isProbed = found != resolved.end() && !found->second.skip
            && found->second.weights.id == m_question.table->quantizer;
        if (!isProbed) {
            return std::nullopt;
        }
        const Json params = found->second.weights.parameters();
        for (const char *key : {"group_size", "high_bits", "axis"}) {
            if (probed.contains(key) && params.contains(key) && probed[key] != params[key]) {
                return std::nullopt;
            }
        }
        // A quantizer that is not registered (the engine is not loaded) leaves its width open.
        const int bits = found->second.bits > 0 ? found->second.bits : params.value("bits", 0);
        std::optional<double> ratio;
        if (!m_question.table->ratios.empty()) { // a uniform ratio stands with the quantizer
            ratio = found->second.ratio ? *found->second.ratio : params.value("ratio", 0.05);
        }
        const bool isThere
            = std::any_of(layer.candidates.begin(), layer.candidates.end(),
                          [&](const AllocationCandidate &candidate) {
                              return candidate.bits == bits && candidate.ratio == ratio;
                          });
        if (!isThere) {
            return std::nullopt;
        }
        choices.push_back({layer.name, bits, ratio});
    }
    const Allocation found = evaluate(choices);
    return found.predictedDeltaNll
        ? std::optional(LossChange{*found.predictedDeltaNll, found.predictedStandardError})
        : std::nullopt;
}

void applyAllocation(Recipe &recipe, const SensitivityTable &table,
                     const std::vector<LayerChoice> &choices, std::string_view target)
{
    std::set<std::string_view> layers;
    for (const LayerChoice &choice : choices) {
        layers.insert(choice.layer);
    }
    std::erase_if(recipe.overrides, [&](const LayerOverride &each) { // of another allocation
        return layers.contains(each.match) && Json::parse(each.weights).contains("id");
    });
    const std::map<int, std::string> own = targetQuantizers(target);
    if (own.empty()) {
        recipe.weights = {table.quantizer, table.quantizerParams};
        recipe.allocation = manualAllocation(choices);
        return;
    }
    recipe.weights = {own.begin()->second, "{}"};
    recipe.allocation.reset();
    for (const LayerChoice &choice : choices) {
        LayerOverride stored;
        stored.match = choice.layer;
        if (const auto codes = own.find(choice.bits); codes != own.end()) {
            stored.weights = Json{{"id", codes->second}}.dump();
        } else { // nothing the target holds; the export will say so
            Json probed = ComponentChoice{table.quantizer, table.quantizerParams}.toJson();
            probed["bits"] = choice.bits;
            stored.weights = probed.dump();
        }
        recipe.overrides.push_back(std::move(stored));
    }
}

Recipe allocationRecipe(const SensitivityTable &table, const std::vector<LayerChoice> &choices,
                        std::string_view target)
{
    Recipe recipe;
    applyAllocation(recipe, table, choices, target);
    return recipe;
}

} // namespace bitprism
