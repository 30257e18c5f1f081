// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/decoder_pass.h"

namespace bitprism {

namespace {

class OptFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit OptFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "opt";
        info.title = BITPRISM_TR("Component", "OPT");
        info.source = "Zhang et al., arXiv 2205.01068; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<DecoderPass>(
            optLayout(config, model.path + "/config.json", nullptr, model));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, opt, OptFactory);

} // namespace bitprism
