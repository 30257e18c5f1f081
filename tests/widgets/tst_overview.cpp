// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "tests/widgets/example_model.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/overview/latest_runs.h"
#include "widgets/overview/model_parts.h"
#include "widgets/overview/overview_view.h"
#include "widgets/overview/parts_bar.h"
#include "widgets/overview/parts_model.h"
#include "widgets/overview/recipe_run.h"
#include "widgets/overview/recipe_size.h"
#include "widgets/overview/start_buttons.h"
#include "widgets/shared/theme.h"

#include <QAbstractItemModelTester>
#include <QLabel>
#include <QPushButton>
#include <nlohmann/json.hpp>

#include <set>

using namespace bitprism;

class TstOverview : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void partsAddUpToTheModel();
    void partsThatAreNotThereAreLeftOut();
    void unknownKindsAreOtherLayers();
    void sharedWeightsAreCountedOnce();
    void tableKeepsTheRulesOfItemModels();
    void tableShowsColoursOfTheBar();
    void barDrawsEveryPart();
    void latestRunsAreOfTheOpenModel();
    void defaultsCountAsWritten();
    void theLossIsThatOfTheRecipesOwnRun();
    void theLossStaysWhenOtherRunsFinish();
    void aJobThatBeginsIsSaidSo();
};

namespace {

QString textsOf(const QWidget &widget)
{
    QStringList all;
    for (const QLabel *label : widget.findChildren<QLabel *>()) {
        all.append(label->text());
    }
    return all.join('\n');
}

Recipe ofBits(const char *params)
{
    Recipe recipe;
    recipe.weights.params = params;
    return recipe;
}

} // namespace

void TstOverview::partsAddUpToTheModel()
{
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    std::int64_t bytes = 0;
    std::int64_t weights = 0;
    double share = 0;
    for (const ModelPart &part : modelParts(*info)) {
        bytes += part.bytes;
        weights += part.weights;
        share += part.share;
    }
    QCOMPARE(bytes, info->bytes);
    QCOMPARE(weights, info->parameters);
    QVERIFY(qFuzzyCompare(share, 1.0));
}

void TstOverview::partsThatAreNotThereAreLeftOut()
{
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    info->layers.pop_back(); // the head
    info->bytes -= 400;
    info->parameters -= 200;
    const std::vector<ModelPart> parts = modelParts(*info);
    QCOMPARE(parts.size(), std::size_t(4));
    QCOMPARE(parts[0].part, Part::Embedding);
    QCOMPARE(parts[1].part, Part::Attention);
    QCOMPARE(parts[1].layers, 2);
    QCOMPARE(parts[2].part, Part::FeedForward);
    QCOMPARE(parts[2].weights, 600);
    QCOMPARE(parts[3].part, Part::Rest);
    QCOMPARE(parts[3].bytes, 80);
}

void TstOverview::unknownKindsAreOtherLayers()
{
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    info->layers[0].kind = "convolution";
    QCOMPARE(modelParts(*info).at(3).part, Part::OtherLayers);
}

/// As in ALBERT: the second block reads the tensors of the first.
void TstOverview::sharedWeightsAreCountedOnce()
{
    const std::shared_ptr<ModelInfo> info = test::exampleModel();
    for (const auto &[shared, first] : {std::pair(3, 1), {4, 2}}) {
        info->layers[shared].source = info->layers[first].tensor;
    }
    info->bytes -= 800; // 400 weights of 16 bits
    info->parameters -= 400;
    double share = 0;
    std::int64_t bytes = 0;
    for (const ModelPart &part : modelParts(*info)) {
        share += part.share;
        bytes += part.bytes;
    }
    QVERIFY(qFuzzyCompare(share, 1.0));
    QCOMPARE(bytes, info->bytes);
    QCOMPARE(modelParts(*info).back().part, Part::Rest); // norms are not eaten up

    // Codes are each layer's own: 400 weights of 16 bits become 800 of 4.
    const ModelInfo after = modelAfter(*info, Recipe());
    QCOMPARE(after.bytes, info->bytes - 800 + 400);
    QCOMPARE(after.parameters, info->parameters + 400);
    share = 0;
    for (const ModelPart &part : modelParts(after)) {
        share += part.share;
    }
    QVERIFY(qFuzzyCompare(share, 1.0));

    // Where one of two layers stays as it is stored, the tensor stays too.
    Recipe recipe;
    LayerOverride kept;
    kept.match = "model.layers.1.*";
    kept.skip = true;
    recipe.overrides = {kept};
    QCOMPARE(modelAfter(*info, recipe).bytes, info->bytes + 200);
}

