// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/feature_samples.h"

#include <algorithm>

namespace bitprism {

namespace {

struct ImageFolderParams
{
    std::int64_t samples = 128;
    std::int64_t length = 77;
    std::string prompt = "a photo of a {}.";

    void visit(ParamVisitor &v)
    {
        v.integer("samples", samples, {1, 1'000'000},
                  {BITPRISM_TR("Component", "Samples"),
                   BITPRISM_TR("Component", "Number of calibration samples.")});
        v.integer("length", length, {2, 1'048'576},
                  {BITPRISM_TR("Component", "Length"),
                   BITPRISM_TR("Component",
                               "Tokens of a prompt at most; cut to the text tower's context."),
                   "tokens"});
        v.text("prompt", prompt,
               {BITPRISM_TR("Component", "Prompt"),
                BITPRISM_TR("Component",
                            "What the text tower reads; {} stands for the image's class.")});
    }
};

std::string promptFor(const std::string &pattern, std::string label)
{
    std::replace(label.begin(), label.end(), '_', ' ');
    const std::size_t place = pattern.find("{}");
    return place == std::string::npos
        ? pattern
        : pattern.substr(0, place) + label + pattern.substr(place + 2);
}

/// Images drawn at random without replacement; a text tower reads a prompt of each one's class.
class ImageFolder final : public Sampler
{
public:
    using Params = ImageFolderParams;
    explicit ImageFolder(const Params &params)
        : m_params(params)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "image-folder";
        info.title = BITPRISM_TR("Component", "Images");
        info.source = "real images, as D4C's baseline REAL, arXiv 2511.15411";
        return info;
    }

    bool serves(const ModelInfo &model) const override
    {
        return model.featureKind == featureKinds::image;
    }

    SampleSet draw(const Dataset &dataset, const tokenize::Tokenizer *tokenizer, const Model *model,
                   Random &random, JobContext &context) const override
    {
        BITPRISM_ASSERT(model != nullptr, "the model says what features it reads");
        const bool readsText = model->info().stacks.size() > 1;
        return drawFiles(
            dataset, *model, m_params.samples, "images",
            [&](const DataRecord &record, const FeatureReader::Features &) {
                FileText text;
                if (readsText) {
                    text.tokens = promptTokens(record.label, *model, tokenizer);
                }
                return text;
            },
            random, context);
    }

private:
    std::vector<std::int64_t> promptTokens(const std::string &label, const Model &model,
                                           const tokenize::Tokenizer *tokenizer) const
    {
        const tokenize::Tokenizer &known = tokenize::require(tokenizer, model.info());
        const auto ids = known.encodeIds(promptFor(m_params.prompt, label));
        std::vector<std::int64_t> tokens(ids.begin(), ids.end());
        // The last one is where the text's features are read.
        cutBeforeLast(tokens, std::min(m_params.length, model.info().contextLength));
        return tokens;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(sampler, image_folder, ImageFolder);

} // namespace bitprism
