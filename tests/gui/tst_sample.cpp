// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_actions.h"
#include "core/families/locate_model.h"
#include "core/results/sensitivity_table.h"
#include "tests/gui/sample_window.h"
#include "tests/support/test_main.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/replot_queue.h"
#include "widgets/plot/series_plot.h"
#include "widgets/report/report_view.h"
#include "widgets/runs/runs_model.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/runs_view.h"

#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QPointer>
#include <QPushButton>
#include <QTabWidget>
#include <QTreeView>
#include <QWheelEvent>

#include <cmath>

using namespace bitprism;

namespace {

using Sample = test::SampleWindow;
using test::readLimit;

/// Saves a picture in every format and looks into the files.
template <typename Source>
void save(Source &source, const QString &title, const QTemporaryDir &folder)
{
    const QByteArray name = title.toUtf8();
    QVERIFY(!name.isEmpty());
    for (const auto &[ending, start] :
         {std::pair("png", "\x89PNG"), {"svg", "<?xml"}, {"pdf", "%PDF"}}) {
        const QString path = folder.filePath(QString("picture.") + ending);
        QSignalSpy saved(&source, &Source::pictureSaved);
        source.savePicture(path);
        QVERIFY2(saved.count() == 1 || saved.wait(readLimit), name);
        QVERIFY2(saved.first().at(1).toString().isEmpty(), name);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY2(bytes.startsWith(start), name);
        QVERIFY2(bytes.size() > 2000, name); // marks and texts
    }
}

} // namespace

/// What a person does first, in the window, on the finished sample project.
class TstSample : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theSampleOpensWithItsModel();
    void sensitivityCellsEqualTheStore();
    void twoRunsAreCompared();
    void theTradeOffsNameTheirRuns();
    void aBrushChoosesRunsToCompare();
    void aDoubleClickOpensTheRun();
    void everyPlotIsSavedCopiedAndMoved_data();
    void everyPlotIsSavedCopiedAndMoved();
    void whateverDrawsFiguresIsSaved_data();
    void whateverDrawsFiguresIsSaved();
    void aReportIsExported_data();
    void aReportIsExported();
    void everyViewHasNamesAndShowsResults();
    void thePaletteReachesPlotsAndTables();

private:
    std::filesystem::path m_project;
};

void TstSample::init()
{
    const auto project = sampleProject();
    if (!project) {
        QSKIP("the sample project is not built: cmake --build --preset dev --target "
              "sample-project");
    }
    m_project = *project;
}

void TstSample::theSampleOpensWithItsModel()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    QCOMPARE(sample.workbench.project.model()->name, std::string("tiny-llama"));
    QVERIFY(sample.workbench.project.isModelPresent()); // wherever the project was made
    QVERIFY(!sample.workbench.project.calibrationFile().isEmpty());
    QVERIFY(sample.runs().size() >= 3);
}

void TstSample::sensitivityCellsEqualTheStore()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    auto &map = sample.view<HeatMapPlot>("sensitivity");
    QTRY_VERIFY_WITH_TIMEOUT(map.itemCount() > 0, readLimit);
    // The frame stands before the cells have their values.
    QTRY_VERIFY_WITH_TIMEOUT(std::isfinite(map.cells().values[map.cells().at(0, 0)]), readLimit);
    const QString run = sample.workbench.library.newestRun(SensitivityTable::kind);
    const store::ExperimentStore store(sample.store.toStdString(), store::OpenMode::ReadOnly);
    const auto table = store.resultOf<SensitivityTable>(run.toStdString());
    QVERIFY(table != nullptr);
    QCOMPARE(map.itemCount(), static_cast<int>(table->cells.size()));
    for (std::size_t i = 0; i < table->cells.size(); ++i) {
        const SensitivityCell &cell = table->cells[i];
        const auto row = static_cast<int>(i / table->widths.size());
        const auto column
            = static_cast<int>(std::find(table->widths.begin(), table->widths.end(), cell.bits)
                               - table->widths.begin());
        QCOMPARE(map.cells().rows[static_cast<std::size_t>(row)].id.toStdString(), cell.layer);
        QCOMPARE(map.cells().values[map.cells().at(row, column)],
                 cell.klDivergence.value_or(std::nan("")));
    }
}

