// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/packing.h"

#include "core/base/parallel.h"
#include "core/jobs/bench.h"
#include "core/jobs/bench_data.h"

namespace bitprism {

namespace {

struct PackingBenchParams
{
    std::string direction = "encode";
    int codes = 1 << 24;
    int bits = 4;
    int repeats = 5;

    void visit(ParamVisitor &v)
    {
        v.choice("direction", direction, directionChoices(), benchTexts::direction);
        v.integer("codes", codes, {1, 1 << 30},
                  {BITPRISM_TR("Bench", "Codes"), BITPRISM_TR("Bench", "Codes to pack.")});
        v.integer("bits", bits, {1, 8}, benchTexts::bits);
        v.integer("repeats", repeats, {1, 1000}, benchTexts::repeats);
    }
};

/// Codes as one dense bit stream and back, on one core.
class PackingBench final : public Bench
{
public:
    using Params = PackingBenchParams;
    static ComponentInfo info()
    {
        return {Kind::bench,
                "packing",
                BITPRISM_TR("Bench", "Packing codes, or unpacking them"),
                "dense little-endian bit stream",
                {}};
    }
    explicit PackingBench(const Params &params)
        : m_params(params)
    {
    }

    BenchMeasurement measure(JobRun &run) const override
    {
        Random random = run.random("bench codes");
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(m_params.codes));
        for (std::uint8_t &code : codes) {
            code = static_cast<std::uint8_t>(random.below(std::uint64_t(1) << m_params.bits));
        }
        const ThreadCount threads(1);
        std::vector<std::byte> packed = packCodes(codes, m_params.bits);
        const bool packs = m_params.direction == "encode";
        const Timing timing = fastestOf(m_params.repeats, run, [&] {
            if (packs) {
                packed = packCodes(codes, m_params.bits);
            } else {
                unpackCodes(packed, m_params.bits, codes);
            }
        });
        BenchMeasurement result
            = measured(m_params.codes, "codes", m_params.repeats, timing, threadCount());
        result.bytes = static_cast<double>(codes.size() + packed.size());
        return result;
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(bench, packing, PackingBench);

} // namespace bitprism
