// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/collect_statistics.h"
#include "core/export/exporter.h"
#include "core/jobs/run_subject.h"
#include "core/quant/quantized_overlay.h"
#include "core/quant/transform.h"
#include "tests/support/expect_error.h"
#include "tests/support/family_subjects.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// Weights edited in FP64 and written in FP32, run in FP32.
constexpr double functionTolerance = 1e-4;

/// What a run keeps of a transformed model that it does not quantize.
void keepEdits(const Model &plain, const Model &transformed, QuantizedOverlay &overlay)
{
    for (const BlockId id : transformed.allBlocks()) {
        overlay.edit(plain, editsOf(transformed.loadBlock(id), {}), "test");
    }
}

} // namespace

class TstTransformExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rotatedFamiliesOpenAsTheSameFunction_data();
    void rotatedFamiliesOpenAsTheSameFunction();
};

void TstTransformExport::rotatedFamiliesOpenAsTheSameFunction_data()
{
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("params");
    for (const NamedSubject &subject : familySubjects()) {
        QTest::newRow(subject.name)
            << QString(subject.name)
            << (subject.isPostNorm ? R"({"residual":"none","heads":"offline"})" : "{}");
    }
}

void TstTransformExport::rotatedFamiliesOpenAsTheSameFunction()
{
    QFETCH(QString, subject);
    QFETCH(QString, params);
    const Subject made = subjectNamed(subject);
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const auto transform
        = create<Transform>("hadamard-rotation", Json::parse(params.toStdString()), "test");
    const TransformPlan plan = transform->plan(graph);
    const auto changed = model.withTransform(transform->bind(graph, 3, {}));
    QuantizedOverlay overlay;
    keepEdits(model, *changed, overlay);
    const RunSubject quantized(*changed, overlay, plan.online, plan.untiesHead);
    const std::string output = made.folder->path().toStdString() + "/out";
    JobContext context;
    if (!plan.online.empty()) {
        QVERIFY(complaintOf([&] {
                    exportTo("safetensors", quantized, output, context);
                }).isBadInputNaming("no checkpoint holds"));
        return;
    }
    QVERIFY(exportTo("safetensors", quantized, output, context) > 0);
    const auto reopened = Model::open(output);
    QVERIFY(!reopened->info().hasTiedHead || !plan.untiesHead);
    QVERIFY(relativeDifference(outputsOf(*reopened, made.batch), outputsOf(model, made.batch))
            <= functionTolerance);
}

BITPRISM_TEST(TstTransformExport);
#include "tst_transform_export.moc"
