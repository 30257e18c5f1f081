// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_units.h"
#include "core/alloc/allocator.h"
#include "core/recipe/recipe.h"
#include "core/results/interaction_matrix.h"
#include "core/results/model_info.h"
#include "core/results/sensitivity_table.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// What is asked of a sensitivity run.
struct AllocationQuestion
{
    std::shared_ptr<const SensitivityTable> table;
    std::shared_ptr<const InteractionMatrix> matrix; ///< null: damages add up
    std::shared_ptr<const ModelInfo> model;
    std::string allocator = "high-impact-ratio";
    std::string params = "{}"; ///< JSON object
    std::string target = "none"; ///< core/alloc/target.h
    std::map<std::string, double> pins; ///< layer name (or pattern) -> width, or ratio
};

/// Change of the loss, nats per token.
struct LossChange
{
    double value = 0;
    std::optional<double> standardError; ///< where the probes have theirs
};

/// A sensitivity run turned into a problem and solved for all budgets: what `allocate` and the
/// window's allocation view ask. Immutable; any thread may ask.
class AllocationStudy
{
public:
    /// Throws BadInput as allocationProblem(), restrictToTarget() and addInteractions() do.
    explicit AllocationStudy(AllocationQuestion question, std::stop_token stop = {});

    const AllocationQuestion &question() const { return m_question; }
    /// Where `budget` limits nothing, the allocator's own holds; BadUsage where it needs one and
    /// there is none.
    Allocation at(const Budget &budget) const;
    std::vector<FrontierPoint> points() const { return m_frontier->points(); }
    /// What each cell of the table costs by itself, as the predictions count it (lossEstimates());
    /// empty where no change of the loss was probed for all of them.
    const std::vector<LossChange> &losses() const { return m_losses; }
    /// Damage and size of any choice of probed candidates, whatever target and pins say; layers
    /// that `choices` leave out are BadInput, as are forms that were not probed.
    Allocation evaluate(const std::vector<LayerChoice> &choices) const;
    /// What the probes say of a recipe's change of the loss; nothing where it does with some layer
    /// what was not probed, or uses another quantizer or group size, or no loss was probed.
    std::optional<LossChange> predict(const Recipe &recipe) const;
    /// By how much the loss of `choices` lies above that of `other`, with an error that leaves out
    /// what both do alike. Throws as evaluate() does; nothing where no loss was probed.
    std::optional<LossChange> difference(const std::vector<LayerChoice> &choices,
                                         const std::vector<LayerChoice> &other) const;
    /// Every layer in one and the same form, for each form that all have, by falling damage.
    std::vector<Allocation> uniform() const;

private:
    std::vector<std::size_t> positionsOf(const std::vector<LayerChoice> &choices) const;

    AllocationQuestion m_question;
    AllocationUnits m_plain; ///< without target and pins
    Budget m_ownBudget;
    bool m_needsBudget = true;
    std::unique_ptr<const Frontier> m_frontier;
    std::vector<LossChange> m_losses;
};

/// Makes a recipe run an allocation as it is: the probed quantizer with each layer's form, or, for
/// a target whose codes are its own, each layer's quantizer of the target (the probed one for a
/// width that it lacks). Overrides that change the quantizer of one of these layers give way.
void applyAllocation(Recipe &recipe, const SensitivityTable &table,
                     const std::vector<LayerChoice> &choices, std::string_view target);

/// The same of a recipe with nothing else in it.
Recipe allocationRecipe(const SensitivityTable &table, const std::vector<LayerChoice> &choices,
                        std::string_view target);

} // namespace bitprism
