// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/encoder_pass.h"

namespace bitprism {

namespace {

class BertFactory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit BertFactory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "bert";
        info.title = BITPRISM_TR("Component", "BERT");
        info.source = "Devlin et al., arXiv 1810.04805; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<EncoderPass>(
            bertLayout(config, model.path + "/config.json", nullptr, model));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, bert, BertFactory);

} // namespace bitprism
