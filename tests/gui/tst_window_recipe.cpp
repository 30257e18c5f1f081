// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/sensitivity_table.h"
#include "tests/gui/toy_bench.h"
#include "tests/support/test_main.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/recipe/recipe_panel.h"

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>

#include <functional>

using namespace bitprism;

namespace {

using Bench = test::ToyBench;
using test::jobLimit;

/// The window's own Undo or Redo, as from the menu.
QAction *editAction(MainWindow &window, const QString &start)
{
    for (QAction *action : window.menuBar()->findChildren<QAction *>()) {
        if (action->text().remove('&').startsWith(start) && !action->shortcuts().isEmpty()) {
            return action;
        }
    }
    return nullptr;
}

template <typename T> T *named(QWidget &parent, const QString &name)
{
    for (T *widget : parent.findChildren<T *>()) {
        if (widget->accessibleName() == name) {
            return widget;
        }
    }
    return nullptr;
}

QPushButton *button(QWidget &parent, const QString &text)
{
    for (QPushButton *each : parent.findChildren<QPushButton *>()) {
        if (each->text().remove('&') == text || each->accessibleName() == text) {
            return each;
        }
    }
    return nullptr;
}

void choose(QComboBox &box, const QString &data)
{
    const int place = box.findData(data);
    QVERIFY2(place >= 0, qPrintable(data));
    box.setCurrentIndex(place);
    Q_EMIT box.activated(place);
}

/// What is queued by a click, such as the removal of a row, has happened.
void settle()
{
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
}

/// One way to edit the recipe, through the widget that a person uses.
struct Edit
{
    const char *what;
    std::function<void(Bench &)> act;
};

/// In an order in which each finds what it needs.
std::vector<Edit> allEdits()
{
    const auto panel = [](Bench &bench) -> QWidget & { return bench.window.recipePanel(); };
    const auto click = [panel](const char *text) {
        return [panel, text](Bench &bench) {
            QPushButton *found = button(panel(bench), text);
            QVERIFY2(found != nullptr && found->isEnabled(), text);
            found->click();
            settle();
        };
    };
    const auto pick = [panel](const char *box, const char *id) {
        return [panel, box, id](Bench &bench) {
            auto *found = named<QComboBox>(panel(bench), box);
            QVERIFY2(found != nullptr, box);
            choose(*found, id);
        };
    };
    return {
        {"parameter",
         [panel](Bench &bench) {
             auto *bits = panel(bench).findChild<QSpinBox *>("bits");
             QTest::keyClick(bits, Qt::Key_Up);
         }},
        {"method", pick("Weights", "gptq")},
        {"activation quantizer", pick("Activations", "per-token-dynamic")},
        {"cache", pick("KV cache", "dynamic")},
        {"transform added", click("Add a transform")},
        {"second transform", click("Add a transform")},
        {"transform chosen", pick("Transform 2", "smoothquant")},
        {"transform moved", click("Apply earlier: Transform 2")},
        {"transform removed", click("Remove: Transform 1")},
        {"allocation", pick("Allocation", "uniform")},
        {"measurement added", click("Add a measurement")},
        {"measurement chosen", pick("Measurement 1", "kl-divergence")},
        {"second measurement", click("Add a measurement")},
        {"measurement removed", click("Remove: Measurement 1")},
        {"exception added", click("Add an exception")},
        {"samples",
         [panel](Bench &bench) {
             auto *samples = panel(bench).findChild<QLineEdit *>("samples");
             QVERIFY(samples != nullptr);
             samples->setFocus();
             samples->selectAll();
             QTest::keyClicks(samples, "12");
         }},
        {"seed",
         [panel](Bench &bench) {
             auto *seed = panel(bench).findChild<QLineEdit *>("seed");
             QVERIFY(seed != nullptr);
             seed->setFocus();
             seed->selectAll();
             QTest::keyClicks(seed, "77");
         }},
        {"sampler", pick("Calibration", "sequential")},
        {"layer's bits",
         [](Bench &bench) {
             bench.workbench.recipe.setLayerBits("model.layers.0.mlp.up_proj", 2);
         }},
    };
}

} // namespace

/// Every edit of the recipe is taken back and done again, from the window's own controls.
class TstWindowRecipe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachEditUndoesAndRedoes();
    void aLongSequenceUndoesToTheStart();
    void aClickOnACellUndoes();
    void theFormShowsWhatWasUndoneUnderTheCursor();
    void nameAndExperimentStayOutOfTheHistory();
};

void TstWindowRecipe::eachEditUndoesAndRedoes()
{
    Bench bench;
    QVERIFY(bench.isReady());
    RecipeDocument &document = bench.workbench.recipe;
    QAction *undo = editAction(bench.window, "Undo");
    QAction *redo = editAction(bench.window, "Redo");
    QVERIFY(undo != nullptr && redo != nullptr);
    QVERIFY(!undo->isEnabled());
    for (const Edit &edit : allEdits()) {
        const Recipe before = document.recipe();
        const int steps = document.undoStack().index();
        edit.act(bench);
        if (QTest::currentTestFailed()) {
            qWarning("%s", edit.what);
            return;
        }
        const Recipe after = document.recipe();
        QVERIFY2(!(after == before), edit.what);
        QVERIFY2(document.undoStack().index() == steps + 1, edit.what); // one edit, one step
        QVERIFY2(undo->isEnabled() && undo->text().size() > QString("&Undo ").size(), edit.what);
        undo->trigger();
        settle();
        QVERIFY2(document.recipe() == before, edit.what);
        redo->trigger();
        settle();
        QVERIFY2(document.recipe() == after, edit.what);
    }
}

