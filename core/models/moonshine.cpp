// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/families/moonshine_config.h"
#include "core/models/block_layers.h"
#include "core/models/convolution.h"
#include "core/models/cross_attention.h"
#include "core/models/forward_pass.h"
#include "core/models/rotary.h"
#include "core/models/rule_tensors.h"
#include "core/models/tensor_math.h"

namespace bitprism {

namespace {

constexpr int encoderStack = 0;
constexpr int decoderStack = 1;
constexpr double normEpsilon = MoonshineConfig::normEpsilon;
const char *const tokenTable = "model.decoder.embed_tokens.weight";

/// Before the names of a block's tensors.
std::string blockPrefix(BlockId id)
{
    std::string prefix
        = id.stack == decoderStack ? "model.decoder.layers." : "model.encoder.layers.";
    prefix += std::to_string(id.index);
    prefix += '.';
    return prefix;
}

/// Turns channel pairs (2i, 2i + 1) of the first channels of each head, as many
/// as the table has angles for twice; the others pass. `x` is [samples, heads,
/// length, head size].
at::Tensor rotateNeighbours(const at::Tensor &x, const RotaryTable &table)
{
    const std::int64_t turned = 2 * table.cosine.size(-1);
    if (turned == 0) {
        return x;
    }
    const at::Tensor pairs
        = x.narrow(-1, 0, turned).reshape({x.size(0), x.size(1), x.size(2), turned / 2, 2});
    const at::Tensor even = pairs.select(-1, 0);
    const at::Tensor odd = pairs.select(-1, 1);
    const at::Tensor rotated
        = at::stack(
              {even * table.cosine - odd * table.sine, odd * table.cosine + even * table.sine}, -1)
              .flatten(-2);
    return at::cat({rotated, x.narrow(-1, turned, x.size(-1) - turned)}, -1);
}

/// Moonshine (arXiv 2410.15608): a convolutional stem over the waveform, then
/// pre-norm blocks with partial rotary positions in self-attention; the
/// decoder's feed-forward part is gated.
class Moonshine final : public ForwardPass
{
public:
    explicit Moonshine(MoonshineConfig config)
        : m_config(std::move(config))
        , m_rules(m_config.tensors())
    {
        for (const MoonshineConfig::Stack *stack : {&m_config.encoder, &m_config.decoder}) {
            m_frequencies.push_back(
                rotaryFrequencies(m_config.rotarySize(*stack), m_config.ropeTheta, RopeScaling()));
        }
    }

    std::vector<ExpectedTensor> tensorsOf(BlockId id) const override
    {
        std::vector<ExpectedTensor> tensors
            = expectedTensors(m_rules, id.stack, id.isHead() ? TensorRule::head : id.index);
        if (id == headOf(decoderStack) && m_config.hasTiedHead) {
            tensors.push_back({tokenTable, {m_config.vocabularySize, m_config.hiddenSize}});
        }
        return tensors;
    }

    std::vector<ExpectedTensor> embeddingTensors(int stack) const override
    {
        return expectedTensors(m_rules, stack, TensorRule::embedding);
    }

    StreamState begin(const TensorSource &source, int stack, const Batch &batch) const override
    {
        return stack == encoderStack ? beginEncoder(source, batch) : beginDecoder(source, batch);
    }

    void runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                  StreamState &state, BlockHooks *hooks) const override;

    at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                      const at::Tensor &hidden, BlockHooks *hooks) const override
    {
        const BlockLayers layers(head, infos, hooks, "");
        if (head.id().stack == encoderStack) {
            return layers.layerNorm("model.encoder.layer_norm", hidden, normEpsilon);
        }
        const at::Tensor normed = layers.layerNorm("model.decoder.norm", hidden, normEpsilon);
        return m_config.hasTiedHead ? at::linear(
                   layers.hooked("model.decoder.embed_tokens", normed), head.tensor(tokenTable))
                                    : layers.apply("proj_out", normed);
    }

private:
    StreamState beginEncoder(const TensorSource &source, const Batch &batch) const;
    StreamState beginDecoder(const TensorSource &source, const Batch &batch) const;
    at::Tensor selfAttention(const BlockLayers &layers, BlockId block, const at::Tensor &input,
                             const StreamState &state) const;
    at::Tensor feedForward(const BlockLayers &layers, bool isGated, const at::Tensor &input) const;

    MoonshineConfig m_config;
    std::vector<TensorRule> m_rules;
    std::vector<std::vector<double>> m_frequencies; ///< by stack
};

