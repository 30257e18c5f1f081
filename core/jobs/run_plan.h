// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/model_transforms.h"
#include "core/models/model.h"
#include "core/quant/activation_quantizer.h"
#include "core/quant/channel_scores.h"
#include "core/quant/kv_cache_quantizer.h"
#include "core/quant/weight_quantizer.h"
#include "core/recipe/resolve.h"
#include "core/results/run_summary.h"
#include "core/results/token_cost.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace bitprism {

/// What a recipe does with one layer.
struct PlannedLayer
{
    const LayerInfo *layer = nullptr;
    const WeightQuantizer *quantizer = nullptr; ///< owned by the plan
    int bits = 0;
    std::optional<double> ratio;
    std::int64_t storageBits = 0;
};

/// A recipe resolved against a model: which layer is quantized by what, at which width, and what
/// the result will take.
class RunPlan
{
public:
    /// `recipe` is validated, the model's description outlives the plan. Throws BadInput for what
    /// cannot be combined, naming the layer, and for a recipe that quantizes nothing.
    RunPlan(Recipe recipe, const Model &model);

    const Recipe &recipe() const { return m_recipe; }
    ModelTransforms &transforms() { return *m_transforms; }
    const ModelTransforms &transforms() const { return *m_transforms; }
    /// Layers of one block (headOf() excluded) in model order.
    const std::vector<PlannedLayer> &layersOf(BlockId block) const;
    /// Embedding and head, where an override names them.
    const std::vector<PlannedLayer> &outerLayers() const { return m_outer; }
    /// All of them, in the order of blocks, the outer ones last.
    std::vector<const PlannedLayer *> all() const;
    /// Blocks over all stacks, and one more where there are outer layers.
    int units() const;
    std::set<std::string> quantizedLayers() const;

    /// Statistics the block's quantizers (and the activation quantizer) want.
    StatisticsNeeds statisticsNeeds(BlockId block) const;
    /// Whether anything needs calibration data.
    bool needsData() const;
    /// Throws BadInput, naming the quantizer, if anything does.
    void requireDataFree(const ModelInfo &info) const;
    bool isSequential(BlockId block) const;
    /// Whether a quantizer asks for the block's full-precision states.
    bool needsBlockStates() const;
    /// Layers of blocks whose quantizer asks for Fisher information, at their widths.
    std::vector<ScoredLayer> scoredLayers() const;
    /// Bytes of the scores that a run keeps; those of channels are too small to count.
    std::int64_t scoreBytes() const;
    bool hasActivationQuantizer() const;
    std::unique_ptr<ActivationQuantizer> makeActivationQuantizer() const;

    std::unique_ptr<KvCacheQuantizer> makeKvCacheQuantizer() const;
    /// What rounds activations while the quantized model runs; null for nothing.
    std::shared_ptr<BlockHooks>
    activationHooks(std::shared_ptr<const ActivationQuantizer> activations) const;
    /// What rounds activations and the cache while the quantized model runs; null for nothing.
    std::shared_ptr<BlockHooks>
    runtimeHooks(std::shared_ptr<const ActivationQuantizer> activations) const;

    /// As planned, or with `done` layers at what they really take: methods that find out how much
    /// they keep only when they run plan with an estimate.
    double averageBits(const std::vector<RunLayer> &done = {}) const;
    TokenCost tokenCost(const ModelInfo &info) const;
    /// What quantizers do to layers that cannot have what the recipe asks for, and overrides that
    /// match no layer.
    std::vector<std::string> notes() const;
    /// Of all tensors: the quantized layers as stored, the others as they are in the checkpoint.
    std::int64_t checkpointBytes(const Model &model, const std::vector<RunLayer> &done = {}) const;

private:
    void requireWeightsOnly(const ModelInfo &info) const;
    const WeightQuantizer &quantizerFor(const ComponentChoice &choice);
    void refuseTiedHead(const ModelInfo &info) const;
    std::int64_t untiedHeadBytes(const Model &model) const;
    void planLayer(const LayerInfo &layer, const ResolvedLayer &resolved);
    std::int64_t storageBits(const std::vector<RunLayer> &done) const;

    Recipe m_recipe;
    const ModelInfo &m_info;
    std::unique_ptr<ModelTransforms> m_transforms;
    int m_blocks = 0;
    std::map<std::string, std::unique_ptr<WeightQuantizer>> m_quantizers;
    std::map<BlockId, std::vector<PlannedLayer>> m_byBlock;
    std::vector<PlannedLayer> m_outer;
};

/// Bytes of the model's tensors other than `tensors`, as the checkpoint stores them.
std::int64_t bytesWithout(const Model &model, const std::set<std::string> &tensors);

} // namespace bitprism
