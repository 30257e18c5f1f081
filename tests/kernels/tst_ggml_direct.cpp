// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/float16.h"
#include "core/kernels/ggml_codec.h"
#include "core/kernels/ggml_direct.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <limits>

using namespace bitprism;
using test::complaintOf;
using test::Matrix;
using test::randomMatrix;

namespace {

constexpr GgmlType types[]
    = {GgmlType::Q8_0, GgmlType::Q4_0, GgmlType::Q4_1, GgmlType::Q5_0, GgmlType::Q5_1};

Matrix<float> throughDirectBlocks(GgmlType type, const Matrix<float> &weights)
{
    Matrix<float> result(weights.rows, weights.cols);
    decodeGgml(type, encodeGgmlDirect(type, weights.view()), result.view());
    return result;
}

double directError(const Matrix<float> &a, const Matrix<float> &b)
{
    double sum = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        const double difference
            = static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]);
        sum += difference * difference;
    }
    return sum;
}

QByteArray directBytesOf(const std::vector<std::byte> &bytes)
{
    return QByteArray(reinterpret_cast<const char *>(bytes.data()),
                      static_cast<qsizetype>(bytes.size()));
}

} // namespace

class TstGgmlDirect : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Blocks that ggml's own code makes (export-formats.md 11).
    void matchesTheTestVectors()
    {
        Matrix<float> ramp(1, 32);
        for (std::int64_t i = 0; i < 32; ++i) {
            ramp(0, i) = static_cast<float>(i % 16 - 8);
        }
        QByteArray expected = QByteArray::fromHex("003c");
        for (int i = 0; i < 16; ++i) {
            expected += static_cast<char>(i << 4 | i);
        }
        QCOMPARE(directBytesOf(encodeGgmlDirect(GgmlType::Q4_0, ramp.view())), expected);
        const Matrix<float> zeros(1, 32);
        QCOMPARE(directBytesOf(encodeGgmlDirect(GgmlType::Q4_0, zeros.view())),
                 QByteArray::fromHex("0080") + QByteArray(16, '\x88'));
        QCOMPARE(directBytesOf(encodeGgmlDirect(GgmlType::Q5_0, zeros.view())),
                 QByteArray::fromHex("0080ffffffff") + QByteArray(16, '\0'));
        for (const GgmlType type : {GgmlType::Q8_0, GgmlType::Q4_1, GgmlType::Q5_1}) {
            const QByteArray block = directBytesOf(encodeGgmlDirect(type, zeros.view()));
            QCOMPARE(block, QByteArray(block.size(), '\0'));
        }
    }

    /// Halves go away from zero in Q8_0: 63.5 / 127 of the largest weight.
    void halvesGoAwayFromZero()
    {
        Matrix<float> weights(1, 32);
        weights(0, 0) = 127;
        weights(0, 1) = 0.5F;
        weights(0, 2) = -0.5F;
        weights(0, 3) = 0.49999997F; // adding a half would round it up
        const std::vector<std::byte> block = encodeGgmlDirect(GgmlType::Q8_0, weights.view());
        QCOMPARE(static_cast<int>(static_cast<std::int8_t>(block[3])), 1);
        QCOMPARE(static_cast<int>(static_cast<std::int8_t>(block[4])), -1);
        QCOMPARE(static_cast<int>(static_cast<std::int8_t>(block[5])), 0);
    }

    /// The searched blocks err less, but not by much.
    void errsALittleMoreThanTheSearch()
    {
        const Matrix<float> weights = randomMatrix<float>(64, 256, 3, 0.02);
        for (const GgmlType type : types) {
            Matrix<float> searched(weights.rows, weights.cols);
            decodeGgml(type, encodeGgml(type, weights.view()), searched.view());
            const double least = directError(searched, weights);
            const double direct = directError(throughDirectBlocks(type, weights), weights);
            QVERIFY(direct >= least);
            QVERIFY(direct < 1.5 * least);
        }
    }

    /// Up to the rounding of Q8_0's scale, 16 / 127, to F16; the others' scales or minima are
    /// exact.
    void extremesStayWhereTheyAre()
    {
        Matrix<float> weights = randomMatrix<float>(4, 64, 5);
        weights(1, 7) = -16;
        const float q8 = -127 * halfToFloat(floatToHalf(16.0F / 127));
        for (const GgmlType type : types) {
            QCOMPARE(throughDirectBlocks(type, weights)(1, 7),
                     type == GgmlType::Q8_0 ? q8 : -16.0F);
        }
    }

    void tinyAndBadValuesAreTaken()
    {
        Matrix<float> tiny(1, 32, 1e-40F);
        for (const GgmlType type : types) {
            QVERIFY(hasDirectEncoding(type));
            throughDirectBlocks(type, tiny); // whatever it gives: no undefined conversion
            Matrix<float> large(1, 32, 0);
            large(0, 3) = 1e30F;
            QVERIFY(
                complaintOf([&] { encodeGgmlDirect(type, large.view()); }).isBadInputNaming("F16"));
            large(0, 3) = std::numeric_limits<float>::quiet_NaN();
            QVERIFY(complaintOf([&] {
                        encodeGgmlDirect(type, large.view());
                    }).isBadInputNaming("finite"));
        }
        QVERIFY(!hasDirectEncoding(GgmlType::Q4K));
    }
};

BITPRISM_TEST(TstGgmlDirect);
#include "tst_ggml_direct.moc"
