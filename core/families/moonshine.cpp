// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family.h"
#include "core/families/moonshine_config.h"

namespace bitprism {

/// Moonshine: three convolutions over the waveform, a rotary encoder of any
/// length, and a decoder that attends to it.
class MoonshineFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "moonshine";
        info.title = BITPRISM_TR("Component", "Moonshine");
        info.source = "Jeffries et al. 2024, arXiv:2410.15608; Hugging Face layout";
        return info;
    }
    explicit MoonshineFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"moonshine"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        const MoonshineConfig config
            = MoonshineConfig::read(checkpoint.config(), checkpoint.configPath().string());
        info.family = "moonshine";
        info.hiddenSize = config.hiddenSize;
        info.featureKind = featureKinds::waveform;
        StackInfo encoder{"encoder", config.encoder.blocks, true, -1};
        encoder.headSize = static_cast<int>(config.headSize(config.encoder));
        encoder.isPreNorm = true;
        StackInfo decoder{"decoder", config.decoder.blocks, false, 0};
        decoder.headSize = static_cast<int>(config.headSize(config.decoder));
        decoder.isPreNorm = true;
        decoder.embeddings = {"model.decoder.embed_tokens.weight"};
        decoder.headTensor = "proj_out.weight";
        info.stacks = {encoder, decoder};
        info.blocks = config.encoder.blocks + config.decoder.blocks;
        info.contextLength = config.contextLength;
        info.vocabularySize = config.vocabularySize;
        info.hasTiedHead = config.hasTiedHead;
        info.bosToken = config.startToken;
        info.eosTokens = config.eosTokens;
        describeByRules(checkpoint, config.tensors(), info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, moonshine, MoonshineFamily);

} // namespace bitprism
