// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/encoder_layout.h"
#include "core/models/forward_pass.h"

namespace bitprism {

/// The forward pass of the BERT family: post-norm blocks, attention in both directions, learned
/// positions (Devlin et al., arXiv 1810.04805). Padding may stand anywhere in the mask.
class EncoderPass final : public ForwardPass
{
public:
    explicit EncoderPass(EncoderLayout layout);

    std::vector<ExpectedTensor> tensorsOf(BlockId id) const override;
    std::vector<ExpectedTensor> embeddingTensors(int stack) const override;
    StreamState begin(const TensorSource &source, int stack, const Batch &batch) const override;
    void runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                  StreamState &state, BlockHooks *hooks) const override;
    /// Logits over the vocabulary or the classes, or `hidden` itself where there is no head.
    at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                      const at::Tensor &hidden, BlockHooks *hooks) const override;

private:
    EncoderLayout m_layout;
    std::vector<TensorRule> m_rules;
};

} // namespace bitprism