void TstWindowRecipe::aLongSequenceUndoesToTheStart()
{
    Bench bench;
    QVERIFY(bench.isReady());
    RecipeDocument &document = bench.workbench.recipe;
    const Recipe start = document.recipe();
    std::vector<Recipe> states{start};
    for (const Edit &edit : allEdits()) {
        edit.act(bench);
        QVERIFY2(!QTest::currentTestFailed(), edit.what);
        states.push_back(document.recipe());
    }
    QAction *undo = editAction(bench.window, "Undo");
    QAction *redo = editAction(bench.window, "Redo");
    for (std::size_t place = states.size() - 1; place > 0; --place) {
        QVERIFY(document.recipe() == states[place]);
        QVERIFY(undo->isEnabled());
        undo->trigger();
        settle();
    }
    QCOMPARE(document.recipe(), start);
    QVERIFY(!undo->isEnabled());
    // The form shows the start, too.
    QWidget &panel = bench.window.recipePanel();
    QCOMPARE(named<QComboBox>(panel, "Weights")->currentData().toString().toStdString(),
             start.weights.id);
    QVERIFY(button(panel, "Remove: Transform 1") == nullptr);
    QVERIFY(button(panel, "Remove: Measurement 1") == nullptr);
    QCOMPARE(panel.findChild<QLineEdit *>("seed")->text(), QString("0"));
    for (std::size_t place = 1; place < states.size(); ++place) {
        QVERIFY(redo->isEnabled());
        redo->trigger();
        settle();
        QVERIFY(document.recipe() == states[place]);
    }
    QVERIFY(!redo->isEnabled());
}

void TstWindowRecipe::aClickOnACellUndoes()
{
    Bench bench;
    QVERIFY(bench.isReady());
    const quint64 job = bench.submitSensitivity();
    QCOMPARE(bench.waitFor(job), JobState::Finished);
    bench.window.showView("sensitivity");
    auto *map = bench.window.views().currentWidget()->findChild<HeatMapPlot *>();
    QVERIFY(QTest::qWaitFor([&] { return map->itemCount() > 0 && !map->itemRect(0).isEmpty(); },
                            jobLimit));
    RecipeDocument &document = bench.workbench.recipe;
    const Recipe before = document.recipe();
    const QPoint place = map->itemRect(0).center().toPoint();
    QTest::mouseClick(&map->canvas(), Qt::LeftButton, {}, place);
    const QString layer = bench.workbench.selection.layer();
    QVERIFY(!layer.isEmpty());
    // The cell offers its width, or sets it at once.
    if (document.recipe() == before) {
        QPushButton *take = nullptr;
        for (QPushButton *each :
             bench.window.views().currentWidget()->findChildren<QPushButton *>()) {
            const bool sets
                = each->isVisible() && each->isEnabled() && each->text().contains("bits");
            take = sets ? each : take;
        }
        QVERIFY(take != nullptr);
        take->click();
    }
    QVERIFY(document.layerBits(layer).has_value());
    editAction(bench.window, "Undo")->trigger();
    QCOMPARE(document.recipe(), before);
    editAction(bench.window, "Redo")->trigger();
    QVERIFY(document.layerBits(layer).has_value());
}

/// Also where the field that shows it has the focus.
void TstWindowRecipe::theFormShowsWhatWasUndoneUnderTheCursor()
{
    Bench bench;
    QVERIFY(bench.isReady());
    bench.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&bench.window));
    for (const char *key : {"samples", "seed"}) {
        auto *field = bench.window.recipePanel().findChild<QLineEdit *>(key);
        const QString before = field->text();
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, "31");
        QCOMPARE(field->text(), QString("31"));
        editAction(bench.window, "Undo")->trigger();
        QVERIFY2(field->text() == before, key);
        editAction(bench.window, "Redo")->trigger();
        QVERIFY2(field->text() == "31", key);
    }
}

/// They belong to the next run, not to the recipe: their field's own undo takes typing back.
void TstWindowRecipe::nameAndExperimentStayOutOfTheHistory()
{
    Bench bench;
    QVERIFY(bench.isReady());
    bench.window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&bench.window));
    QTest::keyClick(bench.window.recipePanel().findChild<QSpinBox *>("bits"), Qt::Key_Up);
    const Recipe edited = bench.workbench.recipe.recipe();
    auto *name = bench.window.recipePanel().findChild<QLineEdit *>("name");
    QVERIFY(name != nullptr);
    for (QWidget *part = name; part != nullptr; part = part->parentWidget()) {
        part->show();
    }
    name->setFocus();
    QTest::keyClicks(name, "first try");
    QCOMPARE(bench.workbench.recipe.undoStack().count(), 1);
    QTest::keyClick(name, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(name->text(), QString());
    QCOMPARE(bench.workbench.recipe.recipe(), edited); // the recipe is not what was typed last
}

BITPRISM_TEST(TstWindowRecipe);
#include "tst_window_recipe.moc"
