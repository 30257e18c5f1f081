// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/gptq.h"

#include "core/base/parallel.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"
#include "core/kernels/blas.h"
#include "core/kernels/uniform_affine.h"

#include <cmath>

namespace bitprism {

namespace {

struct GptqBenchParams
{
    int rows = 4096;
    int cols = 4096;
    int tokens = 8192;
    int bits = 4;
    int groupSize = 128;
    bool actOrder = false;
    int repeats = 3;

    void visit(ParamVisitor &v)
    {
        v.integer("rows", rows, {1, 1 << 17}, benchTexts::rows);
        v.integer("cols", cols, {1, 1 << 15}, benchTexts::cols);
        v.integer("tokens", tokens, {1, 1 << 20}, benchTexts::tokens);
        v.integer("bits", bits, {1, 8}, benchTexts::bits);
        v.integer("group_size", groupSize, {0, 65536}, benchTexts::groupSize);
        v.flag("act_order", actOrder,
               {BITPRISM_TR("Bench", "Activation order"),
                BITPRISM_TR("Bench", "Round the columns with the largest inputs first.")});
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// One layer by GPTQ: from inputs to packed codes.
class GptqBench final : public Bench
{
public:
    using Params = GptqBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "gptq",
                BITPRISM_TR("Bench", "GPTQ of one layer, from Hessian to codes"),
                "Frantar et al., GPTQ, arXiv 2210.17323",
                {}};
    }
    explicit GptqBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        const std::vector<float> inputs = benchInputs(m_params.tokens, m_params.cols, run);
        const std::vector<float> weights = benchWeights(m_params.rows, m_params.cols, run);
        std::map<std::string, double> parts;
        const Timing timing = fastestOf(m_params.repeats, run, [&] {
            std::map<std::string, double> now = quantize(inputs, weights, run);
            if (parts.empty() || now["all_seconds"] < parts["all_seconds"]) {
                parts = std::move(now);
            }
        });
        parts.erase("all_seconds");
        const double rows = m_params.rows;
        const double cols = m_params.cols;
        BenchMeasurement result
            = measured(rows * cols, "weights", m_params.repeats, timing, threadCount());
        // X^T X by one triangle, Cholesky and triangular inverse, the updates of the columns.
        result.operations
            = m_params.tokens * cols * cols + 2.0 / 3 * cols * cols * cols + rows * cols * cols;
        result.details = std::move(parts);
        return result;
    }

private:
    std::map<std::string, double> quantize(const std::vector<float> &inputs,
                                           const std::vector<float> &weights, JobRun &run) const
    {
        std::map<std::string, double> parts;
        const MatrixView<const float> x(inputs.data(), m_params.tokens, m_params.cols);
        const MatrixView<const float> W(weights.data(), m_params.rows, m_params.cols);
        std::vector<float> sum(static_cast<std::size_t>(W.cols * W.cols));
        const MatrixView<float> H(sum.data(), W.cols, W.cols);
        parts["hessian_seconds"] = timeOf([&] {
                                       blas::syrk(2.0F / static_cast<float>(x.rows), x, 0.0F, H);
                                       blas::mirrorLower(H);
                                   }).seconds;
        GptqFactor<float> factor;
        parts["factor_seconds"]
            = timeOf([&] {
                  constexpr double damping = 0.01;
                  factor = GptqFactor<float>::make(H, damping, m_params.actOrder, run.stopToken());
              }).seconds;
        GptqOptions options;
        options.grid.bits = m_params.bits;
        options.grid.groupSize = m_params.groupSize;
        options.staticGroups = m_params.actOrder;
        GptqResult<float> rounded;
        parts["columns_seconds"]
            = timeOf([&] {
                  rounded = gptq<float>(W, factor, options, H, false, run.stopToken());
              }).seconds;
        parts["error"] = rounded.error;
        parts["packing_seconds"]
            = timeOf([&] {
                  const UniformAffineWeight packed(std::move(rounded.grids), rounded.codes);
              }).seconds;
        parts["all_seconds"] = parts["hessian_seconds"] + parts["factor_seconds"]
            + parts["columns_seconds"] + parts["packing_seconds"];
        return parts;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, gptq, GptqBench);

} // namespace bitprism
