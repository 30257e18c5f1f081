// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/dataset.h"
#include "core/families/locate_model.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"

#include <algorithm>

namespace bitprism {

namespace {

struct TokenizerBenchParams
{
    std::string direction = "encode";
    std::string model = benchSample;
    std::string data;
    int repeats = 5;

    void visit(ParamVisitor &v)
    {
        v.choice("direction", direction,
                 {{"encode", BITPRISM_TR("Bench", "Text to ids")},
                  {"decode", BITPRISM_TR("Bench", "Ids to text")}},
                 {BITPRISM_TR("Bench", "Direction"),
                  BITPRISM_TR("Bench", "Whether text becomes ids or ids become text.")});
        v.path("model", model, benchTexts::model);
        v.path("data", data, benchTexts::data);
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// A whole text in one piece, on one core.
class TokenizerBench final : public Bench
{
public:
    using Params = TokenizerBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "tokenizer",
                BITPRISM_TR("Bench", "Tokenizing a text, or decoding it"),
                "tokenizer.json of the model",
                {}};
    }
    explicit TokenizerBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const auto tokenizer = tokenize::Tokenizer::open(locateModel(m_params.model));
        const Dataset data = Dataset::openText(benchText(m_params.data));
        std::vector<tokenize::TokenId> ids = tokenizer->encodeIds(data.text());
        std::string text;
        const bool encodes = m_params.direction == "encode";
        const Timing timing = fastestOf(m_params.repeats, run, [&] {
            if (encodes) {
                ids = tokenizer->encodeIds(data.text());
            } else {
                text = tokenizer->decode(ids);
            }
        });
        const auto bytes = static_cast<double>(data.text().size());
        BenchMeasurement result = measured(bytes, "bytes", m_params.repeats, timing, 1);
        result.bytes = bytes + static_cast<double>(ids.size() * sizeof(tokenize::TokenId));
        result.details["tokens"] = static_cast<double>(ids.size());
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, tokenizer, TokenizerBench);

} // namespace bitprism
