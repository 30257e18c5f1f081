// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "widgets/jobs/worker.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/recipe/recipe_files.h"
#include "widgets/recipe/recipe_keeper.h"
#include "widgets/shared/settings.h"

#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include <fstream>
#include <semaphore>

using namespace bitprism;

namespace {

Recipe withSeed(const RecipeDocument &document, std::uint64_t seed)
{
    Recipe recipe = document.recipe();
    recipe.seed = seed;
    return recipe;
}

} // namespace

class TstRecipeDocument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void editsUndoAndRedo();
    void editsOfOneSliderUndoAsOne();
    void otherSlidersDoNotMerge();
    void equalRecipesAreNoEdit();
    void aSliderMovedBackLeavesNoStep();
    void layerBitsAreOverrides();
    void clearingKeepsOtherSettingsOfTheLayer();
    void resetForgetsTheHistory();
    void aWorkerWritesWhatIsKept();
    void whatWasEditedLongestAgoIsNotKept();
    void whatIsWrongByNowIsDroppedUnlessEdited();
    void whatIsUndoneIsNotForTheNextModel();
    void aFileThatIsStillReadIsNotForAnotherModel();
};

void TstRecipeDocument::editsUndoAndRedo()
{
    RecipeDocument document;
    QSignalSpy spy(&document, &RecipeDocument::changed);
    document.edit("seed", withSeed(document, 5));
    QCOMPARE(document.recipe().seed, std::uint64_t(5));
    QCOMPARE(document.undoStack().undoText(), "seed");
    document.undoStack().undo();
    QCOMPARE(document.recipe(), Recipe());
    document.undoStack().redo();
    QCOMPARE(document.recipe().seed, std::uint64_t(5));
    QCOMPARE(spy.count(), 3);
}

void TstRecipeDocument::editsOfOneSliderUndoAsOne()
{
    RecipeDocument document;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        document.edit("seed", withSeed(document, seed), "seed");
    }
    QCOMPARE(document.undoStack().count(), 1);
    document.undoStack().undo();
    QCOMPARE(document.recipe(), Recipe());
    document.undoStack().redo();
    QCOMPARE(document.recipe().seed, std::uint64_t(20));
}

void TstRecipeDocument::otherSlidersDoNotMerge()
{
    RecipeDocument document;
    document.edit("seed", withSeed(document, 1), "seed");
    Recipe recipe = document.recipe();
    recipe.calibration.samples = 7;
    document.edit("samples", recipe, "samples");
    QCOMPARE(document.undoStack().count(), 2);
}

void TstRecipeDocument::equalRecipesAreNoEdit()
{
    RecipeDocument document;
    QSignalSpy spy(&document, &RecipeDocument::changed);
    document.edit("nothing", document.recipe());
    QCOMPARE(spy.count(), 0);
    QVERIFY(!document.undoStack().canUndo());
}

void TstRecipeDocument::aSliderMovedBackLeavesNoStep()
{
    RecipeDocument document;
    document.edit("seed", withSeed(document, 3), "seed");
    document.edit("seed", withSeed(document, 0), "seed");
    QCOMPARE(document.recipe(), Recipe());
    QVERIFY(!document.undoStack().canUndo());
}

void TstRecipeDocument::layerBitsAreOverrides()
{
    RecipeDocument document;
    QVERIFY(!document.layerBits("model.layers.0.mlp.up_proj"));
    document.setLayerBits("model.layers.0.mlp.up_proj", 3);
    document.setLayerBits("model.layers.0.mlp.up_proj", 8);
    document.setLayerBits("lm_head", 8);
    QCOMPARE(*document.layerBits("model.layers.0.mlp.up_proj"), 8);
    QCOMPARE(document.recipe().overrides.size(), std::size_t(2));
    QCOMPARE(document.undoStack().count(), 2);
    document.clearLayerBits("lm_head");
    QVERIFY(!document.layerBits("lm_head"));
    QCOMPARE(document.recipe().overrides.size(), std::size_t(1));
}

void TstRecipeDocument::clearingKeepsOtherSettingsOfTheLayer()
{
    RecipeDocument document;
    Recipe recipe;
    LayerOverride item;
    item.match = "lm_head";
    item.skip = false;
    item.bits = 4;
    recipe.overrides = {item};
    document.reset(recipe);
    document.clearLayerBits("lm_head");
    QCOMPARE(document.recipe().overrides.size(), std::size_t(1));
    QVERIFY(!document.layerBits("lm_head"));
}

void TstRecipeDocument::resetForgetsTheHistory()
{
    RecipeDocument document;
    document.edit("seed", withSeed(document, 1));
    document.reset(Recipe());
    QCOMPARE(document.recipe(), Recipe());
    QVERIFY(!document.undoStack().canUndo());
}

