// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/base/parallel.h"
#include "core/kernels/spqr.h"
#include "core/kernels/stored_array.h"
#include "tests/kernels/stored_weight.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <limits>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double noOutliers = std::numeric_limits<double>::infinity();

SpqrOptions spqrOptions(int bits, std::int64_t groupSize, double tau)
{
    SpqrOptions result;
    result.bits = bits;
    result.groupSize = groupSize;
    result.tau = tau;
    return result;
}

struct Inputs
{
    GptqFactor<float> factor;
    std::vector<bool> isDead;
};

Inputs inputsOf(const Matrix<float> &H, double damping, bool actOrder)
{
    Inputs inputs;
    const std::vector<float> damped = spqrHessian(H.view(), damping);
    inputs.factor = GptqFactor<float>::make({damped.data(), H.rows, H.cols}, 0, actOrder);
    for (std::int64_t j = 0; j < H.rows; ++j) {
        inputs.isDead.push_back(H(j, j) == 0);
    }
    return inputs;
}

SpqrResult spqrQuantized(const Matrix<float> &W, const Matrix<float> &H, const SpqrOptions &wanted,
                         bool actOrder = false, double damping = 1)
{
    const Inputs inputs = inputsOf(H, damping, actOrder);
    return spqr(W.view(), inputs.factor, inputs.isDead, wanted);
}

Matrix<float> spqrValuesOf(const SpqrResult &result)
{
    Matrix<float> Q(result.grids.rows, result.grids.cols);
    SpqrWeight(result).dequantize(Q.values);
    return Q;
}

double outputError(const Matrix<float> &W, const Matrix<float> &Q, const Matrix<float> &H)
{
    double error = 0;
    for (std::int64_t i = 0; i < W.rows; ++i) {
        for (std::int64_t j = 0; j < W.cols; ++j) {
            for (std::int64_t k = 0; k < W.cols; ++k) {
                error += static_cast<double>(W(i, j) - Q(i, j)) * static_cast<double>(H(j, k))
                    * static_cast<double>(W(i, k) - Q(i, k));
            }
        }
    }
    return error;
}

/// GPTQ without lazy blocks on the grids found, in double.
std::vector<std::uint8_t> plainCodes(const Matrix<float> &W, const Inputs &inputs,
                                     const SpqrGrids &grids)
{
    const MatrixView<const float> U(inputs.factor.upper.data(), W.cols, W.cols);
    std::vector<std::uint8_t> codes(W.values.size());
    for (std::int64_t i = 0; i < W.rows; ++i) {
        std::vector<double> w;
        for (const std::int64_t col : inputs.factor.order) {
            w.push_back(inputs.isDead[static_cast<std::size_t>(col)]
                            ? 0.0
                            : static_cast<double>(W(i, col)));
        }
        for (std::int64_t k = 0; k < W.cols; ++k) {
            const std::int64_t col = inputs.factor.order[static_cast<std::size_t>(k)];
            const auto scale = static_cast<double>(grids.scale(i, grids.group(col)));
            const auto zero = static_cast<double>(grids.zeroPoint(i, grids.group(col)));
            double &value = w[static_cast<std::size_t>(k)];
            const double code = std::clamp(std::nearbyint(value / scale + zero), 0.0,
                                           std::pow(2.0, grids.bits) - 1);
            const double error = (value - scale * (code - zero)) / static_cast<double>(U(k, k));
            for (std::int64_t j = k; j < W.cols; ++j) {
                w[static_cast<std::size_t>(j)] -= error * static_cast<double>(U(k, j));
            }
            codes[static_cast<std::size_t>(i * W.cols + col)] = static_cast<std::uint8_t>(code);
        }
    }
    return codes;
}

} // namespace

