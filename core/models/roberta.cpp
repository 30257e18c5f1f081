// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/encoder_pass.h"

namespace bitprism {

namespace {

class RobertaFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit RobertaFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "roberta";
        info.title = BITPRISM_TR("Component", "RoBERTa");
        info.source = "Liu et al., arXiv 1907.11692; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<EncoderPass>(
            robertaLayout(config, model.path + "/config.json", nullptr, model));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, roberta, RobertaFactory);

} // namespace bitprism
