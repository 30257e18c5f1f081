// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/families/llama_config.h"
#include "core/models/attention.h"
#include "core/models/block_layers.h"
#include "core/models/forward_pass.h"
#include "core/models/rotary.h"
#include "core/models/rule_tensors.h"
#include "core/models/tensor_math.h"

namespace bitprism {

namespace {

const char *const embeddingName = "model.embed_tokens.weight";
const char *const lastNormName = "model.norm.weight";
const char *const headName = "lm_head.weight";

std::string llamaPrefix(BlockId id) { return "model.layers." + std::to_string(id.index) + "."; }

/// LLaMA and its relatives mistral, qwen2 and qwen3: pre-norm blocks of grouped-query attention
/// with rotary positions and a gated feed-forward part (arXiv 2302.13971; Hugging Face layout).
class Llama final : public ForwardPass
{
public:
    explicit Llama(LlamaConfig config)
        : m_config(std::move(config))
        , m_rules(m_config.tensors())
        , m_frequencies(
              rotaryFrequencies(m_config.headSize, m_config.ropeTheta, m_config.ropeScaling))
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

    StreamState begin(const TensorSource &source, int stack, const Batch &batch) const override;
    void runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                  StreamState &state, BlockHooks *hooks) const override;
    at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                      const at::Tensor &hidden, BlockHooks *hooks) const override;

private:
    at::Tensor attention(const BlockLayers &layers, int block, const at::Tensor &input,
                         const StreamState &state) const;
    at::Tensor heads(const at::Tensor &flat) const
    {
        return flat.view({flat.size(0), flat.size(1), -1, m_config.headSize});
    }

    LlamaConfig m_config;
    std::vector<TensorRule> m_rules;
    std::vector<double> m_frequencies;
};

StreamState Llama::begin(const TensorSource &source, int, const Batch &batch) const
{
    const at::Tensor &tokens = batch.tokens;
    StreamState state;
    state.hidden = source.loadRows(embeddingName, tokens.reshape({-1}))
                       .view({tokens.size(0), tokens.size(1), m_config.hiddenSize});
    const std::int64_t first = batch.cache ? batch.cache->length : 0;
    state.positions
        = at::arange(first, first + tokens.size(1),
                     at::TensorOptions().dtype(at::kLong).device(state.hidden.device()));
    state.mask = batch.mask;
    state.cache = batch.cache;
    if (state.cache && state.cache->blocks.empty()) {
        state.cache->blocks.resize(static_cast<std::size_t>(m_config.blocks));
    }
    return state;
}

at::Tensor Llama::attention(const BlockLayers &layers, int block, const at::Tensor &input,
                            const StreamState &state) const
{
    at::Tensor query = heads(layers.apply("self_attn.q_proj", input));
    at::Tensor key = heads(layers.apply("self_attn.k_proj", input));
    at::Tensor value = heads(layers.apply("self_attn.v_proj", input));
    if (m_config.hasQueryKeyNorm) {
        const double epsilon = m_config.rmsNormEpsilon;
        query = tensor_math::rmsNorm(query, layers.tensor("self_attn.q_norm.weight"), epsilon);
        key = tensor_math::rmsNorm(key, layers.tensor("self_attn.k_norm.weight"), epsilon);
    }
    const RotaryTable table = rotaryTable(m_frequencies, state.positions);
    AttentionCall call;
    call.query = rotateHalves(query.transpose(1, 2), table);
    call.key = rotateHalves(key.transpose(1, 2), table);
    call.value = value.transpose(1, 2);
    call.window = m_config.slidingWindow.empty()
        ? 0
        : m_config.slidingWindow[static_cast<std::size_t>(block)];
    return layers.apply("self_attn.o_proj", layers.attention(std::move(call), state));
}

void Llama::runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                     StreamState &state, BlockHooks *hooks) const
{
    const BlockLayers layers(block, infos, hooks, llamaPrefix(block.id()));
    const double epsilon = m_config.rmsNormEpsilon;
    const at::Tensor attended = attention(
        layers, block.id().index,
        tensor_math::rmsNorm(state.hidden, layers.tensor("input_layernorm.weight"), epsilon),
        state);
    const at::Tensor middle = tensor_math::addInto(attended, state.hidden);
    const at::Tensor normed
        = tensor_math::rmsNorm(middle, layers.tensor("post_attention_layernorm.weight"), epsilon);
    at::Tensor gate = layers.apply("mlp.gate_proj", normed);
    const at::Tensor product
        = tensor_math::siluTimes(std::move(gate), layers.apply("mlp.up_proj", normed));
    state.hidden = tensor_math::addInto(layers.apply("mlp.down_proj", product), middle);
}

at::Tensor Llama::finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                         const at::Tensor &hidden, BlockHooks *hooks) const
{
    at::Tensor normed
        = tensor_math::rmsNorm(hidden, head.tensor(lastNormName), m_config.rmsNormEpsilon);
    if (hooks != nullptr && !infos.empty()) {
        normed = hooks->beforeLayer(*infos.front(), normed);
    }
    return tensor_math::linear(normed, head.tensor(m_config.hasTiedHead ? embeddingName : headName),
                               {});
}

class LlamaFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit LlamaFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "llama";
        info.title = BITPRISM_TR("Component", "LLaMA group");
        info.source = "Touvron et al., arXiv 2302.13971; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<Llama>(LlamaConfig::read(config, model.path + "/config.json"));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, llama, LlamaFactory);

} // namespace bitprism
