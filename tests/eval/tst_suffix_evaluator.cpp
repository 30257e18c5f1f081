// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluate.h"
#include "core/eval/suffix_evaluator.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <stop_token>

using namespace bitprism;
using namespace bitprism::test;

namespace {

ItemSet someWindows(std::uint64_t seed)
{
    const at::Tensor tokens = randomTokens(1, 96, 64, seed);
    const std::int64_t *first = tokens.data_ptr<std::int64_t>();
    return windowItems({first, first + tokens.numel()}, 16, 16);
}

class Changed final : public WeightOverlay
{
public:
    std::map<std::string, at::Tensor> tensors;
    std::optional<at::Tensor> tensor(const std::string &name) const override
    {
        const auto found = tensors.find(name);
        return found == tensors.end() ? std::nullopt : std::optional(found->second);
    }
};

/// Replaces a tensor of a block by a coarser one, in the block and in an overlay alike.
void coarsen(Block &block, Changed &overlay, const std::string &name)
{
    const at::Tensor coarse = (block.tensor(name) * 8).round() / 8;
    block.setTensor(name, coarse);
    overlay.tensors[name] = coarse;
}

} // namespace

class TstSuffixEvaluator : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsFullEvaluationToTheBit_data()
    {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<int>("block");
        QTest::addColumn<qint64>("keepBytes");
        for (const qint64 keep : {qint64{1} << 30, qint64{0}}) {
            const char *how = keep > 0 ? "kept" : "reloaded";
            QTest::addRow("first block, %s", how)
                << "model.layers.0.self_attn.k_proj.weight" << 0 << keep;
            QTest::addRow("last block, %s", how)
                << "model.layers.2.mlp.down_proj.weight" << 2 << keep;
            QTest::addRow("head, %s", how) << "lm_head.weight" << -1 << keep;
        }
    }

    void equalsFullEvaluationToTheBit()
    {
        QFETCH(QString, tensor);
        QFETCH(int, block);
        QFETCH(qint64, keepBytes);
        const ToyModel toy(ToyLlama{.blocks = 3, .spread = 0.3});
        const ItemSet items = someWindows(1);
        JobContext context;
        SuffixOptions options;
        options.keepBytes = keepBytes;
        const SuffixEvaluator evaluator(*toy, items, context, options);
        Block changed = evaluator.block({0, block});
        const auto overlay = std::make_shared<Changed>();
        coarsen(changed, *overlay, tensor.toStdString());
        const SuffixLosses losses = evaluator.evaluate(changed, context);

        EvaluateOptions full;
        full.reference = &*toy;
        const auto model = toy->withOverlay(overlay);
        const Evaluation expected = evaluateItems(*model, items, full, context);
        QCOMPARE(losses.nll, expected.windowNll);
        QCOMPARE(klDivergence(evaluator, losses).mean, expected.divergence->mean);
        QCOMPARE(klDivergence(evaluator, losses).standardError, expected.divergence->standardError);
        QCOMPARE(losses.top1Agreement, expected.divergence->top1Agreement);
        QVERIFY(expected.divergence->mean > 0);

        const Evaluation base = evaluateItems(*toy, items, {}, context);
        QCOMPARE(evaluator.baseNll(), base.windowNll);
        QCOMPARE(evaluator.windowTokens(), base.windowTokens);
        const PairedDifference paired = pairedNllDifference(expected, base).value();
        QCOMPARE(deltaNll(evaluator, losses).mean, paired.mean);
        QCOMPARE(deltaNll(evaluator, losses).standardError, paired.standardError);
    }

    void severalBlocksMayChangeAtOnce()
    {
        const ToyModel toy(ToyLlama{.blocks = 3, .spread = 0.3});
        const ItemSet items = someWindows(2);
        JobContext context;
        const SuffixEvaluator evaluator(*toy, items, context);
        const auto overlay = std::make_shared<Changed>();
        std::map<BlockId, Block> changed;
        for (const int index : {0, 2}) {
            Block block = evaluator.block({0, index});
            coarsen(block, *overlay,
                    "model.layers." + std::to_string(index) + ".mlp.up_proj.weight");
            changed[block.id()] = block;
        }
        const auto model = toy->withOverlay(overlay);
        QCOMPARE(evaluator.evaluate(changed, context).nll,
                 evaluateItems(*model, items, {}, context).windowNll);
    }

    void anUnchangedBlockChangesNothing()
    {
        const ToyModel toy;
        JobContext context;
        const SuffixEvaluator evaluator(*toy, someWindows(3), context);
        for (const int index : {0, 1, -1}) {
            const SuffixLosses losses = evaluator.evaluate(evaluator.block({0, index}), context);
            QCOMPARE(losses.nll, evaluator.baseNll());
            QCOMPARE(klDivergence(evaluator, losses).mean, 0.0);
            QCOMPARE(losses.top1Agreement, 1.0);
        }
    }

    void probesLeaveTheCacheAsItWas()
    {
        const ToyModel toy(ToyLlama{.spread = 0.3});
        JobContext context;
        const SuffixEvaluator evaluator(*toy, someWindows(4), context);
        Block changed = evaluator.block({0, 0});
        Changed overlay;
        coarsen(changed, overlay, "model.layers.0.mlp.up_proj.weight");
        const std::vector<double> first = evaluator.evaluate(changed, context).nll;
        evaluator.evaluate(evaluator.block({0, 1}), context);
        QCOMPARE(evaluator.evaluate(changed, context).nll, first);
        QVERIFY(first != evaluator.baseNll());
    }

    void stopsWhenCancelled()
    {
        const ToyModel toy;
        JobContext context;
        const SuffixEvaluator evaluator(*toy, someWindows(5), context);
        std::stop_source source;
        source.request_stop();
        JobContext stopped(0, source.get_token());
        QCOMPARE(complaintOf([&] {
                     evaluator.evaluate(evaluator.block({0, 1}), stopped);
                 }).code.value(),
                 ErrorCode::Cancelled);
    }
};

BITPRISM_TEST(TstSuffixEvaluator);
#include "tst_suffix_evaluator.moc"