void TstSample::twoRunsAreCompared()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    auto *tree = sample.window.runsPanel().findChild<QTreeView *>();
    auto *model = sample.window.runsPanel().findChild<RunsModel *>();
    tree->expandAll();
    tree->selectionModel()->clear();
    const QStringList runs = sample.runs();
    for (const QString &run : {runs[0], runs[1]}) {
        tree->selectionModel()->select(model->indexOfRun(run),
                                       QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    sample.window.runsPanel().compareSelected();
    QCOMPARE(sample.window.views().currentWidget()->objectName(), QString("compare"));
    auto *view = static_cast<RunsView *>(sample.window.views().currentWidget());
    QCOMPARE(QSet<QString>(view->ids().begin(), view->ids().end()),
             QSet<QString>({runs[0], runs[1]}));
    auto *metrics = view->findChild<DataTable *>();
    QTRY_VERIFY_WITH_TIMEOUT(metrics->isVisible() && metrics->view().model()->rowCount() >= 3,
                             readLimit);
    QVERIFY(metrics->selectionAsText().contains("Perplexity", Qt::CaseInsensitive));
}

void TstSample::theTradeOffsNameTheirRuns()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    auto &plot = sample.view<ScatterPlot>("trade_offs");
    QTRY_VERIFY_WITH_TIMEOUT(plot.itemCount() > 0, readLimit);
    QTest::mouseClick(&plot, Qt::LeftButton); // gives it the focus
    // The points of fronts and of the predicted frontier are items too, but no runs.
    int item = -1;
    for (int each = 0; each < plot.itemCount(); ++each) {
        const bool isOther = plot.itemId(each) != sample.workbench.selection.run();
        item = plot.isChoosable(each) && isOther ? each : item;
    }
    QVERIFY(item >= 0);
    const QString id = plot.itemId(item);
    QVERIFY(sample.runs().contains(id));
    QSignalSpy chosen(&sample.workbench.selection, &Selection::runChanged);
    plot.setCursor(item);
    QTest::keyClick(&plot, Qt::Key_Return);
    QCOMPARE(chosen.count(), 1);
    QCOMPARE(sample.workbench.selection.run(), id);
    const store::RunRecord *run = sample.workbench.project.findRun(id);
    QVERIFY(run != nullptr);
    QVERIFY2(plot.readOut().startsWith(QString::fromStdString(run->name)),
             qPrintable(plot.readOut())); // before its size and its loss
}

/// With Shift pressed, a frame is drawn around some of the runs.
void TstSample::aBrushChoosesRunsToCompare()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    auto &plot = sample.view<ScatterPlot>("trade_offs");
    QTRY_VERIFY_WITH_TIMEOUT(plot.itemCount() >= 3, readLimit);
    QTRY_VERIFY(!plot.canvas().plotRect().isEmpty() && !plot.itemRect(0).isEmpty());
    QSignalSpy brushed(&plot, &PlotFrame::brushed);
    const QRect area = plot.canvas().plotRect().toRect();
    QTest::mousePress(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, area.topLeft());
    for (const double share : {0.3, 0.6, 1.0}) {
        const QPoint place
            = area.topLeft() + QPoint(qRound(share * area.width()), qRound(share * area.height()));
        QMouseEvent move(QEvent::MouseMove, place, plot.canvas().mapToGlobal(place), Qt::NoButton,
                         Qt::LeftButton, Qt::ShiftModifier);
        QApplication::sendEvent(&plot.canvas(), &move);
    }
    QTest::mouseRelease(&plot.canvas(), Qt::LeftButton, Qt::ShiftModifier, area.bottomRight());
    QCOMPARE(brushed.count(), 1);
    QVERIFY(brushed.first().first().toStringList().size() >= 3);
    auto *view = sample.window.views().currentWidget();
    const auto buttons = view->findChildren<QPushButton *>();
    const auto compare = std::find_if(buttons.begin(), buttons.end(), [](const auto *button) {
        return button->text().contains("Compare these");
    });
    QVERIFY(compare != buttons.end() && (*compare)->isEnabled());
    (*compare)->click();
    QCOMPARE(sample.window.views().currentWidget()->objectName(), QString("compare"));
}

