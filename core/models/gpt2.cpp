// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/decoder_pass.h"

namespace bitprism {

namespace {

class Gpt2Factory final : public ForwardPassFactory
{
public:
    using Params = NoParams;
    explicit Gpt2Factory(const Params &) { }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "gpt2";
        info.title = BITPRISM_TR("Component", "GPT-2");
        info.source = "Radford et al. 2019; Hugging Face layout";
        return info;
    }

    std::unique_ptr<ForwardPass> bind(const ModelInfo &model, const Json &config) const override
    {
        return std::make_unique<DecoderPass>(
            gpt2Layout(config, model.path + "/config.json", nullptr, model));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(forward, gpt2, Gpt2Factory);

} // namespace bitprism
