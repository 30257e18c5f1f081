// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"
#include "core/kernels/blas.h"

namespace bitprism {

namespace {

struct HessianBenchParams
{
    int tokens = 8192;
    int cols = 4096;
    int repeats = 3;

    void visit(ParamVisitor &v)
    {
        v.integer("tokens", tokens, {1, 1 << 20}, benchTexts::tokens);
        v.integer("cols", cols, {1, 1 << 15}, benchTexts::cols);
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// The sum of x x^T over calibration tokens: half a GEMM, as only one triangle is computed.
class HessianBench final : public Bench
{
public:
    using Params = HessianBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "hessian",
                BITPRISM_TR("Bench", "Hessian of a layer's inputs"),
                "X^T X of FP32 inputs [tokens, cols]",
                {}};
    }
    explicit HessianBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const std::vector<float> inputs = benchInputs(m_params.tokens, m_params.cols, run);
        std::vector<float> sum(static_cast<std::size_t>(m_params.cols)
                               * static_cast<std::size_t>(m_params.cols));
        const MatrixView<const float> x(inputs.data(), m_params.tokens, m_params.cols);
        const MatrixView<float> H(sum.data(), m_params.cols, m_params.cols);
        const Timing timing = fastestOf(m_params.repeats, run, [&] {
            blas::syrk(1.0F, x, 0.0F, H);
            blas::mirrorLower(H);
        });
        BenchMeasurement result
            = measured(m_params.tokens, "tokens", m_params.repeats, timing, threadCount());
        result.operations = static_cast<double>(m_params.tokens) * m_params.cols * m_params.cols;
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, hessian, HessianBench);

} // namespace bitprism
