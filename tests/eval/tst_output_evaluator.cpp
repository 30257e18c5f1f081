// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/embeddings.h"
#include "core/eval/output_evaluator.h"
#include "core/jobs/registry.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_media_families.h"
#include "tests/support/toy_model.h"

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 sums in another order.
constexpr double tolerance = 1e-6;

class Replaced final : public WeightOverlay
{
public:
    Replaced(std::string name, at::Tensor value)
        : m_name(std::move(name))
        , m_value(std::move(value))
    {
    }
    std::optional<at::Tensor> tensor(const std::string &name) const override
    {
        return name == m_name ? std::optional(m_value) : std::nullopt;
    }

private:
    std::string m_name;
    at::Tensor m_value;
};

double relativeSquare(const at::Tensor &found, const at::Tensor &base)
{
    return (found - base).to(at::kDouble).square().sum().item<double>()
        / base.to(at::kDouble).square().sum().item<double>();
}

} // namespace

class TstOutputEvaluator : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Model> m_clip;
    ItemSet m_items;

private Q_SLOTS:
    void initTestCase()
    {
        registerEngineComponents();
        const std::filesystem::path folder = m_folder.path().toStdString() + "/clip";
        writeToyClip(folder);
        m_clip = Model::open(folder);
        const std::int64_t side = m_clip->info().featureSize;
        for (int i = 0; i < 3; ++i) {
            EvaluationItem item;
            item.features = at::arange(3 * side * side, at::kFloat)
                                .view({3, side, side})
                                .mul(0.01)
                                .sin()
                                .add(0.1 * i);
            item.tokens = {38, 1 + i, 2, 39};
            if (i == 1) { // texts of different length: the shorter ones are padded
                item.tokens = {38, 5, 6, 7, 8, 39};
            }
            item.unit = m_items.units++;
            m_items.items.push_back(std::move(item));
        }
    }

    void equalsTwoFullRuns_data()
    {
        QTest::addColumn<int>("stack");
        QTest::addColumn<int>("block");
        QTest::newRow("image tower, first block") << 0 << 0;
        QTest::newRow("image tower, last block") << 0 << 1;
        QTest::newRow("text tower") << 1 << 0;
    }

    void equalsTwoFullRuns()
    {
        QFETCH(int, stack);
        QFETCH(int, block);
        JobContext context;
        const OutputEvaluator evaluator(*m_clip, m_items, context);
        const BlockId id{stack, block};
        Block changed = evaluator.block(id);
        const std::string tensor = m_clip->layersOf(id).back()->tensor;
        const at::Tensor coarse = (changed.tensor(tensor) * 4).round() / 4;
        changed.setTensor(tensor, coarse);
        const MeanWithError found = evaluator.outputError(changed, context);

        const auto model = m_clip->withOverlay(std::make_shared<Replaced>(tensor, coarse));
        const StackRunner base(*m_clip);
        const StackRunner other(*model);
        double sum = 0;
        for (const EvaluationItem &item : m_items.items) {
            sum += stack == 0
                ? relativeSquare(featureOutput(other, 0, item.features.unsqueeze(0), context),
                                 featureOutput(base, 0, item.features.unsqueeze(0), context))
                : relativeSquare(textOutput(other, 1, item.tokens, context),
                                 textOutput(base, 1, item.tokens, context));
        }
        QVERIFY(sum > 0);
        QVERIFY2(std::abs(found.mean - sum / 3) < tolerance * sum + 1e-12,
                 qPrintable(QString("%1 %2").arg(found.mean).arg(sum / 3)));
        QVERIFY(found.standardError >= 0);
    }

    void noChangeIsNoError()
    {
        JobContext context;
        const OutputEvaluator evaluator(*m_clip, m_items, context);
        SensitivityCell cell;
        evaluator.measure(evaluator.block({1, 1}), cell, context);
        QCOMPARE(*cell.modelOutputError, 0.0);
        QVERIFY(!cell.deltaNll);
        QVERIFY(OutputEvaluator::memoryNeed(*m_clip, m_items) > 0);
    }
};

BITPRISM_TEST(TstOutputEvaluator);
#include "tst_output_evaluator.moc"
