// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"
#include "core/kernels/uniform_quantizer.h"

namespace bitprism {

namespace {

struct RtnBenchParams
{
    std::string direction = "encode";
    int rows = 4096;
    int cols = 4096;
    int bits = 4;
    int groupSize = 128;
    int threads = 1;
    int repeats = 5;

    void visit(ParamVisitor &v)
    {
        v.choice("direction", direction, directionChoices(), benchTexts::direction);
        v.integer("rows", rows, {1, 1 << 17}, benchTexts::rows);
        v.integer("cols", cols, {1, 1 << 17}, benchTexts::cols);
        v.integer("bits", bits, {1, 8}, benchTexts::bits);
        v.integer("group_size", groupSize, {0, 65536}, benchTexts::groupSize);
        v.integer("threads", threads, {1, 1024}, benchTexts::threads);
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// Round to nearest on uniform grids: fitting and rounding, or decoding.
class RtnBench final : public Bench
{
public:
    using Params = RtnBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "rtn",
                BITPRISM_TR("Bench", "Round to nearest, encoding or decoding"),
                "uniform affine quantizer, gptq-asym ranges",
                {}};
    }
    explicit RtnBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        std::vector<float> weights = benchWeights(m_params.rows, m_params.cols, run);
        const MatrixView<float> W(weights.data(), m_params.rows, m_params.cols);
        const ThreadCount threads(m_params.threads);
        GridOptions options;
        options.bits = m_params.bits;
        options.groupSize = m_params.groupSize;
        std::vector<std::uint8_t> codes(weights.size());
        const auto encode = [&] {
            GridSet grids = fitGrids(W, options, {}, run.stopToken());
            quantizeCodes(W, grids, codes);
            return grids;
        };
        Timing timing;
        if (m_params.direction == "encode") {
            timing = fastestOf(m_params.repeats, run, encode);
        } else {
            const GridSet grids = encode();
            timing = fastestOf(m_params.repeats, run, [&] { dequantize(codes, grids, W); });
        }
        const double count = static_cast<double>(weights.size());
        BenchMeasurement result
            = measured(count, "weights", m_params.repeats, timing, threadCount());
        result.bytes = 5 * count; // a float and a code
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, rtn, RtnBench);

} // namespace bitprism
