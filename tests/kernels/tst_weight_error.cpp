// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/kernels/weight_error.h"
#include "tests/kernels/test_matrix.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using namespace bitprism::test;

class TstWeightError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesAHandWorkedCase()
    {
        const std::vector<float> original{3, 4, 0, 0};
        const std::vector<float> quantized{3, 3, 0, 2};
        const WeightError error = weightError(original, quantized);
        QCOMPARE(error.meanSquared, 1.25);
        QCOMPARE(error.relative, 0.2);
        QCOMPARE(error.maxAbs, 2.0);
    }

    void zerosHaveNoRelativeError()
    {
        const std::vector<float> zeros(3, 0.0F);
        QCOMPARE(weightError(zeros, zeros).relative, 0.0);
        QCOMPARE(weightError({}, {}).meanSquared, 0.0);
        const Matrix<float> W(2, 3);
        const auto H = randomHessian<float>(3, 1);
        QCOMPARE(relativeOutputError(W.view(), W.view(), H.view()), 0.0);
    }

    void outputErrorIsThatOfTheOutputs() // measured on X itself, across strips of rows
    {
        constexpr double tolerance = 1e-4; // H and its products are single precision
        const auto X = randomMatrix<double>(90, 20, 3);
        Matrix<double> H = product(transposed(X), X);
        for (double &value : H.values) {
            value *= 2.0 / 90;
        }
        const auto W = randomMatrix<double>(300, 20, 4);
        const auto Q = randomMatrix<double>(300, 20, 5);
        const Matrix<double> output = product(X, transposed(W));
        const Matrix<double> changed = product(X, transposed(Q));
        double error = 0;
        double reference = 0;
        for (std::size_t i = 0; i < output.values.size(); ++i) {
            error += std::pow(changed.values[i] - output.values[i], 2);
            reference += std::pow(output.values[i], 2);
        }
        const auto single = H.as<float>();
        const double found
            = relativeOutputError(W.as<float>().view(), Q.as<float>().view(), single.view());
        QVERIFY(std::fabs(found / (error / reference) - 1) < tolerance);
        QCOMPARE(relativeOutputError(W.as<float>().view(), W.as<float>().view(), single.view()),
                 0.0);
    }

    void stopsOnRequest()
    {
        std::stop_source source;
        source.request_stop();
        const Matrix<float> W(2, 3);
        const auto H = randomHessian<float>(3, 1);
        QVERIFY_EXCEPTION_THROWN(
            relativeOutputError(W.view(), W.view(), H.view(), source.get_token()), Error);
    }
};

BITPRISM_TEST(TstWeightError);
#include "tst_weight_error.moc"
