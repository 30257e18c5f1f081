// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/job_context.h"
#include "core/calib/layer_statistics.h"
#include "core/models/model.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bitprism {

/// What transforms ask of a model: kinds, norms and who reads them; never names.
class ModelGraph
{
public:
    explicit ModelGraph(const ModelInfo &info)
        : m_info(info)
    {
    }

    const ModelInfo &info() const { return m_info; }
    const StackInfo &stack(int index) const
    {
        return m_info.stacks.at(static_cast<std::size_t>(index));
    }
    /// Layers of a block, of the head for headOf().
    std::vector<const LayerInfo *> layersOf(BlockId id) const;
    /// The weight that makes the stack's output: the head, or a tied one's embedding. Null: none.
    const LayerInfo *headLayer(int stack) const;
    /// Norms whose tensors are a block's; the last norms of the stack for headOf().
    std::vector<const NormInfo *> normsOf(BlockId id) const;
    /// Norms that can move (NormInfo::canMove()) and whose readers are all layers of this block.
    std::vector<const NormInfo *> normsReadBy(BlockId id) const;
    /// Layers that read the norm's output, wherever they are. A tied head is one of them.
    std::vector<const LayerInfo *> readersOf(const NormInfo &norm) const;

private:
    const ModelInfo &m_info;
};

/// Of a layer's bias, whether or not there is one: "x.weight" has "x.bias", CLIP's
/// "x.in_proj_weight" has "x.in_proj_bias".
std::string biasName(const LayerInfo &layer);

/// Small tensors that a transform learned from calibration data, by tensor name: kept with a run.
using LearnedTensors = std::map<std::string, at::Tensor>;

/// What a transform will do to a model.
struct TransformPlan
{
    bool readsWeights = false; ///< read() must be called
    bool needsStatistics = false; ///< learn() must be called for every block
    StatisticsNeeds statistics;
    /// search() must be called for every block, on this many calibration samples; 0: not at all.
    int searchSamples = 0;
    bool untiesHead = false; ///< a tied head gets a weight of its own
    /// What happens while the model runs, one phrase each ("rotates the input of mlp_down"); a
    /// plain checkpoint cannot hold that.
    std::vector<std::string> online;
    std::vector<std::string> notes; ///< what was left out, and why
    /// It folds something into norms and the layers behind them, so nothing may stand between.
    bool foldsIntoNorms = false;
    /// While the model runs it stands between norms, or other producers, and the layers that read
    /// them: nothing after it can fold there.
    bool standsBehindNorms = false;
    bool standsBehindLayers = false;
};

/// Finds what entered a layer; null where nothing did.
using BlockStatistics = std::function<const LayerStatistics *(const LayerInfo &)>;

/// Changes a model's weights and not its function. A component of kind `transform`; holds
/// parameters and nothing else.
class Transform
{
public:
    using Interface = Transform;
    static constexpr Kind kind = Kind::transform;
    virtual ~Transform() = default;

    /// Throws BadInput, saying why, where the model offers nothing to this transform.
    virtual TransformPlan plan(const ModelGraph &graph) const = 0;
    /// What it must know of weights that lie elsewhere than what it edits; `model` stands behind
    /// the transforms before this one. Only called if the plan says so, once, without data.
    virtual LearnedTensors read(const ModelGraph &graph, const Model &model) const;
    /// What this block's part depends on beside the weights; `block` is as earlier transforms left
    /// it. Only called if the plan needs statistics.
    virtual LearnedTensors learn(const ModelGraph &graph, const Block &block,
                                 const BlockStatistics &statistics) const;
    /// The same for a transform that tries what its part does to the block's output. `block` is as
    /// earlier transforms left it, `states` enter it and become those that enter the next one.
    virtual LearnedTensors search(const ModelGraph &graph, const Model &model, const Block &block,
                                  std::vector<StreamState> &states, JobContext &context) const;
    /// How often search() runs the samples through a block, over all blocks, for estimates.
    virtual double searchRuns(const ModelGraph & /*graph*/, const Model & /*model*/) const
    {
        return 0;
    }
    /// What was found, a phrase each, for the notes of a run.
    virtual std::vector<std::string> findings(const LearnedTensors &learned) const;
    /// The transform of one model; the graph outlives it. The same seed and learned tensors give
    /// the same edits, bit for bit.
    virtual std::shared_ptr<const ModelTransform> bind(const ModelGraph &graph, std::uint64_t seed,
                                                       LearnedTensors learned) const = 0;
};

/// Several transforms in a row, the first one nearest to the checkpoint.
std::shared_ptr<const ModelTransform>
chainOf(std::vector<std::shared_ptr<const ModelTransform>> transforms);

} // namespace bitprism
