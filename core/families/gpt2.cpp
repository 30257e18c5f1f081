// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/decoder_layout.h"
#include "core/families/family.h"

namespace bitprism {

class Gpt2Family final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "gpt2";
        info.title = BITPRISM_TR("Component", "GPT-2");
        info.source = "Radford et al. 2019; Hugging Face layout";
        return info;
    }
    explicit Gpt2Family(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"gpt2"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        info.family = "gpt2";
        gpt2Layout(checkpoint.config(), checkpoint.configPath().string(), &checkpoint, info)
            .describe(checkpoint, info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, gpt2, Gpt2Family);

} // namespace bitprism
