// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/attention.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <limits>

using namespace bitprism;

namespace {

/// FP32 softmax and sums over at most 40 keys.
constexpr double tolerance = 1e-5;

at::Tensor gaussian(at::IntArrayRef shape, std::uint64_t seed)
{
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::kFloat);
}

/// The definition with the whole [length, keys] matrix and repeated key heads.
at::Tensor wholeMatrix(const AttentionCall &call)
{
    const std::int64_t group = call.query.size(1) / call.key.size(1);
    const at::Tensor key = call.key.repeat_interleave(group, 1).to(at::kDouble);
    const at::Tensor value = call.value.repeat_interleave(group, 1).to(at::kDouble);
    const at::Tensor scores = at::matmul(call.query.to(at::kDouble), key.transpose(-1, -2))
        / std::sqrt(static_cast<double>(call.query.size(3)));
    const std::int64_t length = call.query.size(2);
    const std::int64_t keys = call.key.size(2);
    at::Tensor masked = scores.clone();
    for (std::int64_t t = 0; t < length; ++t) {
        for (std::int64_t s = 0; s < keys; ++s) {
            const std::int64_t distance = keys - length + t - s;
            if (distance < 0 || (call.window > 0 && distance >= call.window)) {
                masked.select(-2, t).select(-1, s).fill_(-std::numeric_limits<double>::infinity());
            }
        }
    }
    return at::matmul(at::softmax(masked, -1), value).transpose(1, 2).flatten(2, 3);
}

} // namespace

class TstAttention : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chunksEqualTheWholeMatrix_data()
    {
        QTest::addColumn<int>("keyHeads");
        QTest::addColumn<int>("past");
        QTest::addColumn<int>("window");
        QTest::addColumn<int>("chunk");
        for (const int window : {0, 1, 7, 100}) {
            for (const int chunk : {1, 5, 40}) {
                QTest::addRow("window %d, chunks of %d", window, chunk)
                    << 2 << 0 << window << chunk;
                QTest::addRow("window %d, chunks of %d, behind a cache", window, chunk)
                    << 4 << 6 << window << chunk;
            }
        }
    }

    void chunksEqualTheWholeMatrix()
    {
        QFETCH(int, keyHeads);
        QFETCH(int, past);
        QFETCH(int, window);
        QFETCH(int, chunk);
        AttentionCall call;
        call.query = gaussian({3, 4, 33, 8}, 1);
        call.key = gaussian({3, keyHeads, 33 + past, 8}, 2);
        call.value = gaussian({3, keyHeads, 33 + past, 8}, 3);
        call.window = window;
        call.maxScores = 3 * 4 * (33 + past) * chunk;
        const at::Tensor expected = wholeMatrix(call);
        const at::Tensor result = attend(call);
        QCOMPARE(result.sizes(), expected.sizes());
        QVERIFY((result.to(at::kDouble) - expected).abs().max().item<double>() < tolerance);
    }

    void gradientsFlowThroughChunks()
    {
        AttentionCall call;
        call.query = gaussian({1, 2, 9, 4}, 4).requires_grad_(true);
        call.key = gaussian({1, 1, 9, 4}, 5).requires_grad_(true);
        call.value = gaussian({1, 1, 9, 4}, 6).requires_grad_(true);
        call.maxScores = 2 * 9 * 2;
        const at::Tensor weights = gaussian({1, 9, 8}, 7);
        (attend(call) * weights).sum().backward();
        const at::Tensor gradient = call.query.grad().clone();
        call.query.mutable_grad().reset();
        (wholeMatrix(call) * weights).sum().backward();
        QVERIFY((gradient - call.query.grad()).abs().max().item<double>() < tolerance);
    }
};

BITPRISM_TEST(TstAttention);
#include "tst_attention.moc"
