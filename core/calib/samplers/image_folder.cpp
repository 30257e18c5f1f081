// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/feature_reader.h"
#include "core/calib/sampler.h"

#include <algorithm>
#include <set>

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

    SampleSet draw(const Dataset &dataset, const tokenize::Tokenizer *tokenizer, const Model *model,
                   Random &random, JobContext &context) const override
    {
        BITPRISM_ASSERT(model != nullptr, "the model says what features it reads");
        const FeatureReader reader(*model);
        std::vector<DataRecord> records = reader.filesOf(dataset);
        const std::size_t count
            = std::min(records.size(), static_cast<std::size_t>(m_params.samples));
        const bool readsText = model->info().stacks.size() > 1;
        SampleSet set;
        for (std::size_t i = 0; i < count; ++i) {
            context.throwIfCancelled();
            std::swap(records[i], records[i + random.below(records.size() - i)]);
            Batch batch;
            batch.features = reader.read(records[i].file).values.unsqueeze(0);
            std::int64_t positions = batch.features.size(-1);
            if (readsText) {
                batch.tokens = promptTokens(records[i].label, *model, tokenizer);
                positions += batch.tokens.size(1);
            }
            set.samples.push_back(std::move(batch));
            set.tokens += positions;
            set.length = std::max(set.length, positions);
        }
        if (count < static_cast<std::size_t>(m_params.samples)) {
            set.notes.push_back("the data hold " + std::to_string(count) + " images, fewer than "
                                + std::to_string(m_params.samples));
        }
        return set;
    }

private:
    at::Tensor promptTokens(const std::string &label, const Model &model,
                            const tokenize::Tokenizer *tokenizer) const
    {
        const tokenize::Tokenizer &known = tokenize::require(tokenizer, model.info().path);
        const auto ids = known.encodeIds(promptFor(m_params.prompt, label));
        std::vector<std::int64_t> tokens(ids.begin(), ids.end());
        const auto limit
            = static_cast<std::size_t>(std::min(m_params.length, model.info().contextLength));
        if (tokens.size() > limit) { // the last one is where the text's features are read
            tokens[limit - 1] = tokens.back();
            tokens.resize(limit);
        }
        return at::tensor(tokens, at::kLong).unsqueeze(0);
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(sampler, image_folder, ImageFolder);

} // namespace bitprism