void TstOverview::tableKeepsTheRulesOfItemModels()
{
    PartsModel model;
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setParts(modelParts(*test::exampleModel()));
    QCOMPARE(model.rowCount(), 5);
    model.setColors(PartsBar::colors(Theme::palette(true)));
    model.setParts({});
    QCOMPARE(model.rowCount(), 0);
}

void TstOverview::tableShowsColoursOfTheBar()
{
    const QPalette palette = Theme::palette(false);
    PartsModel model;
    model.setParts(modelParts(*test::exampleModel()));
    model.setColors(PartsBar::colors(palette));
    QCOMPARE(model.index(1, PartsModel::PartColumn).data().toString(), "Attention");
    QCOMPARE(model.index(1, PartsModel::PartColumn).data(Qt::DecorationRole).value<QColor>(),
             PartsBar::colors(palette).at(1));
}

void TstOverview::barDrawsEveryPart()
{
    PartsBar bar;
    bar.setPalette(Theme::palette(false));
    bar.setParts(modelParts(*test::exampleModel()));
    bar.resize(1240, 20);
    const QImage image = bar.grab().toImage();
    std::set<QRgb> colors;
    for (int x = 0; x < image.width(); ++x) {
        colors.insert(image.pixel(x, image.height() / 2));
    }
    for (const Part part : {Part::Embedding, Part::Attention, Part::FeedForward, Part::Head}) {
        const auto place = static_cast<std::size_t>(part);
        QVERIFY(colors.contains(PartsBar::colors(bar.palette()).at(place).rgb()));
    }
}

/// A store may hold runs of several models.
void TstOverview::latestRunsAreOfTheOpenModel()
{
    test::ViewFixture fixture;
    const char *const recipe = R"({"weights":{"id":"rtn","bits":4}})";
    {
        store::ExperimentStore made = fixture.store();
        test::addToyRun(made, "older", 4, recipe);
        test::addToyRun(made, "another model's", 4, recipe, std::string(64, '1'));
        test::addToyRun(made, "newer", 4, recipe); // the project opens with its model
    }
    LatestRuns latest(fixture.context);
    QVERIFY(fixture.open());
    const auto names = [&latest] {
        QStringList texts;
        for (const QPushButton *button : latest.findChildren<QPushButton *>()) {
            texts.append(button->text());
        }
        return texts;
    };
    QTRY_COMPARE(names(), QStringList({"newer", "older"}));
}

void TstOverview::defaultsCountAsWritten()
{
    Recipe recipe;
    recipe.allocation = ComponentChoice{"sensitivity-ilp", "{}"}; // known without the engine
    Recipe other = recipe;
    const ComponentEntry *entry = Registry::instance().find(Kind::allocator, "sensitivity-ilp");
    QVERIFY(entry != nullptr);
    Json whole = Json::object();
    entry->normalize(Json::object(), "recipe", whole);
    other.allocation->params = whole.dump();
    QCOMPARE(quantizationOf(recipe), quantizationOf(other));
    other.calibration.samples = 3;
    other.seed = 7;
    QCOMPARE(quantizationOf(recipe), quantizationOf(other)); // the form of the layers is the same
    other.weights.params = R"({"bits":3,"group_size":128})";
    QVERIFY(quantizationOf(recipe) != quantizationOf(other));
}

