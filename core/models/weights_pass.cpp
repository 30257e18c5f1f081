// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/weights_pass.h"

#include "core/base/error.h"
#include "core/models/model.h"

#include <algorithm>

namespace bitprism {

namespace {

class WeightsPass final : public ForwardPass
{
public:
    explicit WeightsPass(const ModelInfo &info)
        : m_info(info)
    {
    }

    std::vector<ExpectedTensor> tensorsOf(BlockId id) const override
    {
        return layersWhere([id](const LayerInfo &layer) {
            return layer.stack == id.stack && std::max(layer.block, -1) == id.index
                && (layer.block >= 0 || layer.kind != "embedding");
        });
    }
    std::vector<ExpectedTensor> embeddingTensors(int stack) const override
    {
        return layersWhere([stack](const LayerInfo &layer) {
            return layer.stack == stack && layer.block < 0 && layer.kind == "embedding";
        });
    }

    StreamState begin(const TensorSource &, int, const Batch &) const override { fail(); }
    void runBlock(const Block &, const std::vector<const LayerInfo *> &, StreamState &,
                  BlockHooks *) const override
    {
        fail();
    }
    at::Tensor finish(const Block &, const std::vector<const LayerInfo *> &, const at::Tensor &,
                      BlockHooks *) const override
    {
        fail();
    }

private:
    template <typename Predicate>
    std::vector<ExpectedTensor> layersWhere(const Predicate &isWanted) const
    {
        std::vector<ExpectedTensor> tensors;
        for (const LayerInfo &layer : m_info.layers) {
            if (isWanted(layer)) {
                tensors.push_back({layer.tensor, {layer.rows, layer.cols}, layer.source});
            }
        }
        return tensors;
    }
    [[noreturn]] void fail() const { throwNotRunnable(m_info); }

    const ModelInfo &m_info; ///< the model's, which outlives its pass
};

} // namespace

std::unique_ptr<ForwardPass> weightsPass(const ModelInfo &info)
{
    return std::make_unique<WeightsPass>(info);
}

} // namespace bitprism
