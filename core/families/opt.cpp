// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/decoder_layout.h"
#include "core/families/family.h"

namespace bitprism {

class OptFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "opt";
        info.title = BITPRISM_TR("Component", "OPT");
        info.source = "Zhang et al., arXiv 2205.01068; Hugging Face layout";
        return info;
    }
    explicit OptFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override { return {"opt"}; }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        info.family = "opt";
        optLayout(checkpoint.config(), checkpoint.configPath().string(), &checkpoint, info)
            .describe(checkpoint, info);
    }
};

BITPRISM_EXPORT_COMPONENT(family, opt, OptFamily);

} // namespace bitprism
