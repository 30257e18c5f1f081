// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/families/clip_config.h"
#include "core/models/clip_resnet.h"
#include "core/models/convolution.h"
#include "core/models/rule_tensors.h"
#include "core/models/tensor_math.h"

namespace bitprism {

namespace {

/// The names of a transformer block's layers, as they follow its prefix.
struct BlockNames
{
    const char *firstNorm;
    const char *output;
    const char *secondNorm;
    const char *up;
    const char *down;
};
constexpr BlockNames huggingFace{"layer_norm1", "self_attn.out_proj", "layer_norm2", "mlp.fc1",
                                 "mlp.fc2"};
constexpr BlockNames original{"ln_1", "attn.out_proj", "ln_2", "mlp.c_fc", "mlp.c_proj"};

at::Tensor activated(const ClipConfig::Transformer &shape, const at::Tensor &x)
{
    return shape.isQuickGelu ? x * at::sigmoid(x * 1.702) : at::gelu(x);
}

/// CLIP (arXiv 2103.00020). Stack 0 embeds images, stack 1 texts (under a
/// causal mask); finish() maps one position of each, an image's first or a
/// text's end, into the common space.
class Clip final : public ForwardPass
{
public:
    explicit Clip(ClipConfig config)
        : m_config(std::move(config))
        , m_rules(m_config.tensors())
        , m_bottlenecks(m_config.bottlenecks())
    {
    }

    std::vector<ExpectedTensor> tensorsOf(BlockId id) const override
    {
        return expectedTensors(m_rules, id.stack, id.isHead() ? TensorRule::head : id.index);
    }

    std::vector<ExpectedTensor> embeddingTensors(int stack) const override
    {
        return expectedTensors(m_rules, stack, TensorRule::embedding);
    }

    StreamState begin(const TensorSource &source, int stack, const Batch &batch) const override
    {
        return stack == ClipConfig::imageStack ? beginImages(source, batch)
                                               : beginTexts(source, batch);
    }

    void runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                  StreamState &state, BlockHooks *hooks) const override;

    at::Tensor finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                      const at::Tensor &hidden, BlockHooks *hooks) const override;

private:
    StreamState beginImages(const TensorSource &source, const Batch &batch) const;
    StreamState beginTexts(const TensorSource &source, const Batch &batch) const;
    at::Tensor transformer(const BlockLayers &layers, BlockId block,
                           const StreamState &state) const;

    ClipConfig m_config;
    std::vector<TensorRule> m_rules;
    std::vector<ClipConfig::Bottleneck> m_bottlenecks;
};

StreamState Clip::beginImages(const TensorSource &source, const Batch &batch) const
{
    const at::Tensor &images = batch.features; // [samples, 3, size, size]
    if (!images.defined() || images.dim() != 4 || images.size(1) != 3
        || images.size(2) != m_config.imageSize || images.size(3) != m_config.imageSize) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "The image tower reads images of %1 x %1 pixels; give it images."),
            m_config.imageSize);
    }
    StreamState state;
    if (m_config.hasResNet()) {
        state.hidden = clip_resnet::stem(source, images);
    } else {
        const std::string prefix = "vision_model.embeddings.";
        const at::Tensor patches
            = at::linear(convolution::patches2d(images, m_config.patchSize, m_config.patchSize, 0),
                         source.load(prefix + "patch_embedding.weight"));
        const at::Tensor first
            = source.load(prefix + "class_embedding").expand({images.size(0), 1, -1});
        const at::Tensor placed
            = at::cat({first, patches}, 1) + source.load(prefix + "position_embedding.weight");
        state.hidden = at::layer_norm(
            placed, {placed.size(-1)}, source.load("vision_model.pre_layrnorm.weight"),
            source.load("vision_model.pre_layrnorm.bias"), m_config.image.normEpsilon);
    }
    state.positions = at::arange(state.hidden.size(1), state.hidden.options().dtype(at::kLong));
    return state;
}

StreamState Clip::beginTexts(const TensorSource &source, const Batch &batch) const
{
    const std::int64_t length = batch.tokens.size(1);
    if (length > m_config.contextLength) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "A text of %1 tokens exceeds the text tower's %2."),
                    length, m_config.contextLength);
    }
    const std::string prefix = m_config.hasResNet() ? "" : "text_model.embeddings.";
    const std::string places
        = m_config.hasResNet() ? "positional_embedding" : prefix + "position_embedding.weight";
    StreamState state;
    state.hidden = source.loadRows(prefix + "token_embedding.weight", batch.tokens.reshape({-1}))
                       .view({batch.tokens.size(0), length, m_config.text.hiddenSize})
        + source.load(places).narrow(0, 0, length);
    state.positions = at::arange(length, state.hidden.options().dtype(at::kLong));
    state.mask = batch.mask;
    return state;
}

