// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/encoder_layout.h"
#include "core/families/family.h"

namespace bitprism {

class BertFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "bert";
        info.title = BITPRISM_TR("Component", "BERT");
        info.source = "Devlin et al., arXiv 1810.04805; Hugging Face layout";
        return info;
    }
    explicit BertFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"bert"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        info.family = "bert";
        bertLayout(checkpoint.config(), checkpoint.configPath().string(), &checkpoint, info)
            .describe(checkpoint, info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, bert, BertFamily);

} // namespace bitprism
