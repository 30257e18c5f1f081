// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_model.h"
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/report/report_preview.h"
#include "widgets/report/report_view.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTextBrowser>
#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

struct Reported : test::ViewFixture
{
    Reported()
    {
        store::ExperimentStore made = store();
        for (const int bits : {4, 3}) {
            ids.append(QString::fromStdString(
                test::addToyRun(made, std::to_string(bits) + " bits", bits, "{}")));
        }
        made.putResult(ids[0].toStdString(), test::toySensitivity());
    }
    bool show()
    {
        view = std::make_unique<ReportView>(context);
        view->resize(1000, 800);
        view->show();
        QSignalSpy shown(view.get(), &ReportView::previewShown);
        return open() && (!shown.isEmpty() || shown.wait());
    }
    QString text() { return view->findChild<QTextBrowser *>()->toPlainText(); }

    QStringList ids;
    std::unique_ptr<ReportView> view;
};

} // namespace

class TstReportView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNameThatEndsAsAnotherFormatIsRefused()
    {
        Reported r;
        QVERIFY(r.show());
        for (QComboBox *box : r.view->findChildren<QComboBox *>()) {
            if (box->findData("json") >= 0) {
                box->setCurrentIndex(box->findData("json"));
            }
        }
        const QString path = r.folder.filePath("report.pdf");
        QSignalSpy exported(r.view.get(), &ReportView::exported);
        r.view->exportTo(path);
        bool isSaid = false;
        for (const QLabel *label : r.view->findChildren<QLabel *>()) {
            isSaid = isSaid || (label->text().contains(".pdf") && label->text().contains(".json"));
        }
        QVERIFY(isSaid);
        QVERIFY(!QFileInfo::exists(path));
        r.view->exportTo(r.folder.filePath("report.JSON"));
        QVERIFY(exported.wait());
    }

    void thePreviewSaysWhatTheReportSays()
    {
        Reported r;
        QVERIFY(r.show());
        for (const char *part : {"4 bits", "3 bits", "Results", "How to repeat it"}) {
            QVERIFY2(r.text().contains(part), part);
        }
        QVERIFY(test::isPainted(*r.view));
    }

    void byDefaultItIsAboutOneModel()
    {
        Reported r;
        store::ExperimentStore made = r.store();
        const QString other = QString::fromStdString(
            test::addToyRun(made, "of another model", 4, "{}", std::string(64, '1')));
        const std::vector<store::RunRecord> runs = made.listRuns();
        const QStringList chosen = defaultReport(runs, 8);
        QCOMPARE(chosen, QStringList{other}); // it is the newest
        made.deleteRun(other.toStdString());
        QCOMPARE(defaultReport(made.listRuns(), 8), r.ids);
    }

    /// Else a preview asks for the next one without end.
    void thePaperIsAsWideWithoutADocument()
    {
        Reported r;
        QVERIFY(r.show());
        auto *paper = r.view->findChild<QTextBrowser *>();
        QVERIFY(paper->verticalScrollBar()->maximum() > 0);
        const int width = paper->viewport()->width();
        paper->document()->clear();
        QTRY_COMPARE(paper->verticalScrollBar()->maximum(), 0);
        QCOMPARE(paper->viewport()->width(), width);
    }

    void chartsArePicturesInTheSharpnessOfTheScreen()
    {
        Reported r;
        const std::vector<std::string> ids{r.ids[0].toStdString(), r.ids[1].toStdString()};
        const ReportModel report = buildReport(r.store(), ids);
        const ReportPreview preview = makePreview(report, {}, 500, 2);
        QVERIFY(!preview.charts.empty());
        for (const QImage &chart : preview.charts) {
            QCOMPARE(chart.width(), 1000);
            QCOMPARE(chart.devicePixelRatio(), 2);
            QVERIFY(preview.html.contains("chart-0"));
        }
        ReportSections none{false, false, false, false, false, false, false};
        QVERIFY(makePreview(report, none, 500, 1).charts.empty());
    }

    void eachChartIsOfferedAsAPicture()
    {
        Reported r;
        QVERIFY(r.show());
        auto *paper = r.view->findChild<QTextBrowser *>();
        const auto charts = r.view->findChildren<PictureMenu *>();
        QVERIFY(!charts.empty());
        QVERIFY(!charts.first()->title().isEmpty());
        // By the menu key every chart has a menu; by the mouse the one that it points to.
        QContextMenuEvent key(QContextMenuEvent::Keyboard, QPoint(5, 5),
                              paper->mapToGlobal(QPoint(5, 5)));
        QApplication::sendEvent(paper, &key);
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        QVERIFY(menu != nullptr);
        QStringList texts;
        for (QAction *action : menu->actions()) {
            texts.append(action->text());
        }
        QVERIFY2(texts.contains(charts.first()->title()), qPrintable(texts.join('|')));
        menu->close();
        const QTextDocument &document = *paper->document();
        QPoint place(paper->viewport()->width() / 2, 0);
        while (document.documentLayout()->imageAt(place).isEmpty()
               && place.y() < document.size().height()) {
            place.ry() += 5;
        }
        paper->verticalScrollBar()->setValue(place.y());
        place.ry() -= paper->verticalScrollBar()->value();
        QContextMenuEvent click(QContextMenuEvent::Mouse, place,
                                paper->viewport()->mapToGlobal(place));
        QApplication::sendEvent(paper->viewport(), &click);
        menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        QVERIFY(menu != nullptr);
        QVERIFY(menu->actions().contains(charts.first()->actions().first()));
        menu->close();
    }

    void aFailedExportIsAnErrorUntilAnotherProjectComes()
    {
        Reported r;
        QVERIFY(r.show());
        QSignalSpy written(&r.library, &RunLibrary::reportWritten);
        r.view->exportTo("/nowhere/at/all/report.html");
        QVERIFY(!written.isEmpty() || written.wait());
        const auto status = [&]() -> QLabel * {
            for (QLabel *label : r.view->findChildren<QLabel *>()) {
                if (label->text().contains("/nowhere/at/all")) {
                    return label;
                }
            }
            return nullptr;
        };
        QVERIFY(status() != nullptr);
        QCOMPARE(status()->palette().color(QPalette::WindowText), Theme::of(r.view->palette()).bad);
        QVERIFY(r.open());
        QVERIFY(status() == nullptr);
    }

    void aSectionSwitchedOffLeavesThePreviewAndTheDocument()
    {
        Reported r;
        QVERIFY(r.show());
        QSignalSpy shown(r.view.get(), &ReportView::previewShown);
        QCheckBox *provenance = nullptr;
        for (QCheckBox *box : r.view->findChildren<QCheckBox *>()) {
            provenance = box->text() == "Provenance" ? box : provenance;
        }
        QVERIFY(provenance != nullptr);
        QTest::mouseClick(provenance, Qt::LeftButton, {}, QPoint(6, provenance->height() / 2));
        QVERIFY(!r.view->sections().provenance);
        QTRY_VERIFY(!r.text().contains("How to repeat it"));
        const QString path = r.folder.filePath("report.html");
        QSignalSpy exported(r.view.get(), &ReportView::exported);
        r.view->exportTo(path);
        QVERIFY(exported.wait());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray html = file.readAll();
        QVERIFY(html.contains("3 bits") && !html.contains("How to repeat it"));
    }

    /// The toy runs have sensitivity, and nothing of outliers.
    void aSectionThatNoRunHasIsOffAndSaysSo()
    {
        Reported r;
        QVERIFY(r.show());
        const auto boxOf = [&](const QString &name) {
            QCheckBox *found = nullptr;
            for (QCheckBox *box : r.view->findChildren<QCheckBox *>()) {
                found = box->text().startsWith(name) ? box : found;
            }
            return found;
        };
        QCheckBox *outliers = boxOf("Outliers");
        QVERIFY(outliers != nullptr);
        QVERIFY(!outliers->isEnabled() && !outliers->isChecked());
        QVERIFY(outliers->text().contains("none"));
        QVERIFY(outliers->toolTip().contains("None of the runs"));
        QVERIFY(boxOf("Sensitivity")->isEnabled() && boxOf("Sensitivity")->isChecked());
        QCOMPARE(boxOf("Sensitivity")->text(), QString("Sensitivity"));
        QVERIFY(r.view->sections().outliers); // wanted as soon as a run has some
    }

    void documentsReadBack_data()
    {
        QTest::addColumn<QString>("format");
        for (const char *format : {"html", "markdown", "csv", "json"}) {
            QTest::newRow(format) << format;
        }
    }

    void documentsReadBack()
    {
        QFETCH(QString, format);
        Reported r;
        QVERIFY(r.show());
        auto *box = r.view->findChild<QComboBox *>(QString(), Qt::FindChildrenRecursively);
        for (QComboBox *each : r.view->findChildren<QComboBox *>()) {
            box = each->findData("markdown") >= 0 ? each : box;
        }
        box->setCurrentIndex(box->findData(format));
        const QString path = r.folder.filePath("report." + format);
        QSignalSpy exported(r.view.get(), &ReportView::exported);
        r.view->exportTo(path);
        QVERIFY(exported.wait());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const std::string text = file.readAll().toStdString();
        QVERIFY(text.find("3 bits") != std::string::npos);
        if (format == "json") {
            const Json json = Json::parse(text);
            QCOMPARE(json.at("runs").size(), std::size_t{2});
        }
    }

    void aPlaceThatCannotBeWrittenIsASentence()
    {
        Reported r;
        QVERIFY(r.show());
        r.view->exportTo(r.folder.filePath("nowhere/report.html"));
        QTRY_VERIFY([&] {
            for (QLabel *label : r.view->findChildren<QLabel *>()) {
                if (label->text().contains("nowhere")) {
                    return true;
                }
            }
            return false;
        }());
    }

    void anEmptyStoreSaysWhatToDo()
    {
        test::ViewFixture fixture;
        static_cast<void>(fixture.store());
        ReportView view(fixture.context);
        view.show();
        QVERIFY(fixture.open());
        QVERIFY(view.findChild<StatePanel *>()->isVisible());
        QVERIFY(view.findChild<StatePanel *>()->sentence().contains("no run yet"));
    }

    void anUnfinishedRunIsSaidAboveTheReport()
    {
        Reported r;
        r.store().setStatus(r.ids[1].toStdString(), store::RunStatus::Cancelled);
        r.selection.setCompared(r.ids);
        QVERIFY(r.show());
        QVERIFY(r.view->findChild<StateBanner *>()->sentence().contains("stopped at"));
    }
};

BITPRISM_TEST(TstReportView);
#include "tst_report_view.moc"
