// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/sampler.h"

namespace bitprism {

namespace {

struct SequentialParams
{
    std::int64_t samples = 128;
    std::int64_t length = 2048;

    void visit(ParamVisitor &v)
    {
        v.integer("samples", samples, {1, 1'000'000},
                  {BITPRISM_TR("Component", "Samples"),
                   BITPRISM_TR("Component", "Number of calibration samples.")});
        v.integer("length", length, {2, 1'048'576},
                  {BITPRISM_TR("Component", "Length"),
                   BITPRISM_TR("Component", "Tokens of one sample; cut to the model's context."),
                   "tokens"});
    }
};

/// The text from its beginning, window after window.
class Sequential final : public Sampler
{
public:
    using Params = SequentialParams;
    explicit Sequential(const Params &params)
        : m_params(params)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "sequential";
        info.title = BITPRISM_TR("Component", "Sequential windows");
        info.source = "consecutive windows, as perplexity cuts a text";
        return info;
    }

    SampleSet draw(const Dataset &dataset, const tokenize::Tokenizer *tokenizer, const Model *model,
                   Random &, JobContext &context) const override
    {
        if (readsLines(model)) {
            return lineSamples(dataset, tokenizer, model, m_params.samples, m_params.length,
                               nullptr, context);
        }
        SampleSet set;
        const std::int64_t length = cutToContext(m_params.length, model, set.notes);
        const std::vector<tokenize::TokenId> tokens
            = calibrationTokens(dataset, tokenizer, model, length);
        const std::int64_t windows = static_cast<std::int64_t>(tokens.size()) / length;
        if (windows < m_params.samples) {
            set.notes.push_back("the text holds " + std::to_string(windows) + " samples of "
                                + std::to_string(length) + " tokens, fewer than "
                                + std::to_string(m_params.samples));
        }
        for (std::int64_t i = 0; i < std::min(windows, m_params.samples); ++i) {
            context.throwIfCancelled();
            addWindow(set, tokens, static_cast<std::size_t>(i * length), length);
        }
        return set;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(sampler, sequential, Sequential);

} // namespace bitprism
