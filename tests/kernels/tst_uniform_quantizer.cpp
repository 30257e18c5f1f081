// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/base/parallel.h"
#include "core/base/parameters.h"
#include "core/kernels/uniform_quantizer.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr RangeRule allRules[]
    = {RangeRule::GptqAsym, RangeRule::GptqSym,   RangeRule::AwqAsym,    RangeRule::OmniAsym,
       RangeRule::OmniSym,  RangeRule::QuarotSym, RangeRule::SmoothQuant};

GridOptions options(RangeRule rule, int bits, ScaleType scaleType = ScaleType::F32)
{
    GridOptions result;
    result.rule = rule;
    result.bits = bits;
    result.scaleType = scaleType;
    result.groupSize = 0;
    return result;
}

/// One group of the kind the properties were checked with: N(0, 1) times 10^U(-3, 1), half of them
/// shifted by U(-3, 3) of their scale.
Matrix<float> randomGroup(std::int64_t size, std::uint64_t seed)
{
    Random random(seed, "group");
    const double scale = std::pow(10.0, -3 + 4 * random.uniform());
    const double shift = random.below(2) == 0 ? 0 : -3 + 6 * random.uniform();
    Matrix<float> group(1, size);
    for (float &value : group.values) {
        value = static_cast<float>(scale * (random.normal() + shift));
    }
    return group;
}

std::vector<std::uint8_t> codesOf(const Matrix<float> &weights, const GridSet &grids)
{
    std::vector<std::uint8_t> codes(weights.values.size());
    quantizeCodes(weights.view(), grids, codes);
    return codes;
}

Matrix<float> fakeQuantized(const Matrix<float> &weights, const GridSet &grids)
{
    Matrix<float> result(weights.rows, weights.cols);
    fakeQuantize(weights.view(), grids, result.view());
    return result;
}

Grid gridOf(const Matrix<float> &weights, const GridOptions &gridOptions)
{
    return fitGrid(weights.values, gridOptions);
}

bool isTwoSided(const Matrix<float> &group)
{
    const auto [low, high] = std::minmax_element(group.values.begin(), group.values.end());
    return *low <= 0 && *high >= 0;
}

} // namespace

Q_DECLARE_METATYPE(bitprism::Grid)

