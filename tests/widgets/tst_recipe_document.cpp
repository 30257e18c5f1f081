// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "widgets/recipe/recipe_document.h"

#include <QSignalSpy>

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

BITPRISM_TEST(TstRecipeDocument);
#include "tst_recipe_document.moc"