/// Writing settings waits for the disk: the GUI thread does not, and finds what is under way.
void TstRecipeDocument::aWorkerWritesWhatIsKept()
{
    const QStringList keys{"data/recipe/|models|kept", "data/recipe/|models|other"};
    const auto seedAt = [](const QString &key) {
        const std::string text = QSettings().value(key).toString().toStdString();
        return text.empty() ? std::uint64_t(0) : Recipe::fromJson(Json::parse(text), "kept").seed;
    };
    for (const QString &key : keys) {
        QSettings().remove(key);
    }
    std::binary_semaphore disk(0);
    Worker worker("a slow disk");
    RecipeDocument document;
    const auto answer = [](const Answer<bool> &) {};
    worker.ask<bool>(
        &document, [&disk] { return disk.acquire(), true; }, answer);
    {
        RecipeKeeper keeper(document, worker);
        keeper.start();
        keeper.open("/models/kept");
        document.edit("seed", withSeed(document, 5));
        keeper.open("/models/other"); // saves what was edited
        QVERIFY(!QSettings().contains(keys[0]));
        document.edit("seed", withSeed(document, 7));
        keeper.open("/models/kept");
        QCOMPARE(document.recipe().seed, std::uint64_t(5));
        document.edit("seed", withSeed(document, 6));
    }
    // At the end nothing waits for the worker, whose older texts change nothing any more.
    QCOMPARE(seedAt(keys[0]), std::uint64_t(6));
    QCOMPARE(seedAt(keys[1]), std::uint64_t(7));
    disk.release();
    bool isDone = false;
    worker.ask<bool>(
        &document, [] { return true; }, [&](const Answer<bool> &) { isDone = true; });
    QTRY_VERIFY(isDone);
    QCOMPARE(seedAt(keys[0]), std::uint64_t(6));
    for (const QString &key : keys) {
        QSettings().remove(key);
    }
}

void TstRecipeDocument::whatWasEditedLongestAgoIsNotKept()
{
    const auto pathOf = [](int number) { return "/models/limited" + std::to_string(number); };
    const auto isKept
        = [&](int number) { return QSettings().contains(modelKey("recipe", pathOf(number))); };
    QSettings().remove("data/recipe");
    Worker worker("settings");
    RecipeDocument document;
    RecipeKeeper keeper(document, worker);
    keeper.start();
    std::uint64_t seed = 1000;
    const auto edit = [&](int number) {
        keeper.open(pathOf(number));
        document.edit("seed", withSeed(document, ++seed));
    };
    for (int number = 0; number < RecipeKeeper::most; ++number) {
        edit(number);
    }
    edit(0); // once more
    edit(RecipeKeeper::most);
    keeper.open("/models/another"); // saves what was edited
    QTRY_VERIFY(isKept(RecipeKeeper::most));
    QVERIFY(isKept(0));
    QVERIFY(!isKept(1));
    QVERIFY(isKept(2));
    QSettings settings;
    settings.beginGroup("data/recipe");
    QCOMPARE(settings.childKeys().size(), qsizetype(RecipeKeeper::most));
    settings.remove("");
}

/// The engine knows more than was known when a recipe was brought back.
void TstRecipeDocument::whatIsWrongByNowIsDroppedUnlessEdited()
{
    const QString key = modelKey("recipe", "/models/wrong");
    QSettings().setValue(key, R"({"seed":5})");
    Worker worker("settings");
    RecipeDocument document;
    RecipeKeeper keeper(document, worker);
    keeper.start();
    keeper.open("/models/wrong");
    QCOMPARE(document.recipe().seed, std::uint64_t(5));
    keeper.checkAgain();
    QCOMPARE(document.recipe().seed, std::uint64_t(5));
    Recipe wrong = document.recipe();
    wrong.overrides.push_back({}); // names no layer
    document.edit("Exceptions", wrong);
    keeper.checkAgain();
    QCOMPARE(document.recipe(), wrong);
    document.reset(wrong); // as it was brought back
    keeper.checkAgain();
    QCOMPARE(document.recipe(), Recipe());
    QSettings().remove(key);
}

void TstRecipeDocument::whatIsUndoneIsNotForTheNextModel()
{
    const QString key = modelKey("recipe", "/models/undone");
    QSettings().setValue(key, R"({"seed":5})");
    Worker worker("settings");
    RecipeDocument document;
    RecipeKeeper keeper(document, worker);
    keeper.start();
    document.edit("seed", withSeed(document, 6));
    document.undoStack().undo();
    keeper.open("/models/undone");
    QCOMPARE(document.recipe().seed, std::uint64_t(5));
    QVERIFY(!document.undoStack().canUndo());
    QSettings().remove(key);
}

void TstRecipeDocument::aFileThatIsStillReadIsNotForAnotherModel()
{
    const QTemporaryDir folder;
    const QString file = folder.filePath("named.json");
    Recipe named;
    named.seed = 9;
    std::ofstream(file.toStdString()) << named.toFileText();
    Worker worker("files");
    RecipeDocument document;
    RecipeKeeper keeper(document, worker);
    RecipeFiles files(document, worker);
    const auto read = [&] {
        bool isDone = false; // after the file, which was asked for before
        worker.ask<bool>(
            &document, [] { return true; }, [&](const Answer<bool> &) { isDone = true; });
        return QTest::qWaitFor([&] { return isDone; });
    };
    files.openFrom(file); // before any model: for the one to come
    keeper.open("/models/first");
    QVERIFY(read());
    QCOMPARE(document.recipe().seed, std::uint64_t(9));
    document.edit("seed", withSeed(document, 3));
    files.openFrom(file);
    keeper.open("/models/second");
    QVERIFY(read());
    QCOMPARE(document.recipe().seed, std::uint64_t(3));
    QCOMPARE(files.problem(), QString());
    files.openFrom(file);
    QVERIFY(read());
    QCOMPARE(document.recipe().seed, std::uint64_t(9));
}

BITPRISM_TEST(TstRecipeDocument);
#include "tst_recipe_document.moc"
