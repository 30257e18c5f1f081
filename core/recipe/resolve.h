// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "core/results/allocation.h"
#include "core/results/model_info.h"

#include <span>

namespace bitprism {

/// What a recipe decides for one layer.
struct ResolvedLayer
{
    bool skip = false; ///< stays as it is stored
    /// Quantizer with its parameters; `bits` among them is the resolved one.
    ComponentChoice weights;
    int bits = 0; ///< 0: the quantizer's own default width
    std::optional<double> ratio;

    bool operator==(const ResolvedLayer &) const = default;
};

/// Precedence: an override beats the allocation, which beats weights.bits; of several overrides
/// that match, later ones win key by key. Embeddings and the head are skipped unless an override
/// says `skip: false`, or names them without a wildcard and sets something. Layers that cannot be
/// quantized are skipped always.
/// `allocated` is the layer's entry in the solved allocation, or null.
ResolvedLayer resolveLayer(const Recipe &recipe, const LayerInfo &layer,
                           const LayerChoice *allocated = nullptr);

/// All layers of a model in model order, with the entries of `allocation` found by name.
std::vector<ResolvedLayer> resolveLayers(const Recipe &recipe, const ModelInfo &model,
                                         std::span<const LayerChoice> allocation = {});

/// resolveLayers() with the recipe's own allocation, before a run is made of it. Throws BadInput,
/// beginning with `where`, for an allocation that asks for a sensitivity run, names a layer that
/// the model lacks, or for a ratio where the method of a layer takes none.
std::vector<ResolvedLayer> resolveForRun(const Recipe &recipe, const ModelInfo &model,
                                         std::string_view where);

/// The allocation component that repeats solved choices: {"id": "manual", "layers": {NAME: ...}}.
ComponentChoice manualAllocation(std::span<const LayerChoice> layers);
/// The choices of a manual allocation; throws BadInput naming the layer for malformed ones.
std::vector<LayerChoice> manualChoices(const ComponentChoice &allocation, std::string_view where);

struct RecipeChange
{
    std::string key; ///< "weights.bits", "overrides.0.match"
    std::string before; ///< JSON text; empty: absent
    std::string after;
};

/// The keys at which two recipes differ, sorted.
std::vector<RecipeChange> recipeDifferences(const Recipe &before, const Recipe &after);

} // namespace bitprism
