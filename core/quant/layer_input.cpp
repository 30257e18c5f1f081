// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/layer_input.h"

#include "core/base/error.h"

namespace bitprism {

namespace {

/// Thrown once the layer of interest is reached: a forward pass has no other way out, and the rest
/// of the block would cost more than what was asked for.
struct EndOfModule
{
};

/// Keeps what enters one layer and leaves the forward pass.
class InputCatcher final : public BlockHooks
{
public:
    InputCatcher(const LayerInfo &layer, BlockHooks *others)
        : m_layer(layer)
        , m_others(others)
    {
    }
    at::Tensor caught;

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        if (layer.name == m_layer.name) {
            caught = input;
            throw EndOfModule();
        }
        return m_others == nullptr ? input : m_others->beforeLayer(layer, input);
    }

private:
    const LayerInfo &m_layer;
    BlockHooks *m_others;
};

} // namespace

at::Tensor inputOf(const Model &model, const Block &block, const LayerInfo &layer,
                   const StreamState &state, BlockHooks *hooks)
{
    InputCatcher catcher(layer, hooks);
    StreamState copy = state;
    try {
        model.runBlock(block, copy, &catcher);
    } catch (const EndOfModule &) { // see there
    }
    BITPRISM_ASSERT(catcher.caught.defined(), "the layer is one of the block's");
    return catcher.caught;
}

} // namespace bitprism
