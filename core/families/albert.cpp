// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/encoder_layout.h"
#include "core/families/family.h"

namespace bitprism {

class AlbertFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "albert";
        info.title = BITPRISM_TR("Component", "ALBERT");
        info.source = "Lan et al., arXiv 1909.11942; Hugging Face layout";
        return info;
    }
    explicit AlbertFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"albert"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        info.family = "albert";
        albertLayout(checkpoint.config(), checkpoint.configPath().string(), &checkpoint, info)
            .describe(checkpoint, info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, albert, AlbertFamily);

} // namespace bitprism
