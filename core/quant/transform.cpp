// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/transform.h"

#include "core/base/error.h"

#include <algorithm>

namespace bitprism {

namespace {

class TransformChain final : public ModelTransform, private BlockHooks
{
public:
    explicit TransformChain(std::vector<std::shared_ptr<const ModelTransform>> transforms)
        : m_transforms(std::move(transforms))
    {
        for (const auto &transform : m_transforms) {
            if (BlockHooks *hooks = transform->hooks()) {
                m_hooks.push_back(hooks);
            }
        }
    }

    void edit(Block &block) const override
    {
        for (const auto &transform : m_transforms) {
            transform->edit(block);
        }
    }
    at::Tensor editRows(const std::string &tensor, const at::Tensor &rows) const override
    {
        at::Tensor edited = rows;
        for (const auto &transform : m_transforms) {
            edited = transform->editRows(tensor, edited);
        }
        return edited;
    }
    BlockHooks *hooks() const override
    {
        // Hooks of a transform keep no state of a call; the interface serves collectors too.
        return m_hooks.empty() ? nullptr : const_cast<TransformChain *>(this);
    }
    void begun(int stack, StreamState &state) const override
    {
        for (const auto &transform : m_transforms) {
            transform->begun(stack, state);
        }
    }
    at::Tensor finishing(int stack, const at::Tensor &hidden) const override
    {
        at::Tensor entering = hidden; // the last transform changed the states last
        for (auto transform = m_transforms.rbegin(); transform != m_transforms.rend();
             ++transform) {
            entering = (*transform)->finishing(stack, entering);
        }
        return entering;
    }

private:
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        at::Tensor result = input;
        for (BlockHooks *hooks : m_hooks) {
            result = hooks->beforeLayer(layer, result);
        }
        return result;
    }
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override
    {
        at::Tensor result = tensor;
        for (BlockHooks *hooks : m_hooks) {
            result = hooks->attentionOperand(block, operand, result);
        }
        return result;
    }
    at::Tensor shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor) override
    {
        at::Tensor result = tensor;
        for (auto hooks = m_hooks.rbegin(); hooks != m_hooks.rend(); ++hooks) {
            result = (*hooks)->shortcut(block, part, result);
        }
        return result;
    }

    std::vector<std::shared_ptr<const ModelTransform>> m_transforms;
    std::vector<BlockHooks *> m_hooks; ///< of the transforms that have some
};

bool isHeadLayer(const LayerInfo &layer, const ModelInfo &info)
{
    return layer.kind == "head" || (info.hasTiedHead && layer.kind == "embedding");
}

} // namespace

std::vector<const LayerInfo *> ModelGraph::layersOf(BlockId id) const
{
    std::vector<const LayerInfo *> layers;
    for (const LayerInfo &layer : m_info.layers) {
        const bool isIn
            = id.isHead() ? layer.block < 0 && isHeadLayer(layer, m_info) : layer.block == id.index;
        if (isIn && layer.stack == id.stack) {
            layers.push_back(&layer);
        }
    }
    return layers;
}

const LayerInfo *ModelGraph::headLayer(int stack) const
{
    const std::vector<std::string> &tables = this->stack(stack).embeddings;
    for (const LayerInfo *layer : layersOf(headOf(stack))) {
        if (layer->kind == "head" || (!tables.empty() && layer->tensor == tables.front())) {
            return layer;
        }
    }
    return nullptr;
}

std::vector<const NormInfo *> ModelGraph::normsOf(BlockId id) const
{
    std::vector<const NormInfo *> norms;
    for (const NormInfo &norm : m_info.norms) {
        if (norm.stack == id.stack && norm.block == id.index) {
            norms.push_back(&norm);
        }
    }
    return norms;
}

std::vector<const LayerInfo *> ModelGraph::readersOf(const NormInfo &norm) const
{
    std::vector<const LayerInfo *> readers;
    for (const LayerInfo &layer : m_info.layers) {
        if (layer.producer == norm.gain) {
            readers.push_back(&layer);
        }
    }
    const LayerInfo *head = norm.block == headOf(0).index ? headLayer(norm.stack) : nullptr;
    if (readers.empty() && head != nullptr && head->kind == "embedding") {
        readers.push_back(head);
    }
    return readers;
}

std::vector<const NormInfo *> ModelGraph::normsReadBy(BlockId id) const
{
    std::vector<const NormInfo *> norms;
    for (const NormInfo &norm : m_info.norms) {
        const std::vector<const LayerInfo *> readers = readersOf(norm);
        const bool isHere
            = std::all_of(readers.begin(), readers.end(), [id](const LayerInfo *layer) {
                  return layer->stack == id.stack && layer->block == id.index;
              });
        if (norm.canMove() && !readers.empty() && isHere) {
            norms.push_back(&norm);
        }
    }
    return norms;
}

std::string biasName(const LayerInfo &layer)
{
    constexpr std::string_view suffix = "weight";
    return layer.tensor.ends_with(suffix)
        ? layer.tensor.substr(0, layer.tensor.size() - suffix.size()) + "bias"
        : layer.name + ".bias";
}

LearnedTensors Transform::read(const ModelGraph &, const Model &) const { return {}; }

LearnedTensors Transform::learn(const ModelGraph &, const Block &, const BlockStatistics &) const
{
    return {};
}

LearnedTensors Transform::search(const ModelGraph &, const Model &, const Block &,
                                 std::vector<StreamState> &, JobContext &) const
{
    return {};
}

std::vector<std::string> Transform::findings(const LearnedTensors &) const { return {}; }

std::shared_ptr<const ModelTransform>
chainOf(std::vector<std::shared_ptr<const ModelTransform>> transforms)
{
    if (transforms.empty()) {
        return nullptr;
    }
    return transforms.size() == 1 ? transforms.front()
                                  : std::make_shared<TransformChain>(std::move(transforms));
}

} // namespace bitprism
