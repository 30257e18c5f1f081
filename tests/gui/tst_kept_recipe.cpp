// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/component.h"
#include "tests/gui/open_window.h"
#include "tests/gui/toy_bench.h"
#include "tests/support/test_main.h"
#include "widgets/recipe/recipe_files.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/shared/settings.h"

#include <QLabel>
#include <QSettings>

#include <fstream>

using namespace bitprism;

namespace {

const QString layerOfToys = QStringLiteral("model.layers.0.mlp.up_proj");

/// Where the recipe of the model in `folder` is kept.
QString keptAt(const QString &folder) { return modelKey("recipe", folder.toStdString()); }

/// Three bits, and eight for one layer.
Recipe editInto(RecipeDocument &document)
{
    Recipe edited = document.recipe();
    edited.weights.params = R"({"bits":3,"group_size":128})";
    document.edit("Bits", edited);
    document.setLayerBits(layerOfToys, 8);
    return document.recipe();
}

/// From the start of the program to the model that is read.
struct Session : test::OpenWindow
{
    explicit Session(const QString &target, bool keepsRecipes = true)
        : OpenWindow(target)
    {
        if (keepsRecipes) {
            workbench.recipeKeeper.start();
        }
    }
    RecipeDocument &document() { return workbench.recipe; }
    bool openAlso(const QString &target)
    {
        window.openTarget(target);
        return QTest::qWaitFor([&] {
            return window.project().state() == Project::State::Ready
                && QString::fromStdString(window.project().model()->path) == target;
        });
    }
};

} // namespace

/// What the window edits is there again when the same model is opened.
class TstKeptRecipe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMethodThatIsGoneIsDropped(); // first: in a process that has not loaded the engine
    void editsAreThereInTheNextSession();
    void eachModelHasItsOwn();
    void picturesAndMeasurementsKeepNothing();
    void aWrongEditLeavesWhatWasKept();
    void aWrongTextIsDropped_data();
    void aWrongTextIsDropped();
    void aRecipeOpenedFirstIsForTheModelToCome();

private:
    /// A toy of its own for each test; its path is returned.
    QString newToy();
    QTemporaryDir m_folder;
    int m_toys = 0;
};

QString TstKeptRecipe::newToy()
{
    const QString path = m_folder.filePath(QString("toy%1").arg(m_toys++));
    test::writeToyLlama(path.toStdString());
    return path;
}

void TstKeptRecipe::editsAreThereInTheNextSession()
{
    const QString model = newToy();
    Recipe edited;
    {
        Session first(model);
        QVERIFY(first.waitUntilRead());
        QCOMPARE(first.document().recipe(), Recipe());
        edited = editInto(first.document());
    }
    Session next(model);
    QVERIFY(next.waitUntilRead());
    QCOMPARE(next.document().recipe(), edited);
    QCOMPARE(next.document().layerBits(layerOfToys), std::optional(8));
    QCOMPARE(next.document().undoStack().count(), 0);
    QVERIFY(!next.document().undoStack().canUndo());
    // A moment after an edit it is safe from a program that ends badly.
    Recipe seeded = edited;
    seeded.seed = 12345;
    next.document().edit("Seed", seeded);
    QTRY_VERIFY(QSettings().value(keptAt(model)).toString().contains("12345"));
}

void TstKeptRecipe::eachModelHasItsOwn()
{
    const QString model = newToy();
    const QString other = newToy();
    Session session(model);
    QVERIFY(session.waitUntilRead());
    const Recipe edited = editInto(session.document());
    QVERIFY(session.openAlso(other));
    QVERIFY(session.document().recipe().overrides.empty());
    QVERIFY(session.openAlso(model));
    QCOMPARE(session.document().recipe(), edited);
    QCOMPARE(session.document().undoStack().count(), 0);
    QVERIFY(!QSettings().contains(keptAt(other))); // nobody edited it there
}

void TstKeptRecipe::picturesAndMeasurementsKeepNothing()
{
    const QString model = newToy();
    {
        Session session(model, false);
        QVERIFY(session.waitUntilRead());
        editInto(session.document());
    }
    QVERIFY(!QSettings().contains(keptAt(model)));
    QSettings().setValue(keptAt(model), R"({"seed":7})");
    Session session(model, false);
    QVERIFY(session.waitUntilRead());
    QCOMPARE(session.document().recipe(), Recipe());
}

