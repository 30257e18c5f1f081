// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family.h"
#include "core/families/llada_layout.h"

namespace bitprism {

class LladaFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "llada";
        info.title = BITPRISM_TR("Component", "LLaDA");
        info.source = "Nie et al., arXiv 2502.09992; Hugging Face layout";
        return info;
    }
    explicit LladaFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"llada"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        const LladaLayout layout
            = LladaLayout::read(checkpoint.config(), checkpoint.configPath().string());
        info.family = "llada";
        info.blocks = layout.blocks;
        StackInfo denoiser{"denoiser", layout.blocks};
        denoiser.headSize = static_cast<int>(layout.headSize);
        denoiser.isPreNorm = true;
        denoiser.embeddings = {LladaLayout::prefix + std::string("wte.weight")};
        denoiser.headTensor = LladaLayout::prefix + std::string("ff_out.weight");
        info.stacks = {denoiser};
        info.contextLength = layout.contextLength;
        info.vocabularySize = layout.vocabularySize;
        info.hiddenSize = layout.hiddenSize;
        info.hasTiedHead = layout.hasTiedHead;
        info.objective = objectives::maskedDiffusion;
        info.maskToken = layout.maskToken;
        info.eosTokens = layout.eosTokens;
        describeByRules(checkpoint, layout.tensors(), info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, llada, LladaFamily);

} // namespace bitprism
