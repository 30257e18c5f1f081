// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/example_model.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/model_tree/layer_name_delegate.h"
#include "widgets/model_tree/model_tree_model.h"
#include "widgets/model_tree/model_tree_panel.h"

#include <QAbstractItemModelTester>

using namespace bitprism;

class TstModelTreeModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheRulesOfItemModels();
    void blocksHoldTheirLayers();
    void namesInABlockLoseTheirCommonBeginning();
    void blocksSumTheirLayers();
    void findsEveryLayerByName();
    void namesTheStackWhereThereAreSeveral();
    void sharedWeightsHaveTheirSizeOnce();
    void namesStayApartInNarrowColumns();
    void tooltipsHaveTheWholeName();
    void figuresSayWhoseTheyAre();
    void barsAreOfOneRun();
    void isEmptyWithoutAModel();
};

void TstModelTreeModel::keepsTheRulesOfItemModels()
{
    ModelTreeModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setModelInfo(test::exampleModel());
    model.setModelInfo(nullptr);
    model.setModelInfo(test::exampleModel());
}

void TstModelTreeModel::blocksHoldTheirLayers()
{
    ModelTreeModel model;
    model.setModelInfo(test::exampleModel());
    QCOMPARE(model.rowCount(), 4);
    QCOMPARE(model.rowCount(model.index(0, 0)), 0);
    QCOMPARE(model.rowCount(model.index(1, 0)), 2);
    QCOMPARE(model.rowCount(model.index(2, 0)), 2);
    QCOMPARE(model.index(1, 0).data().toString(), "Block 0");
    QCOMPARE(model.index(3, 0).data().toString(), "lm_head");
    const QModelIndex down = model.index(1, 0, model.index(2, 0));
    QCOMPARE(down.data(ModelTreeModel::layerRole).toString(), "model.layers.1.mlp.down_proj");
    QCOMPARE(down.siblingAtColumn(ModelTreeModel::ShapeColumn).data().toString(), "10 \u00d7 30");
    QCOMPARE(down.siblingAtColumn(ModelTreeModel::KindColumn).data().toString(),
             "Feed-forward, down");
}

void TstModelTreeModel::namesInABlockLoseTheirCommonBeginning()
{
    ModelTreeModel model;
    model.setModelInfo(test::exampleModel());
    const QModelIndex block = model.index(1, 0);
    QCOMPARE(model.index(0, 0, block).data().toString(), "self_attn.q_proj");
    QCOMPARE(model.index(1, 0, block).data().toString(), "mlp.down_proj");
}

void TstModelTreeModel::blocksSumTheirLayers()
{
    ModelTreeModel model;
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    info->layers[1].bits = 4; // 100 weights of 4 bits beside 300 of 16
    model.setModelInfo(info);
    QCOMPARE(model.index(1, ModelTreeModel::SizeColumn).data().toString(), "650 bytes");
    QCOMPARE(model.index(1, ModelTreeModel::BitsColumn).data().toString(), "13");
}

void TstModelTreeModel::findsEveryLayerByName()
{
    ModelTreeModel model;
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    model.setModelInfo(info);
    for (const LayerInfo &layer : info->layers) {
        const QString name = QString::fromStdString(layer.name);
        QCOMPARE(model.indexOfLayer(name).data(ModelTreeModel::layerRole).toString(), name);
    }
    QVERIFY(!model.indexOfLayer("model.layers.7.mlp.down_proj").isValid());
}

void TstModelTreeModel::namesTheStackWhereThereAreSeveral()
{
    ModelTreeModel model;
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    info->stacks = {{"encoder", 1}, {"decoder", 1}};
    info->layers[3].stack = info->layers[4].stack = 1;
    info->layers[3].block = info->layers[4].block = 0;
    model.setModelInfo(info);
    QCOMPARE(model.index(1, 0).data().toString(), "Block 0, encoder");
    QCOMPARE(model.index(2, 0).data().toString(), "Block 0, decoder");
}

void TstModelTreeModel::sharedWeightsHaveTheirSizeOnce()
{
    ModelTreeModel model;
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    info->layers[3].source = info->layers[1].tensor;
    info->layers[4].source = info->layers[2].tensor;
    model.setModelInfo(info);
    QCOMPARE(model.index(1, ModelTreeModel::SizeColumn).data().toString(), "800 bytes");
    QCOMPARE(model.index(2, ModelTreeModel::SizeColumn).data().toString(), "shared");
    const QModelIndex down = model.index(1, 0, model.index(2, 0));
    QCOMPARE(down.siblingAtColumn(ModelTreeModel::SizeColumn).data().toString(), "shared");
    QVERIFY(down.data(Qt::ToolTipRole).toString().contains("model.layers.0.mlp.down_proj"));
}