/// What is half typed must not cost the rest.
void TstKeptRecipe::aWrongEditLeavesWhatWasKept()
{
    const QString model = newToy();
    Recipe edited;
    {
        Session first(model);
        QVERIFY(first.waitUntilRead());
        edited = editInto(first.document());
        QTRY_VERIFY(QSettings().contains(keptAt(model)));
        Recipe wrong = edited;
        wrong.overrides.push_back({}); // names no layer yet
        first.document().edit("Exceptions", wrong);
    }
    Session next(model);
    QVERIFY(next.waitUntilRead());
    QCOMPARE(next.document().recipe(), edited);
}

void TstKeptRecipe::aWrongTextIsDropped_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<std::uint64_t>("seed");
    const std::uint64_t usual = Recipe().seed;
    QTest::newRow("a good one") << R"({"seed":7})" << std::uint64_t(7);
    QTest::newRow("no JSON") << R"({"seed":7)" << usual;
    QTest::newRow("an unknown key") << R"({"seed":7,"wieghts":{"id":"rtn"}})" << usual;
    QTest::newRow("a value out of range") << R"({"seed":7,"calibration":{"samples":-1}})" << usual;
}

void TstKeptRecipe::aWrongTextIsDropped()
{
    QFETCH(const QString, text);
    QFETCH(const std::uint64_t, seed);
    const QString model = newToy();
    QSettings().setValue(keptAt(model), text);
    Session session(model);
    QVERIFY(session.waitUntilRead());
    Recipe expected;
    expected.seed = seed;
    QCOMPARE(session.document().recipe(), expected);
    QCOMPARE(session.window.recipePanel().findChild<RecipeFiles *>()->problem(), QString());
}

/// What the engine knows shows once it is there.
void TstKeptRecipe::aMethodThatIsGoneIsDropped()
{
    test::ToyBench bench;
    QSettings().setValue(keptAt(bench.folder.filePath("toy")), R"({"weights":{"id":"gone"}})");
    const bool isKnown = Registry::instance().find(Kind::weights, "rtn") != nullptr;
    bool wasThere = false;
    connect(&bench.workbench.recipe, &RecipeDocument::changed, this,
            [&] { wasThere = wasThere || bench.workbench.recipe.recipe().weights.id == "gone"; });
    bench.workbench.recipeKeeper.start();
    QVERIFY(bench.isReady());
    QTRY_COMPARE(bench.workbench.recipe.recipe(), Recipe());
    QVERIFY(wasThere || isKnown); // where the engine was there before it is not even brought back
}

/// As `bitprism recipe.json` and a model after it.
void TstKeptRecipe::aRecipeOpenedFirstIsForTheModelToCome()
{
    const QString model = newToy();
    QSettings().setValue(keptAt(model), R"({"seed":7})");
    Recipe named;
    named.weights.params = R"({"bits":2,"group_size":128})";
    named.overrides.push_back({});
    named.overrides.back().match = layerOfToys.toStdString();
    named.overrides.back().bits = 8;
    const QString file = m_folder.filePath("named.json");
    std::ofstream(file.toStdString()) << named.toFileText();
    Session session({});
    QVERIFY(session.waitUntilRead());
    session.window.openFirst(file, session.folder.filePath("none.bitprism"), false);
    QTRY_COMPARE(session.document().recipe(), named);
    const auto *line = session.window.recipePanel().findChild<RecipeFiles *>();
    QVERIFY(line->isVisible());
    QCOMPARE(line->findChild<QLabel *>()->text(), QString("Recipe opened from named.json."));
    QCOMPARE(line->problem(), QString());
    QVERIFY(session.openAlso(model));
    QCOMPARE(session.document().recipe(), named);
    QTRY_VERIFY(QSettings().value(keptAt(model)).toString().contains(layerOfToys));
    session.document().undoStack().undo(); // the model's own is there again
    Recipe own;
    own.seed = 7;
    QCOMPARE(session.document().recipe(), own);
    QVERIFY(!session.document().undoStack().canUndo());
    QVERIFY(!line->isVisible()); // it is not that file's any more
    QTRY_VERIFY(!QSettings().value(keptAt(model)).toString().contains(layerOfToys));
}

BITPRISM_TEST(TstKeptRecipe);
#include "tst_kept_recipe.moc"
