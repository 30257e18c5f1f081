// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/families/whisper_config.h"
#include "core/models/block_layers.h"
#include "core/models/convolution.h"
#include "core/models/cross_attention.h"
#include "core/models/forward_pass.h"
#include "core/models/rule_tensors.h"
#include "core/models/tensor_math.h"

namespace bitprism {

namespace {

constexpr int audioStack = 0;
constexpr int textStack = 1;
constexpr double whisperEpsilon = WhisperConfig::normEpsilon;

/// Whisper (arXiv 2212.04356): pre-norm blocks with erf-GELU; sinusoidal
/// positions in the encoder, learned ones in the decoder, which attends to the
/// encoder's normalised output.
class Whisper final : public ForwardPass
{
public:
    explicit Whisper(WhisperConfig config)
        : m_config(std::move(config))
        , m_rules(m_config.tensors())
    {
    }

    std::vector<ExpectedTensor> tensorsOf(BlockId id) const override
    {
        std::vector<ExpectedTensor> tensors
            = expectedTensors(m_rules, id.stack, id.isHead() ? TensorRule::head : id.index);
        if (id == headOf(textStack) && m_config.hasTiedHead) {
            tensors.push_back({tokenTable(), {m_config.vocabularySize, m_config.hiddenSize}});
        }
        return tensors;
    }

    std::vector<ExpectedTensor> embeddingTensors(int stack) const override
    {
        return expectedTensors(m_rules, stack, TensorRule::embedding);
    }

    StreamState begin(const TensorSource &source, int stack, const Batch &batch) const override
    {
        return stack == audioStack ? beginEncoder(source, batch) : beginDecoder(source, batch);
    }

    void runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                  StreamState &state, BlockHooks *hooks) const override;

    at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                      const at::Tensor &hidden, BlockHooks *hooks) const override
    {
        const bool isEncoder = head.id().stack == audioStack;
        const std::string prefix = m_config.prefix + (isEncoder ? "encoder." : "decoder.");
        at::Tensor normed = BlockLayers(head, infos, hooks, prefix)
                                .layerNorm("layer_norm", hidden, whisperEpsilon);
        if (isEncoder) {
            return normed;
        }
        const std::string name = m_config.hasTiedHead ? tokenTable() : "proj_out.weight";
        const std::string layer = name.substr(0, name.size() - std::string(".weight").size());
        return at::linear(BlockLayers(head, infos, hooks, "").hooked(layer, normed),
                          head.tensor(name));
    }

private:
    std::string tokenTable() const { return m_config.prefix + "decoder.embed_tokens.weight"; }
    StreamState beginEncoder(const TensorSource &source, const Batch &batch) const;
    StreamState beginDecoder(const TensorSource &source, const Batch &batch) const;

    WhisperConfig m_config;
    std::vector<TensorRule> m_rules;
};

StreamState Whisper::beginEncoder(const TensorSource &source, const Batch &batch) const
{
    const at::Tensor &mel = batch.features; // [samples, bins, frames]
    if (!mel.defined() || mel.dim() != 3 || mel.size(1) != m_config.melBins
        || mel.size(2) != m_config.frames()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The encoder reads log-mel features of %1 bins and %2 frames; give "
                                "it recordings."),
                    m_config.melBins, m_config.frames());
    }
    const std::string prefix = m_config.prefix + "encoder.";
    const auto convolve = [&](const std::string &name, const at::Tensor &x, std::int64_t stride) {
        return at::linear(convolution::patches1d(x, 3, stride, 1),
                          source.load(prefix + name + ".weight"),
                          source.load(prefix + name + ".bias"));
    };
    // Turned before gelu: LibTorch 1.13 leaves gelu's gradient unwritten where what comes back to
    // it is laid out otherwise than its input.
    const at::Tensor middle = at::gelu(
        convolve("conv1", mel, 1).transpose(1, 2).contiguous()); // [samples, hidden, frames]
    StreamState state;
    state.hidden
        = at::gelu(convolve("conv2", middle, 2)) + source.load(prefix + "embed_positions.weight");
    state.positions = at::arange(state.hidden.size(1), state.hidden.options().dtype(at::kLong));
    return state;
}

StreamState Whisper::beginDecoder(const TensorSource &source, const Batch &batch) const
{
    const std::int64_t first = batch.cache ? batch.cache->length : 0;
    const std::int64_t length = batch.tokens.size(1);
    if (first + length > m_config.decoder.positions) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 tokens exceed the decoder's %2 positions."),
                    first + length, m_config.decoder.positions);
    }
    StreamState state;
    state.positions = at::arange(first, first + length, at::TensorOptions().dtype(at::kLong));
    const at::Tensor places
        = source.loadRows(m_config.prefix + "decoder.embed_positions.weight", state.positions);
    state.hidden = source.loadRows(tokenTable(), batch.tokens.reshape({-1}))
                       .view({batch.tokens.size(0), length, m_config.hiddenSize})
        + places;
    state.positions = state.positions.to(state.hidden.device());
    state.mask = batch.mask;
    state.memory = batch.memory;
    state.cache = batch.cache;
    if (state.cache && state.cache->blocks.empty()) {
        state.cache->blocks.resize(static_cast<std::size_t>(m_config.decoder.blocks));
    }
    return state;
}

void Whisper::runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                       StreamState &state, BlockHooks *hooks) const
{
    const bool isDecoder = block.id().stack == textStack;
    const std::int64_t heads = isDecoder ? m_config.decoder.heads : m_config.encoder.heads;
    const BlockLayers layers(block, infos, hooks,
                             m_config.prefix + (isDecoder ? "decoder." : "encoder.") + "layers."
                                 + std::to_string(block.id().index) + ".");
    const at::Tensor normed
        = layers.layerNorm("self_attn_layer_norm", state.hidden, whisperEpsilon);
    AttentionCall call;
    call.query = splitHeads(layers.apply("self_attn.q_proj", normed), heads);
    call.key = splitHeads(layers.apply("self_attn.k_proj", normed), heads);
    call.value = splitHeads(layers.apply("self_attn.v_proj", normed), heads);
    call.isCausal = isDecoder;
    call.block = block.id();
    call.hooks = hooks;
    at::Tensor hidden = tensor_math::addInto(
        layers.apply("self_attn.out_proj", layers.attention(call, state)), state.hidden);
    if (isDecoder) {
        const at::Tensor query
            = layers.layerNorm("encoder_attn_layer_norm", hidden, whisperEpsilon);
        const at::Tensor seen = crossAttention(
            layers, {"encoder_attn.q_proj", "encoder_attn.k_proj", "encoder_attn.v_proj"},
            block.id(), query, heads, heads, state);
        hidden = tensor_math::addInto(layers.apply("encoder_attn.out_proj", seen), hidden);
    }
    const at::Tensor inner = at::gelu(
        layers.apply("fc1", layers.layerNorm("final_layer_norm", hidden, whisperEpsilon)));
    state.hidden = tensor_math::addInto(layers.apply("fc2", inner), hidden);
}

class WhisperFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit WhisperFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "whisper";
        info.title = BITPRISM_TR("Component", "Whisper");
        info.source = "Radford et al. 2022, arXiv:2212.04356; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        WhisperConfig read = WhisperConfig::read(config, model.path + "/config.json");
        const bool isPlain = !model.layers.empty() && model.layers.front().name == "encoder.conv1";
        read.prefix = isPlain ? "" : "model.";
        return std::make_unique<Whisper>(std::move(read));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, whisper, WhisperFactory);

} // namespace bitprism