void TstModelTreeModel::namesStayApartInNarrowColumns()
{
    const auto within
        = [](int most) { return [most](const QString &text) { return text.size() <= most; }; };
    const QString dots(QChar(0x2026));
    QCOMPARE(fittingLayerName("self_attn.q_proj", within(20)), "self_attn.q_proj");
    QCOMPARE(fittingLayerName("self_attn.q_proj", within(11)), "self" + dots + "q_proj");
    QCOMPARE(fittingLayerName("model.embed_tokens", within(15)), "mo" + dots + "embed_tokens");
    QCOMPARE(fittingLayerName("attention.output.dense", within(21)),
             "attention.outpu" + dots + "dense");
    QCOMPARE(fittingLayerName("self_attn.q_proj", within(6)), "q_proj");
    QCOMPARE(fittingLayerName("lm_head", within(3)), "lm_head"); // the delegate cuts its middle
}

/// What is cut in the column is said whole by the tooltip, of blocks as of layers.
void TstModelTreeModel::tooltipsHaveTheWholeName()
{
    ModelTreeModel model;
    model.setModelInfo(test::exampleModel());
    QCOMPARE(model.index(1, 0).data(Qt::ToolTipRole).toString(), "Block 0");
    QVERIFY(model.index(3, 0).data(Qt::ToolTipRole).toString().startsWith("lm_head\n"));
    QVERIFY(model.index(0, 0, model.index(2, 0))
                .data(Qt::ToolTipRole)
                .toString()
                .startsWith("model.layers.1."));
}

void TstModelTreeModel::figuresSayWhoseTheyAre()
{
    ModelTreeModel model;
    model.setModelInfo(test::exampleModel());
    ModelTreeModel::Measure measure;
    measure.title = "KL divergence at 2 bits";
    measure.values = {{"model.layers.1.mlp.down_proj", 0.5}};
    measure.source = "Sensitivity, gptq";
    model.setMeasure(measure);
    const QString tip = model.indexOfLayer("model.layers.1.mlp.down_proj")
                            .siblingAtColumn(ModelTreeModel::MeasureColumn)
                            .data(Qt::ToolTipRole)
                            .toString();
    QVERIFY(tip.contains("0.5") && tip.contains("2 bits") && tip.contains("gptq"));
    QCOMPARE(
        model.headerData(ModelTreeModel::MeasureColumn, Qt::Horizontal, Qt::ToolTipRole).toString(),
        "KL divergence at 2 bits\nSensitivity, gptq");
}

/// A run that has come to some layers, after one of another quantizer that has come to all.
void TstModelTreeModel::barsAreOfOneRun()
{
    test::ViewFixture f;
    test::writeToyLlama(f.folder.filePath("toy").toStdString());
    SensitivityTable part = test::toySensitivity();
    part.complete = false;
    for (std::size_t i = 0; i < part.cells.size(); ++i) {
        if (part.cells[i].layer != part.cells.front().layer) {
            part.cells[i].klDivergence.reset();
            part.cells[i].deltaNll.reset();
        }
    }
    QString partial;
    {
        store::ExperimentStore made = f.store();
        for (const auto &[name, table, status] :
             {std::tuple("of gptq", test::toySensitivity(), store::RunStatus::Finished),
              std::tuple("of rtn", part, store::RunStatus::Cancelled)}) {
            store::RunRequest request;
            request.kind = SensitivityTable::kind;
            request.name = name;
            request.blocks = 2;
            const store::NewRun run = made.createRun(
                request, test::toyModelInfo(),
                store::checkpointFingerprint(f.folder.filePath("toy").toStdString()));
            made.putResult(run.id, table);
            made.setStatus(run.id, status);
            partial = QString::fromStdString(run.id);
        }
    }
    ModelTreePanel panel(f.context);
    const auto &model = *panel.findChild<ModelTreeModel *>();
    const auto tip = [&] {
        return model.headerData(ModelTreeModel::MeasureColumn, Qt::Horizontal, Qt::ToolTipRole)
            .toString();
    };
    const auto bars = [&] {
        int count = 0;
        for (const LayerInfo &layer : f.project.model()->layers) {
            count += model.indexOfLayer(QString::fromStdString(layer.name))
                         .siblingAtColumn(ModelTreeModel::MeasureColumn)
                         .data(ModelTreeModel::measureRole)
                         .isValid();
        }
        return count;
    };
    f.project.open(f.folder.filePath("toy"), f.path());
    QTRY_VERIFY(tip().contains("of gptq"));
    QVERIFY(bars() > 1);
    f.selection.setRun(partial);
    QTRY_VERIFY(tip().contains("of rtn"));
    QVERIFY2(tip().contains("1 layers measured so far"), qPrintable(tip()));
    QVERIFY(!tip().contains("gptq"));
    QCOMPARE(bars(), 1);
}

void TstModelTreeModel::isEmptyWithoutAModel()
{
    ModelTreeModel model;
    model.setModelInfo(test::exampleModel());
    model.setModelInfo(nullptr);
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(!model.indexOfLayer("lm_head").isValid());
}

BITPRISM_TEST(TstModelTreeModel);
#include "tst_model_tree_model.moc"