class TstSpqr : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void withoutOutliersIsGptq_data()
    {
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<bool>("actOrder");
        QTest::newRow("groups") << 16 << false;
        QTest::newRow("groups, act order") << 16 << true;
        QTest::newRow("ragged") << 20 << false;
        QTest::newRow("rows") << 0 << true;
    }
    void withoutOutliersIsGptq()
    {
        QFETCH(int, groupSize);
        QFETCH(bool, actOrder);
        constexpr double flips = 0.005; // codes that single precision may turn at a tie
        const auto W = randomMatrix<float>(37, 72, 3);
        auto H = randomHessian<float>(72, 4);
        for (std::int64_t j = 0; j < 72; ++j) { // one dead input
            H(5, j) = 0;
            H(j, 5) = 0;
        }
        const Inputs inputs = inputsOf(H, 1, actOrder);
        const SpqrResult result
            = spqr(W.view(), inputs.factor, inputs.isDead, spqrOptions(3, groupSize, noOutliers));
        QVERIFY(result.outliers.empty());
        const auto expected = plainCodes(W, inputs, result.grids);
        std::size_t different = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            different += expected[i] != result.codes[i] ? 1 : 0;
        }
        QVERIFY2(static_cast<double>(different) < flips * static_cast<double>(expected.size()),
                 qPrintable(QString::number(different)));
    }

    void thresholdZeroKeepsEveryWeightWithAnError()
    {
        const auto W = randomMatrix<float>(20, 32, 5);
        const auto H = randomHessian<float>(32, 6);
        const SpqrResult result = spqrQuantized(W, H, spqrOptions(2, 16, 0));
        QVERIFY(result.outliers.size() > W.values.size() * 9 / 10);
        const Matrix<float> Q = spqrValuesOf(result);
        constexpr float halves = 0x1p-10F; // F16 rounding, and its compensation elsewhere
        for (std::size_t i = 0; i < W.values.size(); ++i) {
            QVERIFY(std::fabs(Q.values[i] - W.values[i]) < 4 * halves);
        }
    }

    void smallerThresholdKeepsMore()
    {
        auto W = randomMatrix<float>(32, 64, 7);
        for (std::size_t i = 0; i < W.values.size(); i += 97) {
            W.values[i] *= 12;
        }
        const auto H = randomHessian<float>(64, 8);
        std::size_t before = 0;
        double errorBefore = std::numeric_limits<double>::infinity();
        for (const double tau : {noOutliers, 1.0, 0.2, 0.02}) {
            const SpqrResult result = spqrQuantized(W, H, spqrOptions(3, 16, tau), true);
            QVERIFY(result.outliers.size() >= before);
            before = result.outliers.size();
            const double error = outputError(W, spqrValuesOf(result), H);
            QVERIFY2(error < errorBefore || tau == 1.0, qPrintable(QString::number(tau)));
            errorBefore = error;
        }
        QVERIFY(before > 0);
    }

    void isIndependentOfBlockSizeAndThreads()
    {
        const auto W = randomMatrix<float>(150, 64, 9);
        const auto H = randomHessian<float>(64, 10);
        const int before = threadCount();
        setThreadCount(1);
        SpqrOptions chosen = spqrOptions(4, 16, 0.2);
        const SpqrResult one = spqrQuantized(W, H, chosen);
        setThreadCount(3);
        const SpqrResult three = spqrQuantized(W, H, chosen);
        setThreadCount(before);
        QVERIFY(one.codes == three.codes);
        QVERIFY(one.outliers == three.outliers);
        chosen.blockSize = 16;
        const SpqrResult small = spqrQuantized(W, H, chosen);
        std::size_t different = 0;
        for (std::size_t i = 0; i < one.codes.size(); ++i) {
            different += one.codes[i] != small.codes[i] ? 1 : 0;
        }
        QVERIFY(different < one.codes.size() / 200); // ties in single precision
    }

    void leavesOutAsTheDefinitionSays()
    {
        Random random(11, "groups");
        int found = 0;
        for (int trial = 0; trial < 200; ++trial) {
            std::vector<float> group;
            std::vector<float> pivots;
            for (int j = 0; j < 16; ++j) {
                group.push_back(
                    static_cast<float>(random.normal() * (random.below(8) == 0 ? 6 : 1)));
                pivots.push_back(static_cast<float>(0.5 + random.uniform()));
            }
            const auto errorOf = [&](std::size_t without) {
                std::vector<float> rest;
                for (std::size_t j = 0; j < group.size(); ++j) {
                    if (j != without) {
                        rest.push_back(group[j]);
                    }
                }
                const detail::RealGrid grid = detail::realGrid(rest, 3);
                double error = 0;
                for (std::size_t j = 0; j < group.size(); ++j) {
                    const float e = (group[j] - grid.value(grid.code(group[j], 7))) / pivots[j];
                    error += j == without ? 0.0 : static_cast<double>(e * e);
                }
                return error;
            };
            constexpr float threshold = 0.3F;
            const std::vector<bool> marked = detail::leaveOneOut(group, pivots, 3, threshold);
            const double all = errorOf(group.size());
            for (std::size_t j = 0; j < group.size(); ++j) {
                const double gain = all - errorOf(j);
                if (std::fabs(gain - static_cast<double>(threshold)) > 1e-4) {
                    QCOMPARE(bool(marked[j]), gain > static_cast<double>(threshold));
                }
                found += marked[j] ? 1 : 0;
            }
        }
        QVERIFY(found > 20);
    }

    void survivesItsArrays_data()
    {
        QTest::addColumn<int>("groupSize");
        QTest::addColumn<bool>("actOrder");
        QTest::newRow("groups") << 16 << false;
        QTest::newRow("act order") << 16 << true;
        QTest::newRow("rows") << 0 << true;
    }
    void survivesItsArrays()
    {
        QFETCH(int, groupSize);
        QFETCH(bool, actOrder);
        const auto W = randomMatrix<float>(21, 50, 12);
        const auto H = randomHessian<float>(50, 13);
        const SpqrResult result = spqrQuantized(W, H, spqrOptions(3, groupSize, 0.1), actOrder);
        const SpqrWeight weight(result);
        QVERIFY(!weight.outliers().empty());
        const QuantizedWeightPtr read = readBack("spqr", weight.write());
        Matrix<float> before(21, 50);
        Matrix<float> after(21, 50);
        weight.dequantize(before.values);
        read->dequantize(after.values);
        QVERIFY(before == after);
        QCOMPARE(read->storage().total(), weight.storage().total());
        std::int64_t stored = 0; // in bits; scalars of the layout apart, filled to bytes
        for (const auto &[name, array] : weight.write()) {
            stored += array.dtype == "I32" ? 0 : static_cast<std::int64_t>(array.bytes.size()) * 8;
        }
        QVERIFY(stored >= weight.storage().total());
        QVERIFY(stored - weight.storage().total() < 8 * 5);
    }

    void countsBitsAsPublished()
    {
        // base-methods.md 10: b + (3 + 3) / 16 + 4 * 16 / (16 * 16), and the counts of outliers.
        const std::int64_t rows = 64;
        const std::int64_t cols = 128;
        const StorageBits storage = spqrStorage(rows, cols, spqrOptions(4, 16, 0.2), 0, false);
        const double average
            = static_cast<double>(storage.total() - rows * 16) / static_cast<double>(rows * cols);
        QCOMPARE(average, 4 + 6.0 / 16 + 64.0 / 256);
    }

    void refusesDamage_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"rows", "cols", "bits", "scale_bits", "group_size", "codes",
                                 "scale_codes", "zero_codes", "scale_steps", "zero_offsets",
                                 "outlier_values", "outlier_columns", "outlier_counts"}) {
            QTest::addRow("%s missing", name) << name;
        }
    }
    void refusesDamage()
    {
        QFETCH(QString, name);
        const auto W = randomMatrix<float>(20, 32, 14);
        const auto H = randomHessian<float>(32, 15);
        const StoredArrays whole = SpqrWeight(spqrQuantized(W, H, spqrOptions(3, 16, 0.1))).write();
        const std::string key = name.toStdString();
        StoredArrays missing = whole;
        missing.erase(key);
        QVERIFY(complaintOf([&] { readBack("spqr", missing); }).isBadInputNaming(key));
        const StoredArrays shorter = withSpoilt(whole, key);
        const auto complaint = complaintOf([&] { readBack("spqr", shorter); });
        QVERIFY2(complaint.code == ErrorCode::BadInput, complaint.text.c_str());
    }

    void keepsNarrowGroupsFarFromZero()
    {
        Matrix<float> W(17, 16, 5.0F);
        for (std::size_t i = 0; i < W.values.size(); ++i) {
            W.values[i] += static_cast<float>(i % 3) * 1e-6F;
        }
        const auto H = randomHessian<float>(16, 16);
        const Matrix<float> Q = spqrValuesOf(spqrQuantized(W, H, spqrOptions(4, 16, noOutliers)));
        for (const float value : Q.values) {
            QVERIFY2(std::fabs(value - 5) < 0.3F, qPrintable(QString::number(double(value))));
        }
    }

    void stopsOnRequest()
    {
        std::stop_source source;
        source.request_stop();
        const auto W = randomMatrix<float>(8, 32, 1);
        const Inputs inputs = inputsOf(randomHessian<float>(32, 2), 1, true);
        QVERIFY_EXCEPTION_THROWN(spqr(W.view(), inputs.factor, inputs.isDead,
                                      spqrOptions(4, 16, 0.2), source.get_token()),
                                 Error);
    }

    void refusesTooManyColumns()
    {
        QVERIFY(complaintOf([] { SpqrGrids::empty(1, 70000, {}); }).isBadInputNaming("70000"));
    }
};

BITPRISM_TEST(TstSpqr);
#include "tst_spqr.moc"
