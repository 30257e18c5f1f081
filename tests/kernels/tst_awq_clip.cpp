// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/awq_clip.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

GridOptions clipOptions(int bits, std::int64_t groupSize)
{
    GridOptions result;
    result.bits = bits;
    result.rule = RangeRule::AwqAsym;
    result.groupSize = groupSize;
    return result;
}

/// dw H dw^T of one row of a group, dw = Q(clamped) - original, with H's diagonal block.
double groupError(const Matrix<float> &original, const Matrix<float> &clamped,
                  const Matrix<float> &H, const GridOptions &gridOptions, std::int64_t row,
                  std::int64_t first, std::int64_t count)
{
    const Grid grid
        = fitGrid({clamped.view().row(row) + first, static_cast<std::size_t>(count)}, gridOptions);
    std::vector<double> change;
    for (std::int64_t j = first; j < first + count; ++j) {
        const double code = std::clamp(
            std::nearbyint(static_cast<double>(clamped(row, j) / grid.scale)) + grid.zeroPoint, 0.0,
            std::pow(2.0, gridOptions.bits) - 1);
        change.push_back(static_cast<double>(grid.scale) * (code - grid.zeroPoint)
                         - static_cast<double>(original(row, j)));
    }
    double error = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        for (std::int64_t j = 0; j < count; ++j) {
            error += change[static_cast<std::size_t>(i)]
                * static_cast<double>(H(first + i, first + j))
                * change[static_cast<std::size_t>(j)];
        }
    }
    return error;
}

} // namespace

class TstAwqClip : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void neverLosesToTheFullRange_data()
    {
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("groupSize");
        for (const int bits : {2, 3, 4}) {
            QTest::addRow("%d bits, groups", bits) << bits << 16;
            QTest::addRow("%d bits, ragged", bits) << bits << 20;
            QTest::addRow("%d bits, rows", bits) << bits << 0;
        }
    }
    void neverLosesToTheFullRange()
    {
        QFETCH(int, bits);
        QFETCH(int, groupSize);
        constexpr double rounding = 1e-4; // of sums in single precision, relative
        auto W = randomMatrix<float>(12, 48, 3);
        for (float &value : W.values) { // heavy tails, which clipping helps
            value = value * value * value;
        }
        const auto H = randomHessian<float>(48, 5);
        const GridOptions gridOptions = clipOptions(bits, groupSize);
        const std::vector<float> limits = awqClipLimits(W.view(), H.view(), gridOptions, 10);
        Matrix<float> clamped = W;
        clampGroups(clamped.view(), gridOptions, limits);
        const std::int64_t size = groupSize == 0 ? 48 : groupSize;
        int gained = 0;
        std::size_t at = 0;
        for (std::int64_t row = 0; row < W.rows; ++row) {
            for (std::int64_t first = 0; first < W.cols; first += size, ++at) {
                const std::int64_t count = std::min(size, W.cols - first);
                float most = 0;
                for (std::int64_t j = first; j < first + count; ++j) {
                    most = std::max(most, std::fabs(W(row, j)));
                }
                QVERIFY(limits[at] <= most && limits[at] >= 0.5F * most);
                const double with = groupError(W, clamped, H, gridOptions, row, first, count);
                const double without = groupError(W, W, H, gridOptions, row, first, count);
                QVERIFY2(with <= without * (1 + rounding),
                         qPrintable(QString::number(with / without)));
                gained += with < 0.99 * without ? 1 : 0;
            }
        }
        QVERIFY(gained > 0);
    }

    void isIndependentOfThreads()
    {
        const auto W = randomMatrix<float>(70, 64, 1);
        const auto H = randomHessian<float>(64, 2);
        const int before = threadCount();
        setThreadCount(1);
        const auto one = awqClipLimits(W.view(), H.view(), clipOptions(3, 32), 10);
        setThreadCount(3);
        const auto three = awqClipLimits(W.view(), H.view(), clipOptions(3, 32), 10);
        setThreadCount(before);
        QVERIFY(one == three);
    }

    void stopsOnRequest()
    {
        std::stop_source source;
        source.request_stop();
        const auto W = randomMatrix<float>(4, 16, 1);
        const auto H = randomHessian<float>(16, 2);
        QVERIFY_EXCEPTION_THROWN(
            awqClipLimits(W.view(), H.view(), clipOptions(3, 16), 10, source.get_token()), Error);
    }
};

BITPRISM_TEST(TstAwqClip);
#include "tst_awq_clip.moc"