void TstSample::aDoubleClickOpensTheRun()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    auto &plot = sample.view<ScatterPlot>("trade_offs");
    QTRY_VERIFY_WITH_TIMEOUT(plot.itemCount() >= 3 && !plot.itemRect(0).isEmpty(), readLimit);
    const QPoint place = plot.itemRect(0).center().toPoint();
    const QString run = plot.itemId(plot.itemAt(place));
    QTest::mouseDClick(&plot.canvas(), Qt::LeftButton, {}, place);
    QCOMPARE(sample.window.views().currentWidget()->objectName(), QString("report"));
    QCOMPARE(sample.workbench.selection.run(), run);
}

void TstSample::everyPlotIsSavedCopiedAndMoved_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<int>("least"); // plots that the view has
    QTest::newRow("sensitivity") << "sensitivity" << 3;
    QTest::newRow("outliers") << "outliers" << 2;
    QTest::newRow("allocation") << "allocation" << 2;
    QTest::newRow("trade_offs") << "trade_offs" << 1;
    QTest::newRow("compare") << "compare" << 1;
}

void TstSample::everyPlotIsSavedCopiedAndMoved()
{
    QFETCH(QString, view);
    QFETCH(int, least);
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    sample.window.showView(view);
    const auto plots = [&] {
        QList<PlotFrame *> shown;
        for (auto *plot : sample.window.views().currentWidget()->findChildren<PlotFrame *>()) {
            if (plot->isVisible() && plot->itemCount() > 0 && !plot->isEmpty()) {
                shown.append(plot);
            }
        }
        return shown;
    };
    QTRY_VERIFY_WITH_TIMEOUT(plots().size() >= least, readLimit);
    QTRY_VERIFY(ReplotQueue::instance().isEmpty());
    for (PlotFrame *plot : plots()) {
        const QByteArray title = plot->title().toUtf8();
        for (const auto &[ending, start] :
             {std::pair("png", "\x89PNG"), {"svg", "<?xml"}, {"pdf", "%PDF"}}) {
            const QString path = sample.folder.filePath(QString("plot.") + ending);
            QSignalSpy saved(plot, &PlotFrame::pictureSaved);
            plot->savePicture(path);
            QVERIFY2(saved.wait(readLimit), title);
            QVERIFY2(saved.first().at(1).toString().isEmpty(), title);
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            QVERIFY2(bytes.startsWith(start), title);
            QVERIFY2(bytes.size() > 2000, title); // marks, axes and texts
        }
        plot->copyData();
        const QStringList lines = QApplication::clipboard()->text().trimmed().split('\n');
        QVERIFY2(lines.size() > 1, title);
        QVERIFY2(lines[1].count('\t') == lines[0].count('\t'), title);
        plot->setFocus();
        QTest::keyClick(plot, Qt::Key_Right);
        QVERIFY2(plot->cursor() >= 0 && !plot->readOut().isEmpty(), title);
        const QCPRange before = plot->canvas().yAxis->range();
        const QCPRange across = plot->canvas().xAxis->range();
        const QPointF middle = plot->canvas().plotRect().center();
        QWheelEvent wheel(middle, plot->canvas().mapToGlobal(middle), {}, {0, 240}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&plot->canvas(), &wheel);
        const bool isNearer = plot->canvas().yAxis->range().size() < before.size()
            || plot->canvas().xAxis->range().size() < across.size();
        QVERIFY2(isNearer, title);
        QTest::keyClick(plot, Qt::Key_Home);
        QCOMPARE(plot->canvas().yAxis->range().size(), before.size());
        QCOMPARE(plot->canvas().xAxis->range().size(), across.size());
    }
}

void TstSample::whateverDrawsFiguresIsSaved_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<int>("least"); // pictures that the view offers, in all of its tabs
    QTest::newRow("overview") << "overview" << 1; // the bars of its parts
    QTest::newRow("sensitivity") << "sensitivity" << 3;
    QTest::newRow("outliers") << "outliers" << 8;
    QTest::newRow("allocation") << "allocation" << 3;
    QTest::newRow("trade_offs") << "trade_offs" << 1;
    QTest::newRow("compare") << "compare" << 1;
    QTest::newRow("tokens") << "tokens" << 1; // the text on its colours
    QTest::newRow("report") << "report" << 3; // the charts of its pages
}