StreamState Moonshine::beginEncoder(const TensorSource &source, const Batch &batch) const
{
    const at::Tensor &wave = batch.features; // [samples, time]
    if (!wave.defined() || wave.dim() != 2 || wave.size(1) < moonshineShortestAudio) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The encoder reads recordings of %1 "
                                "samples or more; give it longer "
                                "ones."),
                    moonshineShortestAudio);
    }
    const std::string prefix = "model.encoder.";
    const auto weight = [&](const char *name) { return source.load(prefix + name + ".weight"); };
    const auto bias = [&](const char *name) { return source.load(prefix + name + ".bias"); };
    const at::Tensor first
        = at::tanh(
              at::linear(convolution::patches1d(wave.unsqueeze(1), 127, 64, 0), weight("conv1")))
              .transpose(1, 2);
    const at::Tensor normed = at::group_norm(first.contiguous(), 1, weight("groupnorm"),
                                             bias("groupnorm"), normEpsilon);
    // Turned before gelu: LibTorch 1.13 leaves gelu's gradient unwritten where what comes back to
    // it is laid out otherwise than its input.
    const at::Tensor second = at::gelu(
        at::linear(convolution::patches1d(normed, 7, 3, 0), weight("conv2"), bias("conv2"))
            .transpose(1, 2)
            .contiguous());
    StreamState state;
    state.hidden = at::gelu(
        at::linear(convolution::patches1d(second, 3, 2, 0), weight("conv3"), bias("conv3")));
    state.positions = at::arange(state.hidden.size(1), state.hidden.options().dtype(at::kLong));
    return state;
}

StreamState Moonshine::beginDecoder(const TensorSource &source, const Batch &batch) const
{
    const std::int64_t first = batch.cache ? batch.cache->length : 0;
    const std::int64_t length = batch.tokens.size(1);
    StreamState state;
    state.hidden = source.loadRows(tokenTable, batch.tokens.reshape({-1}))
                       .view({batch.tokens.size(0), length, m_config.hiddenSize});
    state.positions = at::arange(first, first + length, state.hidden.options().dtype(at::kLong));
    state.mask = batch.mask;
    state.memory = batch.memory;
    state.cache = batch.cache;
    if (state.cache && state.cache->blocks.empty()) {
        state.cache->blocks.resize(static_cast<std::size_t>(m_config.decoder.blocks));
    }
    return state;
}

at::Tensor Moonshine::selfAttention(const BlockLayers &layers, BlockId block,
                                    const at::Tensor &input, const StreamState &state) const
{
    const bool isDecoder = block.stack == decoderStack;
    const MoonshineConfig::Stack &stack = isDecoder ? m_config.decoder : m_config.encoder;
    const RotaryTable table
        = rotaryTable(m_frequencies[static_cast<std::size_t>(block.stack)], state.positions);
    AttentionCall call;
    call.query
        = rotateNeighbours(splitHeads(layers.apply("self_attn.q_proj", input), stack.heads), table);
    call.key = rotateNeighbours(
        splitHeads(layers.apply("self_attn.k_proj", input), stack.keyValueHeads), table);
    call.value = splitHeads(layers.apply("self_attn.v_proj", input), stack.keyValueHeads);
    call.isCausal = isDecoder;
    call.block = block;
    call.hooks = layers.hooks();
    return layers.apply("self_attn.o_proj", layers.attention(call, state));
}

at::Tensor Moonshine::feedForward(const BlockLayers &layers, bool isGated,
                                  const at::Tensor &input) const
{
    const at::Tensor inner = layers.apply("mlp.fc1", input);
    if (!isGated) {
        return layers.apply("mlp.fc2", at::gelu(inner));
    }
    const std::vector<at::Tensor> halves = inner.chunk(2, -1); // value, gate
    return layers.apply("mlp.fc2", at::silu(halves[1]) * halves[0]);
}

void Moonshine::runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                         StreamState &state, BlockHooks *hooks) const
{
    const bool isDecoder = block.id().stack == decoderStack;
    const BlockLayers layers(block, infos, hooks, blockPrefix(block.id()));
    const at::Tensor attended = selfAttention(
        layers, block.id(), layers.layerNorm("input_layernorm", state.hidden, normEpsilon), state);
    at::Tensor hidden = tensor_math::addInto(attended, state.hidden);
    at::Tensor normed = layers.layerNorm("post_attention_layernorm", hidden, normEpsilon);
    if (isDecoder) {
        const at::Tensor seen = crossAttention(
            layers, {"encoder_attn.q_proj", "encoder_attn.k_proj", "encoder_attn.v_proj"},
            block.id(), normed, m_config.decoder.heads, m_config.decoder.keyValueHeads, state);
        hidden = tensor_math::addInto(layers.apply("encoder_attn.o_proj", seen), hidden);
        normed = layers.layerNorm("final_layernorm", hidden, normEpsilon);
    }
    state.hidden = tensor_math::addInto(feedForward(layers, isDecoder, normed), hidden);
}

class MoonshineFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit MoonshineFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "moonshine";
        info.title = BITPRISM_TR("Component", "Moonshine");
        info.source = "Jeffries et al. 2024, arXiv:2410.15608; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<Moonshine>(
            MoonshineConfig::read(config, model.path + "/config.json"));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, moonshine, MoonshineFactory);

} // namespace bitprism
