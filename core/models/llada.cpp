// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/llada_layout.h"
#include "core/families/llama_config.h"
#include "core/models/block_layers.h"
#include "core/models/rotary.h"
#include "core/models/rule_tensors.h"
#include "core/models/tensor_math.h"

namespace bitprism {

namespace {

/// LLaDA: blocks as llama's, without a causal mask; the logits at a position are about the token
/// that stands there (Nie et al., arXiv 2502.09992; dllmquant.md 4).
class Llada final : public ForwardPass
{
public:
    explicit Llada(LladaLayout layout)
        : m_layout(std::move(layout))
        , m_rules(m_layout.tensors())
        , m_frequencies(rotaryFrequencies(m_layout.headSize, m_layout.ropeTheta, {}))
    {
    }

    std::vector<ExpectedTensor> tensorsOf(BlockId id) const override
    {
        return expectedTensors(m_rules, 0, id.isHead() ? TensorRule::head : id.index);
    }
    std::vector<ExpectedTensor> embeddingTensors(int) const override
    {
        return expectedTensors(m_rules, 0, TensorRule::embedding);
    }

    StreamState begin(const TensorSource &source, int, const Batch &batch) const override
    {
        StreamState state;
        state.hidden = source.loadRows(embedding(), batch.tokens.reshape({-1}))
                           .view({batch.tokens.size(0), batch.tokens.size(1), m_layout.hiddenSize});
        state.positions
            = at::arange(batch.tokens.size(1),
                         at::TensorOptions().dtype(at::kLong).device(state.hidden.device()));
        state.mask = batch.mask;
        return state;
    }

    void runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                  StreamState &state, BlockHooks *hooks) const override
    {
        const BlockLayers layers(block, infos, hooks, LladaLayout::block(block.id().index));
        const auto norm = [&](const char *name, const at::Tensor &x) {
            return tensor_math::rmsNorm(x, layers.tensor(name), m_layout.normEpsilon);
        };
        const at::Tensor input = norm("attn_norm.weight", state.hidden);
        const RotaryTable table = rotaryTable(m_frequencies, state.positions);
        AttentionCall call;
        call.query = rotateHalves(splitHeads(layers.apply("q_proj", input), m_layout.heads), table);
        call.key = rotateHalves(splitHeads(layers.apply("k_proj", input), m_layout.keyValueHeads),
                                table);
        call.value = splitHeads(layers.apply("v_proj", input), m_layout.keyValueHeads);
        call.isCausal = false;
        call.keyMask = state.mask.defined() ? state.mask.to(input.device()) : state.mask;
        const at::Tensor middle = tensor_math::addInto(
            layers.apply("attn_out", layers.attention(std::move(call), state)), state.hidden);
        const at::Tensor normed = norm("ff_norm.weight", middle);
        at::Tensor gate = layers.apply("ff_proj", normed);
        const at::Tensor product
            = tensor_math::siluTimes(std::move(gate), layers.apply("up_proj", normed));
        state.hidden = tensor_math::addInto(layers.apply("ff_out", product), middle);
    }

    at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                      const at::Tensor &hidden, BlockHooks *hooks) const override
    {
        const BlockLayers layers(head, infos, hooks, LladaLayout::prefix);
        const at::Tensor normed
            = tensor_math::rmsNorm(hidden, layers.tensor("ln_f.weight"), m_layout.normEpsilon);
        return layers.apply(m_layout.hasTiedHead ? "wte" : "ff_out", normed);
    }

private:
    static std::string embedding() { return LladaLayout::prefix + std::string("wte.weight"); }

    LladaLayout m_layout;
    std::vector<TensorRule> m_rules;
    std::vector<double> m_frequencies;
};

class LladaFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit LladaFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "llada";
        info.title = BITPRISM_TR("Component", "LLaDA");
        info.source = "Nie et al., arXiv 2502.09992; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<Llada>(LladaLayout::read(config, model.path + "/config.json"));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, llada, LladaFactory);

} // namespace bitprism