/// Every picture of every view, in each of its tabs, and in the inspector beside it.
void TstSample::whateverDrawsFiguresIsSaved()
{
    QFETCH(QString, view);
    QFETCH(int, least);
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    sample.window.showView(view);
    QSet<QString> titles;
    const auto saveAll = [&] {
        sample.settle();
        for (auto *plot : sample.window.findChildren<PlotFrame *>()) {
            if (plot->isVisible() && !plot->isEmpty() && !titles.contains(plot->title())) {
                titles.insert(plot->title());
                save(*plot, plot->title(), sample.folder);
            }
        }
        QList<QPointer<PictureMenu>> menus; // the report may be laid out anew meanwhile
        for (auto *menu : sample.window.findChildren<PictureMenu *>()) {
            menus.append(menu);
        }
        for (const QPointer<PictureMenu> &menu : std::as_const(menus)) {
            if (menu && menu->isVisible() && !titles.contains(menu->title())) {
                titles.insert(menu->title());
                save(*menu, menu->title(), sample.folder);
            }
        }
    };
    const auto count = [&] {
        saveAll();
        const QString own = QStringLiteral("Weights of this layer"); // the inspector's
        return std::count_if(titles.begin(), titles.end(),
                             [&own](const QString &title) { return !title.startsWith(own); });
    };
    for (QTabWidget *tabs : sample.window.views().currentWidget()->findChildren<QTabWidget *>()) {
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            saveAll();
        }
    }
    QTRY_VERIFY2_WITH_TIMEOUT(count() >= least,
                              qPrintable(QStringList(titles.values()).join(" | ")), readLimit);
}

void TstSample::aReportIsExported_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("part");
    QTest::newRow("html") << "html" << QByteArray("<svg");
    QTest::newRow("markdown") << "markdown" << QByteArray("| Run |");
    QTest::newRow("csv") << "csv" << QByteArray("gptq");
    QTest::newRow("json") << "json" << QByteArray("\"runs\"");
}

void TstSample::aReportIsExported()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, part);
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    sample.window.showView("report");
    auto *view = static_cast<ReportView *>(sample.window.views().currentWidget());
    QTRY_VERIFY_WITH_TIMEOUT(!view->ids().isEmpty(), readLimit);
    for (QComboBox *box : view->findChildren<QComboBox *>()) {
        const int place = box->findData(format);
        if (place >= 0) {
            box->setCurrentIndex(place);
        }
    }
    const QString path = sample.folder.filePath("report");
    QSignalSpy written(view, &ReportView::exported);
    view->exportTo(path);
    QVERIFY(written.wait(readLimit));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains(part));
}

void TstSample::everyViewHasNamesAndShowsResults()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    for (int i = 0; i < sample.window.views().count(); ++i) {
        sample.window.views().setCurrentIndex(i);
        QWidget *view = sample.window.views().currentWidget();
        QTRY_VERIFY2_WITH_TIMEOUT(view->findChild<StatePanel *>() == nullptr
                                      || !view->findChild<StatePanel *>()->isVisible(),
                                  qPrintable(view->objectName()), readLimit);
        for (const QWidget *widget : view->findChildren<QWidget *>()) {
            if (!widget->isVisible() || (widget->focusPolicy() & Qt::TabFocus) == 0
                || widget->objectName().startsWith("qt_")) {
                continue;
            }
            const QAccessibleInterface *face
                = QAccessible::queryAccessibleInterface(const_cast<QWidget *>(widget));
            QVERIFY2(face != nullptr && !face->text(QAccessible::Name).isEmpty(),
                     qPrintable(view->objectName() + ": " + widget->metaObject()->className()));
        }
    }
}

void TstSample::thePaletteReachesPlotsAndTables()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    QTRY_VERIFY_WITH_TIMEOUT(sample.view<ScatterPlot>("trade_offs").itemCount() > 0, readLimit);
    QStringList texts;
    for (const Command &command : sample.window.actions().commands()) {
        texts.append(command.title);
    }
    for (const char *wanted : {"Save as PNG", "Save as SVG", "Save as PDF", "Copy data",
                               "Save as CSV", "Run the recipe", "Shortcuts"}) {
        QVERIFY2(std::any_of(texts.begin(), texts.end(),
                             [wanted](const QString &text) { return text.startsWith(wanted); }),
                 wanted);
    }
    sample.window.showView("report");
    const auto commands = sample.window.actions().commands();
    QVERIFY(std::any_of(commands.begin(), commands.end(),
                        [](const Command &command) { return command.title == "Export report"; }));
}

BITPRISM_TEST(TstSample);
#include "tst_sample.moc"
