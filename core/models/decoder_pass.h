// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/decoder_layout.h"
#include "core/models/forward_pass.h"

namespace bitprism {

/// The forward pass of gpt2 and opt: causal attention, learned positions, a two-layer feed-forward
/// part (Radford et al. 2019; Zhang et al., arXiv 2205.01068). Padding stands at the end.
class DecoderPass final : public ForwardPass
{
public:
    explicit DecoderPass(DecoderLayout layout);

    std::vector<ExpectedTensor> tensorsOf(BlockId id) const override;
    std::vector<ExpectedTensor> embeddingTensors(int stack) const override;
    StreamState begin(const TensorSource &source, int stack, const Batch &batch) const override;
    void runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                  StreamState &state, BlockHooks *hooks) const override;
    at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                      const at::Tensor &hidden, BlockHooks *hooks) const override;

private:
    DecoderLayout m_layout;
    std::vector<TensorRule> m_rules;
};

} // namespace bitprism
