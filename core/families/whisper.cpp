// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family.h"
#include "core/families/whisper_config.h"

namespace bitprism {

/// Whisper: a convolutional stem and an encoder over log-mel frames, and a
/// decoder that attends to it. Opens for its encoder where the decoder is
/// incomplete.
class WhisperFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "whisper";
        info.title = BITPRISM_TR("Component", "Whisper");
        info.source = "Radford et al. 2022, arXiv:2212.04356; Hugging Face layout";
        return info;
    }
    explicit WhisperFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"whisper"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        WhisperConfig config
            = WhisperConfig::read(checkpoint.config(), checkpoint.configPath().string());
        config.prefix = checkpoint.find("encoder.conv1.weight") != nullptr ? "" : "model.";
        info.family = "whisper";
        info.hiddenSize = config.hiddenSize;
        const std::vector<TensorRule> rules = config.tensors();
        info.featureKind = featureKinds::logMel;
        info.featureSize = config.melBins;
        StackInfo encoderStack{"encoder", config.encoder.blocks, true, -1};
        encoderStack.headSize = static_cast<int>(config.hiddenSize / config.encoder.heads);
        encoderStack.isPreNorm = true;
        info.stacks = {encoderStack};
        const MissingTensors encoder = describeStack(checkpoint, rules, 0, info);
        const std::size_t encoderLayers = info.layers.size();
        const std::size_t encoderNorms = info.norms.size();
        const MissingTensors decoder = describeStack(checkpoint, rules, 1, info);
        info.runnable = encoder.count == 0;
        if (!info.runnable) {
            info.problem = std::to_string(encoder.count)
                + " tensors of the encoder are missing, the first is " + encoder.first;
        }
        const bool hasDecoder = decoder.count == 0;
        if (!hasDecoder) {
            info.layers.resize(encoderLayers);
            info.norms.resize(encoderNorms);
            info.objective = objectives::none;
            if (info.runnable) {
                info.problem = decoder.first
                    + " is missing, so the model opens for "
                      "its encoder and writes no text";
            }
        } else {
            StackInfo decoderStack{"decoder", config.decoder.blocks, false, 0};
            decoderStack.headSize = static_cast<int>(config.hiddenSize / config.decoder.heads);
            decoderStack.isPreNorm = true;
            decoderStack.embeddings = {config.prefix + "decoder.embed_tokens.weight",
                                       config.prefix + "decoder.embed_positions.weight"};
            decoderStack.headTensor = "proj_out.weight";
            info.stacks.push_back(decoderStack);
            info.contextLength = config.decoder.positions;
            info.vocabularySize = config.vocabularySize;
            info.hasTiedHead = config.hasTiedHead;
            info.bosToken = config.startToken;
            info.eosTokens = config.eosTokens;
        }
        info.blocks = config.encoder.blocks + (hasDecoder ? config.decoder.blocks : 0);
    }
};

BITPRISM_EXPORT_COMPONENT(family, whisper, WhisperFamily);

} // namespace bitprism
