// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/sampler.h"

namespace bitprism {

namespace {

struct RandomWindowsParams
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

/// Windows of the text at random places, each as likely as any other.
class RandomWindows final : public Sampler
{
public:
    using Params = RandomWindowsParams;
    explicit RandomWindows(const Params &params)
        : m_params(params)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "random-windows";
        info.title = BITPRISM_TR("Component", "Random windows");
        info.source = "Frantar et al., GPTQ, arXiv 2210.17323, section 4";
        return info;
    }

    SampleSet draw(const Dataset &dataset, const tokenize::Tokenizer *tokenizer, const Model *model,
                   Random &random, JobContext &context) const override
    {
        if (readsLines(model)) {
            return lineSamples(dataset, tokenizer, model, m_params.samples, m_params.length,
                               &random, context);
        }
        SampleSet set;
        const std::int64_t length = cutToContext(m_params.length, model, set.notes);
        const std::vector<tokenize::TokenId> tokens
            = calibrationTokens(dataset, tokenizer, model, length);
        const std::uint64_t places = tokens.size() - static_cast<std::size_t>(length) + 1;
        for (std::int64_t i = 0; i < m_params.samples; ++i) {
            context.throwIfCancelled();
            addWindow(set, tokens, static_cast<std::size_t>(random.below(places)), length);
        }
        return set;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(sampler, random_windows, RandomWindows);

} // namespace bitprism
