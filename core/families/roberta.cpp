// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/encoder_layout.h"
#include "core/families/family.h"

namespace bitprism {

class RobertaFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "roberta";
        info.title = BITPRISM_TR("Component", "RoBERTa");
        info.source = "Liu et al., arXiv 1907.11692; Hugging Face layout";
        return info;
    }
    explicit RobertaFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"roberta"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        info.family = "roberta";
        robertaLayout(checkpoint.config(), checkpoint.configPath().string(), &checkpoint, info)
            .describe(checkpoint, info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, roberta, RobertaFamily);

} // namespace bitprism