class TstUniformQuantizer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void followsThePublishedRules_data() // range [-1, 2] or as named, worked by hand
    {
        QTest::addColumn<int>("rule");
        QTest::addColumn<int>("bits");
        QTest::addColumn<float>("low");
        QTest::addColumn<float>("high");
        QTest::addColumn<float>("scale");
        QTest::addColumn<int>("zeroPoint");
        const auto row = [](const char *name, RangeRule rule, int bits, float low, float high,
                            float scale, int zeroPoint) {
            QTest::newRow(name) << int(rule) << bits << low << high << scale << zeroPoint;
        };
        row("gptq-asym", RangeRule::GptqAsym, 2, -1, 2, 1, 1);
        row("gptq-asym takes zero in", RangeRule::GptqAsym, 2, 1, 3, 1, 0);
        row("gptq-asym of zeros", RangeRule::GptqAsym, 4, 0, 0, 2.0F / 15, 7); // 7.4999996
        row("gptq-asym, 1 bit", RangeRule::GptqAsym, 1, -1, 2, 3, 0);
        row("gptq-sym", RangeRule::GptqSym, 2, -1, 2, 4.0F / 3, 2);
        row("gptq-sym without negatives", RangeRule::GptqSym, 2, 0, 3, 1, 2);
        row("gptq-sym without positives", RangeRule::GptqSym, 2, -3, -1, 2, 2);
        row("gptq-sym of zeros", RangeRule::GptqSym, 4, 0, 0, 2.0F / 15, 8);
        row("awq-asym", RangeRule::AwqAsym, 2, -1, 2, 1, 1);
        row("awq-asym one-sided", RangeRule::AwqAsym, 2, 1, 4, 1, 0);
        row("awq-asym all negative", RangeRule::AwqAsym, 2, -9, -6, 1, 3);
        row("awq-asym floor", RangeRule::AwqAsym, 2, 0, 0, 1e-5F / 3, 0);
        row("omni-asym", RangeRule::OmniAsym, 2, -1, 2, 1, 1);
        row("omni-asym one-sided", RangeRule::OmniAsym, 2, 7, 10, 1, -7);
        row("omni-asym floor", RangeRule::OmniAsym, 2, 0, 0, 1e-5F, 0);
        row("omni-asym limit", RangeRule::OmniAsym, 2, 1, 1, 1e-5F, -10000);
        row("omni-sym", RangeRule::OmniSym, 3, -1, 6, 2, 3);
        row("quarot-sym", RangeRule::QuarotSym, 3, -1, 6, 2, 4);
        row("quarot-sym floor", RangeRule::QuarotSym, 3, 0, 0, 1e-5F / 3, 4);
        row("smoothquant", RangeRule::SmoothQuant, 8, -254, 1, 2, 128);
    }

    void followsThePublishedRules()
    {
        QFETCH(int, rule);
        QFETCH(int, bits);
        QFETCH(float, low);
        QFETCH(float, high);
        QFETCH(float, scale);
        QFETCH(int, zeroPoint);
        const Grid grid = gridFromRange(low, high, options(RangeRule(rule), bits));
        QCOMPARE(grid.scale, scale);
        QCOMPARE(int(grid.zeroPoint), zeroPoint);
    }

    void keepsCodesInRangeAndErrorsBelowHalfAStep_data()
    {
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("rule");
        for (int bits = 2; bits <= 8; ++bits) {
            for (const RangeRule rule : allRules) {
                QTest::addRow("%s, %d bits", std::string(rangeRuleName(rule)).c_str(), bits)
                    << bits << int(rule);
            }
        }
    }

    void keepsCodesInRangeAndErrorsBelowHalfAStep()
    {
        QFETCH(int, bits);
        QFETCH(int, rule);
        constexpr float rounding = 1.0001F; // of w / scale and scale * code in single precision
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            const Matrix<float> group = randomGroup(4 << (seed % 6), seed);
            GridOptions gridOptions = options(RangeRule(rule), bits, ScaleType::F16);
            const GridSet grids = fitGrids(group.view(), gridOptions);
            const Grid grid = grids.grid(0, 0);
            const std::vector<std::uint8_t> codes = codesOf(group, grids);
            const Matrix<float> back = fakeQuantized(group, grids);
            for (std::size_t i = 0; i < codes.size(); ++i) {
                QVERIFY(codes[i] <= grids.maxCode());
                const float w = group.values[i];
                const float low = grid.scale * static_cast<float>(-grid.zeroPoint);
                const float high
                    = grid.scale * static_cast<float>(grids.maxCode() - grid.zeroPoint);
                if (w >= low && w <= high) {
                    QVERIFY(std::fabs(back.values[i] - w) <= rounding * grid.scale / 2);
                }
            }
            QVERIFY(fakeQuantized(back, grids) == back); // Q(Q(w)) = Q(w)
        }
    }

    void findsTheSameAwqGridAgain()
    {
        constexpr double tolerance = 1e-6; // relative, single precision
        int twoSided = 0;
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            const int bits = 2 + static_cast<int>(seed % 7);
            const Matrix<float> group = randomGroup(4 << (seed % 6), 1000 + seed);
            if (!isTwoSided(group)) {
                continue;
            }
            ++twoSided;
            const GridOptions gridOptions = options(RangeRule::AwqAsym, bits);
            const GridSet first = fitGrids(group.view(), gridOptions);
            const Matrix<float> once = fakeQuantized(group, first);
            const GridSet second = fitGrids(once.view(), gridOptions);
            QCOMPARE(codesOf(once, second), codesOf(group, first));
            const Matrix<float> twice = fakeQuantized(once, second);
            for (std::size_t i = 0; i < once.values.size(); ++i) {
                QVERIFY(std::fabs(twice.values[i] - once.values[i])
                        <= tolerance * std::fabs(once.values[i]));
            }
        }
        QVERIFY(twoSided > 200);
    }

    void saturatesOneSidedAwqGroups() // AWQ's range leaves out zero, kept as published
    {
        const Matrix<float> group(1, 4, 10.0F);
        Matrix<float> values = group;
        values(0, 0) = 9.0F;
        const GridSet grids = fitGrids(values.view(), options(RangeRule::AwqAsym, 2));
        QVERIFY(fakeQuantized(values, grids)(0, 1) < 2.0F);
        const GridSet withZero = fitGrids(values.view(), options(RangeRule::GptqAsym, 2));
        QCOMPARE(fakeQuantized(values, withZero)(0, 1), 10.0F);
    }

    void commutesWithPowersOfTwo_data()
    {
        QTest::addColumn<int>("rule");
        for (const RangeRule rule : allRules) {
            QTest::newRow(std::string(rangeRuleName(rule)).c_str()) << int(rule);
        }
    }

    void commutesWithPowersOfTwo()
    {
        QFETCH(int, rule);
        const auto weights = randomMatrix<float>(3, 64, 5);
        for (const float factor : {0.25F, 2.0F, 64.0F}) {
            Matrix<float> scaled = weights;
            for (float &value : scaled.values) {
                value *= factor;
            }
            const GridOptions gridOptions = options(RangeRule(rule), 3, ScaleType::F16);
            const Matrix<float> small
                = fakeQuantized(weights, fitGrids(weights.view(), gridOptions));
            const Matrix<float> large = fakeQuantized(scaled, fitGrids(scaled.view(), gridOptions));
            for (std::size_t i = 0; i < small.values.size(); ++i) {
                QCOMPARE(large.values[i], factor * small.values[i]);
            }
        }
    }

    void representsZeroExactly()
    {
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            Matrix<float> group = randomGroup(32, seed);
            group(0, 7) = 0;
            const GridSet grids
                = fitGrids(group.view(), options(RangeRule::GptqAsym, 3, ScaleType::F16));
            QCOMPARE(fakeQuantized(group, grids)(0, 7), 0.0F);
        }
    }

    void roundsHalvesToEven()
    {
        GridSet grids = emptyGrids(1, 6, options(RangeRule::GptqAsym, 4));
        grids.zeroPoints[0] = 8;
        Matrix<float> weights(1, 6);
        weights.values = {0.5F, 1.5F, 2.5F, -0.5F, -1.5F, -2.5F};
        const std::vector<std::uint8_t> expected{8, 10, 10, 8, 6, 6};
        QCOMPARE(codesOf(weights, grids), expected);
    }

    void clampsWhatIsFarOutside()
    {
        GridSet grids = emptyGrids(1, 4, options(RangeRule::OmniAsym, 4));
        grids.zeroPoints[0] = -10000;
        Matrix<float> weights(1, 4);
        weights.values = {3e38F, -3e38F, 10003.0F, 40000.0F};
        const std::vector<std::uint8_t> expected{15, 0, 3, 15};
        QCOMPARE(codesOf(weights, grids), expected);
    }

    void roundsScalesBeforeZeroPoints()
    {
        const Matrix<float> group = randomGroup(64, 3);
        for (const ScaleType type : {ScaleType::F16, ScaleType::Bf16}) {
            const Grid grid = gridOf(group, options(RangeRule::OmniAsym, 8, type));
            QCOMPARE(roundScale(grid.scale, type), grid.scale);
            const float low = *std::min_element(group.values.begin(), group.values.end());
            QCOMPARE(float(grid.zeroPoint), std::nearbyint(-low / grid.scale));
        }
    }

    void keepsScalesPositive()
    {
        QCOMPARE(roundScale(1e-12F, ScaleType::F16), 0x1p-24F);
        Matrix<float> tiny(1, 8, 1e-20F);
        tiny(0, 0) = -1e-20F;
        for (const RangeRule rule : allRules) {
            const Grid grid = gridOf(tiny, options(rule, 4, ScaleType::F16));
            QVERIFY(grid.scale > 0);
        }
    }

    void refusesScalesItsTypeCannotHold()
    {
        const Matrix<float> large(1, 4, 1e9F);
        QVERIFY_EXCEPTION_THROWN(gridOf(large, options(RangeRule::GptqAsym, 4, ScaleType::F16)),
                                 Error);
        QVERIFY(gridOf(large, options(RangeRule::GptqAsym, 4, ScaleType::Bf16)).scale > 1e7F);
    }

    void sharesGridsAsAsked()
    {
        const auto weights = randomMatrix<float>(5, 70, 1);
        GridOptions gridOptions = options(RangeRule::GptqAsym, 4);
        gridOptions.groupSize = 32;
        const GridSet groups = fitGrids(weights.view(), gridOptions);
        QCOMPARE(groups.groupsPerRow, std::int64_t(3)); // 32, 32 and a ragged 6
        QCOMPARE(groups.scales.size(), std::size_t(15));
        Matrix<float> last(1, 6);
        std::copy_n(weights.view().row(2) + 64, 6, last.values.begin());
        QCOMPARE(groups.grid(2, 2), gridOf(last, gridOptions));

        gridOptions.granularity = Granularity::PerRow;
        const GridSet rows = fitGrids(weights.view(), gridOptions);
        QCOMPARE(rows.scales.size(), std::size_t(5));

        gridOptions.granularity = Granularity::PerTensor;
        const GridSet tensor = fitGrids(weights.view(), gridOptions);
        QCOMPARE(tensor.scales.size(), std::size_t(1));
        QCOMPARE(tensor.grid(4, 0), gridOf(weights, gridOptions));
        QCOMPARE(*std::max_element(rows.scales.begin(), rows.scales.end()) <= tensor.scales[0],
                 true);
    }

    void raggedGroupsNeedNoPadding() // a pad of zeros would widen the range of a one-sided group
    {
        Matrix<float> weights(1, 5, 1.0F);
        weights(0, 4) = 3.0F;
        GridOptions gridOptions = options(RangeRule::OmniAsym, 2);
        gridOptions.groupSize = 3;
        const GridSet grids = fitGrids(weights.view(), gridOptions);
        QCOMPARE(grids.grid(0, 1).scale, 2.0F / 3);
    }

    void dequantizesWhatItQuantized()
    {
        const auto weights = randomMatrix<float>(7, 50, 2);
        GridOptions gridOptions = options(RangeRule::AwqAsym, 3, ScaleType::F16);
        gridOptions.groupSize = 16;
        const GridSet grids = fitGrids(weights.view(), gridOptions);
        Matrix<float> back(7, 50);
        dequantize(codesOf(weights, grids), grids, back.view());
        QVERIFY(back == fakeQuantized(weights, grids));
        Matrix<float> inPlace = weights;
        fakeQuantize(inPlace.view(), grids, inPlace.view());
        QVERIFY(back == inPlace);
    }

    void followsAGroupMap()
    {
        GridSet grids = emptyGrids(2, 4, [] {
            GridOptions gridOptions = options(RangeRule::QuarotSym, 4);
            gridOptions.groupSize = 2;
            return gridOptions;
        }());
        grids.scales = {1, 2, 4, 8};
        grids.zeroPoints.assign(4, 8);
        grids.groupOfColumn = {1, 0, 0, 1};
        Matrix<float> weights(2, 4, 8.0F);
        const std::vector<std::uint8_t> expected{12, 15, 15, 12, 9, 10, 10, 9};
        QCOMPARE(codesOf(weights, grids), expected);
    }

    void isIndependentOfThreads()
    {
        const auto weights = randomMatrix<float>(300, 500, 2);
        GridOptions gridOptions = options(RangeRule::GptqAsym, 3, ScaleType::F16);
        gridOptions.groupSize = 128;
        gridOptions.clip = ClipSearch::PowerNorm;
        const int threads = threadCount();
        setThreadCount(1);
        const GridSet one = fitGrids(weights.view(), gridOptions);
        setThreadCount(4);
        const GridSet four = fitGrids(weights.view(), gridOptions);
        setThreadCount(threads);
        QVERIFY(one == four);
    }

    void refusesValuesThatAreNotFinite_data()
    {
        QTest::addColumn<float>("value");
        QTest::newRow("not a number") << std::nanf("");
        QTest::newRow("infinite") << float(INFINITY);
        QTest::newRow("minus infinite") << -float(INFINITY);
    }

    void refusesValuesThatAreNotFinite()
    {
        QFETCH(float, value);
        auto weights = randomMatrix<float>(20, 33, 2);
        weights(13, 31) = value;
        try {
            fitGrids(weights.view(), options(RangeRule::GptqAsym, 4));
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
    }

    void refusesImpossibleOptions()
    {
        QVERIFY_EXCEPTION_THROWN(emptyGrids(1, 4, options(RangeRule::GptqAsym, 0)), Error);
        QVERIFY_EXCEPTION_THROWN(emptyGrids(1, 4, options(RangeRule::GptqAsym, 9)), Error);
        QVERIFY_EXCEPTION_THROWN(emptyGrids(1, 4, options(RangeRule::OmniSym, 1)), Error);
        QVERIFY_EXCEPTION_THROWN(emptyGrids(0, 4, options(RangeRule::GptqAsym, 4)), Error);
        GridOptions tooMany = options(RangeRule::GptqAsym, 4);
        tooMany.groupSize = 1;
        QVERIFY_EXCEPTION_THROWN(emptyGrids(1, 65537, tooMany), Error);
    }

    void stopsOnRequest()
    {
        std::stop_source source;
        source.request_stop();
        const auto weights = randomMatrix<float>(4, 8, 2);
        try {
            fitGrids(weights.view(), options(RangeRule::GptqAsym, 4), {}, source.get_token());
            QFAIL("went on");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Cancelled);
        }
    }

    void namesSurviveThereAndBack()
    {
        for (const Choice &choice : rangeRuleChoices()) {
            QCOMPARE(rangeRuleName(rangeRuleFromName(choice.value)), choice.value);
        }
        for (const Choice &choice : scaleTypeChoices()) {
            QCOMPARE(scaleTypeName(scaleTypeFromName(choice.value)), choice.value);
        }
        for (const Choice &choice : clipSearchChoices()) {
            QCOMPARE(clipSearchName(clipSearchFromName(choice.value)), choice.value);
        }
        QVERIFY_EXCEPTION_THROWN(rangeRuleFromName("minmax"), Error);
    }
};

BITPRISM_TEST(TstUniformQuantizer);
#include "tst_uniform_quantizer.moc"
