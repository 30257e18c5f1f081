// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/clip_config.h"
#include "core/families/family.h"

namespace bitprism {

/// CLIP: an image tower (ViT or ResNet) and a text tower that map into one
/// space.
class ClipFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "clip";
        info.title = BITPRISM_TR("Component", "CLIP");
        info.source = "Radford et al. 2021, arXiv:2103.00020; Hugging Face layout, "
                      "RN50 as released";
        return info;
    }
    explicit ClipFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"clip"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        const ClipConfig config
            = ClipConfig::read(checkpoint.config(), checkpoint.configPath().string());
        info.family = "clip";
        info.stacks = {imageStack(config), textStack(config)};
        info.featureKind = featureKinds::image;
        info.featureSize = config.imageSize;
        info.blocks = config.imageBlocks() + config.text.blocks;
        info.hiddenSize = std::max(config.imageHiddenSize(), config.text.hiddenSize);
        info.contextLength = config.contextLength;
        info.vocabularySize = config.vocabularySize;
        info.objective = objectives::none;
        info.bosToken = config.bosToken;
        info.eosTokens = {config.eosToken};
        describeByRules(checkpoint, config.tensors(), info);
    }

private:
    static StackInfo imageStack(const ClipConfig &config)
    {
        StackInfo stack{"image", config.imageBlocks(), true, -1, std::string(pooling::first)};
        stack.headSize
            = static_cast<int>(config.hasResNet() ? config.resNetFeatures() / config.poolHeads
                                                  : config.image.hiddenSize / config.image.heads);
        stack.isPreNorm = !config.hasResNet();
        return stack;
    }
    static StackInfo textStack(const ClipConfig &config)
    {
        StackInfo stack{"text", config.text.blocks, false, -1, std::string(pooling::endMark)};
        stack.headSize = static_cast<int>(config.text.hiddenSize / config.text.heads);
        stack.isPreNorm = true;
        stack.embeddings = config.hasResNet()
            ? std::vector<std::string>{"token_embedding.weight", "positional_embedding"}
            : std::vector<std::string>{"text_model.embeddings.token_embedding.weight",
                                       "text_model.embeddings.position_embedding.weight"};
        return stack;
    }
};

BITPRISM_EXPORT_COMPONENT(family, clip, ClipFamily);

} // namespace bitprism