at::Tensor Clip::transformer(const BlockLayers &layers, BlockId block,
                             const StreamState &state) const
{
    const bool isText = block.stack == ClipConfig::textStack;
    const ClipConfig::Transformer &shape = isText ? m_config.text : m_config.image;
    const BlockNames &names = m_config.hasResNet() ? original : huggingFace;
    const at::Tensor normed = layers.layerNorm(names.firstNorm, state.hidden, shape.normEpsilon);
    std::vector<at::Tensor> parts;
    if (m_config.hasResNet()) {
        parts = at::linear(layers.hooked("attn.in_proj", normed),
                           layers.tensor("attn.in_proj_weight"), layers.tensor("attn.in_proj_bias"))
                    .chunk(3, -1);
    } else {
        for (const char *name : {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}) {
            parts.push_back(layers.apply(name, normed));
        }
    }
    AttentionCall call;
    call.query = splitHeads(parts[0].contiguous(), shape.heads);
    call.key = splitHeads(parts[1].contiguous(), shape.heads);
    call.value = splitHeads(parts[2].contiguous(), shape.heads);
    call.isCausal = isText;
    const at::Tensor hidden = tensor_math::addInto(
        layers.apply(names.output, layers.attention(call, state)), state.hidden);
    const at::Tensor inner = activated(
        shape,
        layers.apply(names.up, layers.layerNorm(names.secondNorm, hidden, shape.normEpsilon)));
    return tensor_math::addInto(layers.apply(names.down, inner), hidden);
}

void Clip::runBlock(const Block &block, const std::vector<const LayerInfo *> &infos,
                    StreamState &state, BlockHooks *hooks) const
{
    const BlockId id = block.id();
    const std::string number = std::to_string(id.index);
    if (id.stack == ClipConfig::textStack) {
        const std::string tower
            = m_config.hasResNet() ? "transformer.resblocks." : "text_model.encoder.layers.";
        state.hidden
            = transformer(BlockLayers(block, infos, hooks, tower + number + "."), id, state);
    } else if (!m_config.hasResNet()) {
        const BlockLayers layers(block, infos, hooks,
                                 "vision_model.encoder.layers." + number + ".");
        state.hidden = transformer(layers, id, state);
    } else if (id.index < static_cast<int>(m_bottlenecks.size())) {
        const ClipConfig::Bottleneck &shape = m_bottlenecks[static_cast<std::size_t>(id.index)];
        state.hidden = clip_resnet::bottleneck(BlockLayers(block, infos, hooks, shape.prefix),
                                               shape, state.hidden);
    } else {
        state.hidden
            = clip_resnet::attentionPool(BlockLayers(block, infos, hooks, "visual.attnpool."), id,
                                         m_config.poolHeads, state.hidden);
    }
}

at::Tensor Clip::finish(const Block &head, const std::vector<const LayerInfo *> &infos,
                        const at::Tensor &hidden, BlockHooks *hooks) const
{
    const BlockLayers layers(head, infos, hooks, "");
    if (head.id().stack == ClipConfig::imageStack) {
        if (m_config.hasResNet()) {
            return hidden; // the attention pool has projected it
        }
        return layers.apply(
            "visual_projection",
            layers.layerNorm("vision_model.post_layernorm", hidden, m_config.image.normEpsilon));
    }
    const at::Tensor normed
        = layers.layerNorm(m_config.hasResNet() ? "ln_final" : "text_model.final_layer_norm",
                           hidden, m_config.text.normEpsilon);
    return m_config.hasResNet()
        ? at::linear(layers.hooked("text_projection", normed), head.tensor("text_projection"))
        : layers.apply("text_projection", normed);
}

class ClipFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit ClipFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "clip";
        info.title = BITPRISM_TR("Component", "CLIP");
        info.source = "Radford et al. 2021, arXiv:2103.00020; Hugging Face layout, "
                      "RN50 as released";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<Clip>(ClipConfig::read(config, model.path + "/config.json"));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, clip, ClipFactory);

} // namespace bitprism
