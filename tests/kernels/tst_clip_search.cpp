// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/uniform_quantizer.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

// The search adds errors in single precision and takes a fast power; it may miss a winner that is
// better by less than this.
constexpr double searchTolerance = 1e-5;

GridOptions options(RangeRule rule, int bits, ClipSearch clip)
{
    GridOptions result;
    result.rule = rule;
    result.bits = bits;
    result.clip = clip;
    result.scaleType = ScaleType::F32;
    result.groupSize = 0;
    return result;
}

double quantized(double w, Grid grid, int bits)
{
    const double code
        = std::clamp(std::nearbyint(w / static_cast<double>(grid.scale)) + grid.zeroPoint, 0.0,
                     std::pow(2.0, bits) - 1);
    return static_cast<double>(grid.scale) * (code - grid.zeroPoint);
}

double powerNorm(const std::vector<float> &group, Grid grid, int bits)
{
    double sum = 0;
    for (const float w : group) {
        const double value = static_cast<double>(w);
        sum += std::pow(std::fabs(quantized(value, grid, bits) - value), 2.4);
    }
    return sum;
}

/// The search as published, in double with pow().
double leastPowerNorm(const std::vector<float> &group, const GridOptions &gridOptions)
{
    const auto [low, high] = std::minmax_element(group.begin(), group.end());
    double least = INFINITY;
    for (int i = 0; i < 80; ++i) {
        const auto p = static_cast<float>(1 - i / 100.0);
        const Grid grid = gridFromRange(p * *low, p * *high, gridOptions);
        least = std::min(least, powerNorm(group, grid, gridOptions.bits));
    }
    return least;
}

double hessianError(const Matrix<float> &group, std::int64_t row, Grid grid, int bits,
                    const Matrix<double> &H, std::int64_t firstCol, std::int64_t cols)
{
    double error = 0;
    std::vector<double> d;
    for (std::int64_t j = 0; j < cols; ++j) {
        const double w = static_cast<double>(group(row, firstCol + j));
        d.push_back(quantized(w, grid, bits) - w);
    }
    for (std::size_t i = 0; i < d.size(); ++i) {
        for (std::size_t j = 0; j < d.size(); ++j) {
            error += d[i] * d[j]
                * H(firstCol + static_cast<std::int64_t>(i),
                    firstCol + static_cast<std::int64_t>(j));
        }
    }
    return error;
}

/// Heavy tails, where clipping pays.
Matrix<float> heavyTailed(std::int64_t rows, std::int64_t cols, std::uint64_t seed)
{
    Matrix<float> matrix = randomMatrix<float>(rows, cols, seed);
    for (float &value : matrix.values) {
        value = value * value * value * 0.02F;
    }
    return matrix;
}

void addRules()
{
    QTest::addColumn<int>("rule");
    QTest::addColumn<int>("bits");
    for (const RangeRule rule : {RangeRule::GptqAsym, RangeRule::GptqSym, RangeRule::AwqAsym,
                                 RangeRule::OmniSym, RangeRule::QuarotSym}) {
        for (const int bits : {2, 3, 4}) {
            QTest::addRow("%s, %d bits", std::string(rangeRuleName(rule)).c_str(), bits)
                << int(rule) << bits;
        }
    }
}

} // namespace

