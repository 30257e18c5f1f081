// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"
#include "core/kernels/ggml_codec.h"

#include <cmath>

namespace bitprism {

namespace {

struct GgmlBenchParams
{
    std::string type = "q4_k";
    std::string direction = "encode";
    int rows = 4096;
    int cols = 4096;
    bool importance = false;
    int threads = 1;
    int repeats = 3;

    void visit(ParamVisitor &v)
    {
        v.choice("type", type, typeChoices(),
                 {BITPRISM_TR("Bench", "Type"), BITPRISM_TR("Bench", "The blocks' type.")});
        v.choice("direction", direction, directionChoices(), benchTexts::direction);
        v.integer("rows", rows, {1, 1 << 17}, benchTexts::rows);
        v.integer("cols", cols, {256, 1 << 17}, benchTexts::cols);
        v.flag("importance", importance,
               {BITPRISM_TR("Bench", "Importance"),
                BITPRISM_TR("Bench", "Weigh the columns' errors.")});
        v.integer("threads", threads, {1, 1024}, benchTexts::threads);
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
    std::optional<ParamProblem> check() const
    {
        if (cols % 256 != 0) {
            return ParamProblem{
                "cols", BITPRISM_TR("Error", "The columns must be a multiple of 256."), {}};
        }
        return std::nullopt;
    }

private:
    static std::vector<Choice> typeChoices()
    {
        return {{"q4_0", BITPRISM_TR("Bench", "Q4_0")},     {"q8_0", BITPRISM_TR("Bench", "Q8_0")},
                {"iq4_nl", BITPRISM_TR("Bench", "IQ4_NL")}, {"q2_k", BITPRISM_TR("Bench", "Q2_K")},
                {"q3_k", BITPRISM_TR("Bench", "Q3_K")},     {"q4_k", BITPRISM_TR("Bench", "Q4_K")},
                {"q5_k", BITPRISM_TR("Bench", "Q5_K")},     {"q6_k", BITPRISM_TR("Bench", "Q6_K")}};
    }
};

/// ggml's blocks, encoded with the search for their scales, or decoded.
class GgmlBench final : public Bench
{
public:
    using Params = GgmlBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "ggml",
                BITPRISM_TR("Bench", "ggml's blocks, encoding or decoding"),
                "GGUF block types",
                {}};
    }
    explicit GgmlBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const GgmlType type = ggmlTypeFromName(m_params.type).value();
        std::vector<float> weights = benchWeights(m_params.rows, m_params.cols, run);
        const MatrixView<float> W(weights.data(), m_params.rows, m_params.cols);
        std::vector<float> importance;
        Random random = run.random("bench importance");
        for (int j = 0; j < m_params.cols && m_params.importance; ++j) {
            importance.push_back(static_cast<float>(std::exp(random.normal())));
        }
        const ThreadCount threads(m_params.threads);
        std::vector<std::byte> blocks;
        const auto encode = [&] { blocks = encodeGgml(type, W, importance, run.stopToken()); };
        Timing timing;
        if (m_params.direction == "encode") {
            timing = fastestOf(m_params.repeats, run, encode);
        } else {
            encode();
            timing = fastestOf(m_params.repeats, run, [&] { decodeGgml(type, blocks, W); });
        }
        const auto count = static_cast<double>(weights.size());
        BenchMeasurement result
            = measured(count, "weights", m_params.repeats, timing, threadCount());
        result.bytes = sizeof(float) * count + static_cast<double>(blocks.size());
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, ggml, GgmlBench);

} // namespace bitprism
