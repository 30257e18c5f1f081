// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family.h"
#include "core/families/llama_config.h"

namespace bitprism {

/// LLaMA and its relatives: RMS norm, rotary positions, grouped-query attention, gated SiLU.
class LlamaFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "llama";
        info.title = BITPRISM_TR("Component", "LLaMA group");
        info.source = "Touvron et al. 2023, arXiv:2302.13971; also Mistral, Qwen2 and Qwen3";
        return info;
    }
    explicit LlamaFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override
    {
        return {"llama", "mistral", "qwen2", "qwen3"};
    }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        const LlamaConfig config
            = LlamaConfig::read(checkpoint.config(), checkpoint.configPath().string());
        info.family = "llama";
        info.blocks = config.blocks;
        StackInfo decoder{"decoder", config.blocks};
        decoder.headSize = static_cast<int>(config.headSize);
        decoder.isPreNorm = true;
        decoder.embeddings = {"model.embed_tokens.weight"};
        decoder.headTensor = "lm_head.weight";
        info.stacks = {decoder};
        info.contextLength = config.contextLength;
        info.vocabularySize = config.vocabularySize;
        info.hiddenSize = config.hiddenSize;
        info.hasTiedHead = config.hasTiedHead;
        info.bosToken = config.bosToken;
        info.eosTokens = config.eosTokens;
        describeByRules(checkpoint, config.tensors(), info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, llama, LlamaFamily);

} // namespace bitprism