void TstOverview::theLossIsThatOfTheRecipesOwnRun()
{
    test::ViewFixture fixture;
    QString ofRecipe;
    QString other;
    {
        store::ExperimentStore made = fixture.store();
        ofRecipe = QString::fromStdString(
            test::addToyRun(made, "rtn, 4 bits", 4, fixture.recipe.recipe().toText()));
        Recipe three = fixture.recipe.recipe();
        three.weights.params = R"({"bits":3,"group_size":128})";
        other = QString::fromStdString(
            test::addToyRun(made, "rtn, 3 bits", 3, three.toText())); // the newest
    }
    OverviewView view(fixture.context);
    QVERIFY(fixture.open());
    const auto texts = [&view] { return textsOf(view); };
    QTRY_VERIFY(texts().contains("rtn, 4 bits: "));
    QVERIFY(texts().contains("Loss with the recipe"));
    RecipeRuns runs;
    QCOMPARE(runs.newestOf(fixture.context), ofRecipe);
    fixture.selection.setRun(other); // says whose it is, and its own size
    QTRY_VERIFY(texts().contains("rtn, 3 bits, "));
    QVERIFY(texts().contains("Loss of another run"));
}

void TstOverview::theLossStaysWhenOtherRunsFinish()
{
    test::ViewFixture fixture;
    const auto add = [&](const char *name, double bits, const Recipe &recipe) {
        store::ExperimentStore made = fixture.store();
        const std::string id = test::addToyRun(made, name, bits, recipe.toText());
        fixture.project.refreshRuns();
        return QString::fromStdString(id);
    };
    add("rtn, 3 bits", 3, ofBits(R"({"bits":3,"group_size":128})"));
    OverviewView view(fixture.context);
    QVERIFY(fixture.open());
    QTRY_VERIFY(textsOf(view).contains("; rtn, 3 bits, "));
    const QString newer = add("rtn, 2 bits", 2, ofBits(R"({"bits":2,"group_size":128})"));
    QTRY_VERIFY(fixture.project.findRun(newer) != nullptr);
    QTRY_VERIFY(fixture.library.resultOf<RunSummary>(newer) != nullptr);
    QVERIFY(textsOf(view).contains("; rtn, 3 bits, "));
    QVERIFY(textsOf(view).contains("Loss of another run"));
    // What the card is about is the recipe: its own run is shown as soon as there is one.
    add("rtn, 4 bits", 4, fixture.recipe.recipe());
    QTRY_VERIFY(textsOf(view).contains("; rtn, 4 bits: "));
    QVERIFY(textsOf(view).contains("Loss with the recipe"));
    fixture.recipe.edit("Bits", ofBits(R"({"bits":6,"group_size":128})"));
    QTRY_VERIFY(textsOf(view).contains("; rtn, 4 bits, "));
    QVERIFY(textsOf(view).contains("Loss of another run"));
}

void TstOverview::aJobThatBeginsIsSaidSo()
{
    test::FakeEngine engine;
    test::ViewFixture fixture;
    test::writeToyLlama(fixture.folder.filePath("toy").toStdString());
    fixture.project.open(fixture.folder.filePath("toy"), fixture.path());
    QTRY_VERIFY(fixture.project.state() == Project::State::Ready);
    fixture.project.setDataFiles(fixture.folder.filePath("toy/config.json"), {});
    StartButtons buttons(fixture.context);
    const auto *button = buttons.findChildren<QPushButton *>().at(1);
    QCOMPARE(button->text(), "Measure sensitivity");
    QVERIFY(button->toolTip().contains("the recipe's quantizer")); // not that of the run shown
    fixture.hub.setEngine(&engine);
    JobRequest request;
    request.kind = "generate";
    fixture.hub.submit(request, "first");
    request.kind = "sensitivity";
    fixture.hub.submit(request, "second");
    QVERIFY(textsOf(buttons).contains("waits its turn"));
    engine.finish(1);
    QTRY_VERIFY(textsOf(buttons).contains("at work"));
    QVERIFY(!textsOf(buttons).contains("waits its turn"));
}

BITPRISM_TEST(TstOverview);
#include "tst_overview.moc"
