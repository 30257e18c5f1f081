// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "core/models/tensor_math.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using test::complaintOf;

namespace {

/// Sums over 2,048 products in FP32, in another order.
constexpr double tolerance = 1e-3;

/// A product large enough to be made in strips: [2, 2,100, 2,048] with [2,048, 2,048].
struct LargeProduct
{
    at::Tensor x;
    at::Tensor weight;
    at::Tensor bias;
};

LargeProduct largeProduct()
{
    auto random = at::make_generator<at::CPUGeneratorImpl>(3);
    return {at::randn({2, 2100, 2048}, random, at::kFloat),
            at::randn({2048, 2048}, random, at::kFloat), at::randn({2048}, random, at::kFloat)};
}

} // namespace

class TstTensorMath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stripsGiveTheWholeProduct()
    {
        const LargeProduct product = largeProduct();
        const at::Tensor whole = at::linear(product.x, product.weight);
        const at::Tensor plain = tensor_math::linear(product.x, product.weight, {});
        QVERIFY(plain.sizes() == whole.sizes());
        QVERIFY(at::allclose(plain, whole, 0, tolerance));
        const at::Tensor shifted = tensor_math::linear(product.x, product.weight, product.bias);
        QVERIFY(at::allclose(shifted, whole + product.bias, 0, tolerance));
    }

    void aCancelledJobMultipliesNothing()
    {
        std::stop_source work;
        work.request_stop();
        const CancellationScope scope(work.get_token());
        const at::Tensor x = at::ones({1, 2});
        QVERIFY(complaintOf([&] { tensor_math::linear(x, x, {}); }).code == ErrorCode::Cancelled);
    }
};

BITPRISM_TEST(TstTensorMath);
#include "tst_tensor_math.moc"