class TstClipSearch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void powerNormFindsThePublishedMinimum_data() { addRules(); }
    void powerNormFindsThePublishedMinimum()
    {
        QFETCH(int, rule);
        QFETCH(int, bits);
        for (const std::int64_t size : {3, 64, 2500}) {
            const std::vector<float> group = heavyTailed(1, size, 7).values;
            const GridOptions gridOptions = options(RangeRule(rule), bits, ClipSearch::PowerNorm);
            const double found = powerNorm(group, fitGrid(group, gridOptions), bits);
            const double least = leastPowerNorm(group, gridOptions);
            QVERIFY2(found <= least * (1 + searchTolerance),
                     qPrintable(QString("%1 %2").arg(found).arg(least)));
        }
    }

    void powerNormIsNeverWorseThanTheFullRange_data() { addRules(); }
    void powerNormIsNeverWorseThanTheFullRange()
    {
        QFETCH(int, rule);
        QFETCH(int, bits);
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            const std::vector<float> group = heavyTailed(1, 48, seed).values;
            const Grid full = fitGrid(group, options(RangeRule(rule), bits, ClipSearch::None));
            const Grid found
                = fitGrid(group, options(RangeRule(rule), bits, ClipSearch::PowerNorm));
            QVERIFY(powerNorm(group, found, bits)
                    <= powerNorm(group, full, bits) * (1 + searchTolerance));
            QVERIFY(found
                    == fitGrid(group, options(RangeRule(rule), bits, ClipSearch::MeanPowerNorm)));
        }
    }

    void powerNormClipsAnOutlier()
    {
        std::vector<float> group = randomMatrix<float>(1, 256, 3).values;
        group[11] = 12;
        const Grid full = fitGrid(group, options(RangeRule::GptqAsym, 3, ClipSearch::None));
        const Grid found = fitGrid(group, options(RangeRule::GptqAsym, 3, ClipSearch::PowerNorm));
        QVERIFY(found.scale < 0.8F * full.scale);
    }

    void powerNormKeepsTheFullRangeOfZeros()
    {
        const std::vector<float> group(16, 0.0F);
        QCOMPARE(fitGrid(group, options(RangeRule::GptqAsym, 4, ClipSearch::PowerNorm)),
                 fitGrid(group, options(RangeRule::GptqAsym, 4, ClipSearch::None)));
    }

    void powerNormIgnoresTheScaleOfTheWeights()
    {
        const std::vector<float> group = heavyTailed(1, 100, 3).values;
        std::vector<float> tiny = group;
        for (float &w : tiny) {
            w *= 0x1p-60F;
        }
        const GridOptions gridOptions = options(RangeRule::GptqAsym, 3, ClipSearch::PowerNorm);
        QCOMPARE(fitGrid(tiny, gridOptions).scale, 0x1p-60F * fitGrid(group, gridOptions).scale);
    }

    void hessianIsNeverWorseThanTheFullRange_data() { addRules(); }
    void hessianIsNeverWorseThanTheFullRange()
    {
        QFETCH(int, rule);
        QFETCH(int, bits);
        const std::int64_t cols = 40;
        const Matrix<float> weights = heavyTailed(6, cols, 3);
        const auto H = randomHessian<double>(cols, 4);
        const auto single = H.as<float>();
        GridOptions searched = options(RangeRule(rule), bits, ClipSearch::Hessian);
        searched.groupSize = 16; // 16, 16 and a ragged 8
        GridOptions plain = searched;
        plain.clip = ClipSearch::None;
        const GridSet found = fitGrids(weights.view(), searched, single.view());
        const GridSet full = fitGrids(weights.view(), plain);
        double gain = 0;
        for (std::int64_t row = 0; row < weights.rows; ++row) {
            for (std::int64_t g = 0; g < 3; ++g) {
                const std::int64_t count = std::min<std::int64_t>(16, cols - 16 * g);
                const double before
                    = hessianError(weights, row, full.grid(row, g), bits, H, 16 * g, count);
                const double after
                    = hessianError(weights, row, found.grid(row, g), bits, H, 16 * g, count);
                QVERIFY(after <= before * (1 + searchTolerance));
                gain += before - after;
            }
        }
        QVERIFY(gain > 0);
    }

    void hessianOfATensorScoresAllRows()
    {
        const std::int64_t cols = 12;
        const Matrix<float> weights = heavyTailed(5, cols, 3);
        const auto H = randomHessian<double>(cols, 4);
        const auto single = H.as<float>();
        GridOptions searched = options(RangeRule::GptqAsym, 3, ClipSearch::Hessian);
        searched.granularity = Granularity::PerTensor;
        const GridSet found = fitGrids(weights.view(), searched, single.view());
        searched.clip = ClipSearch::None;
        const GridSet full = fitGrids(weights.view(), searched);
        QCOMPARE(found.scales.size(), std::size_t(1));
        double before = 0;
        double after = 0;
        for (std::int64_t row = 0; row < weights.rows; ++row) {
            before += hessianError(weights, row, full.grid(row, 0), 3, H, 0, cols);
            after += hessianError(weights, row, found.grid(row, 0), 3, H, 0, cols);
        }
        QVERIFY(after < before);
    }

    void hessianSearchStopsOnRequest()
    {
        std::stop_source source;
        source.request_stop();
        const Matrix<float> weights = heavyTailed(5, 8, 3);
        const Matrix<float> H = randomHessian<float>(8, 1);
        QVERIFY_EXCEPTION_THROWN(fitGrids(weights.view(),
                                          options(RangeRule::GptqAsym, 3, ClipSearch::Hessian),
                                          H.view(), source.get_token()),
                                 Error);
    }
};

BITPRISM_TEST(TstClipSearch);
#include "tst_clip_search.moc"
