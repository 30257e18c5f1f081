// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/encoder_pass.h"

namespace bitprism {

namespace {

class AlbertFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit AlbertFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "albert";
        info.title = BITPRISM_TR("Component", "ALBERT");
        info.source = "Lan et al., arXiv 1909.11942; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<EncoderPass>(
            albertLayout(config, model.path + "/config.json", nullptr, model));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, albert, AlbertFactory);

} // namespace bitprism
