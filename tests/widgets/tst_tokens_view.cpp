// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/token_losses.h"
#include "tests/support/test_main.h"
#include "tests/widgets/view_fixture.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/data_table.h"
#include "widgets/tokens/change_legend.h"
#include "widgets/tokens/continuation_panel.h"
#include "widgets/tokens/item_page.h"
#include "widgets/tokens/items_model.h"
#include "widgets/tokens/tokens_view.h"
#include "widgets/tokens/transcript_text.h"
#include "widgets/tokens/worst_model.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTextBrowser>

#include <limits>
#include <set>

using namespace bitprism;

namespace {

constexpr float notScored = std::numeric_limits<float>::quiet_NaN();
const char *const recipeText = R"({"version": 1, "weights": {"id": "rtn", "bits": 3}})";

TokenLosses text(float shift)
{
    TokenLosses losses;
    losses.task = "perplexity";
    losses.model = "/models/toy";
    losses.data = "/data/held-out.txt";
    losses.key = "text";
    for (int unit = 0; unit < 3; ++unit) {
        ScoredItem item;
        item.unit = unit;
        for (int i = 0; i < 40; ++i) {
            item.pieces.push_back(i == 7 ? "\n" : " word" + std::to_string(unit * 40 + i));
            const float loss = 1 + 0.05F * static_cast<float>(i);
            // What quantizing costs grows along the text, and is less than nothing at its start.
            item.losses.push_back(i == 0 ? notScored
                                         : loss + shift * static_cast<float>(i + unit - 5) / 10);
        }
        losses.items.push_back(std::move(item));
    }
    return losses;
}

TokenLosses speech(const char *heard, const char *steps)
{
    TokenLosses losses;
    losses.task = "wer";
    losses.data = "/data/speech";
    losses.key = "speech";
    ScoredItem item;
    item.source = "/data/speech/1-2-3.flac";
    item.reference = "the king slept well";
    item.hypothesis = heard;
    item.alignment = steps;
    losses.items = {item};
    return losses;
}

TokenLosses picture(const std::string &file, const char *given)
{
    TokenLosses losses;
    losses.task = "zero-shot-images";
    losses.data = "/data/images";
    losses.key = "images";
    ScoredItem item;
    item.source = file;
    item.reference = "cat";
    item.hypothesis = given;
    item.pieces = {"cat"};
    item.losses = {given == std::string("cat") ? 0.1F : 2.5F};
    losses.items = {item};
    return losses;
}

struct ShownTokens : test::ViewFixture
{
    /// A run that measured `after`, and the unquantized model's `before` beside it.
    std::string add(const TokenLosses &after, const TokenLosses *before = nullptr,
                    const char *name = "3 bits", const std::string &model = std::string(64, '0'))
    {
        store::ExperimentStore made = store();
        const std::string id = test::addToyRun(made, name, 3, recipeText, model);
        RunMetric metric;
        metric.measured = test::toyEvaluation(1);
        metric.measured.task = after.task;
        metric.measured.data = after.data;
        made.putMetric(id, metric);
        made.putResult(id, after, "losses:" + after.key);
        if (before != nullptr) {
            made.putResult(id, *before, "baseline-losses:" + after.key);
        }
        return id;
    }
    bool show()
    {
        view = std::make_unique<TokensView>(context);
        view->resize(1100, 750);
        view->show();
        return open();
    }
    template <typename T> T &part() const { return *view->findChild<T *>(); }
    bool waitForItems(int count) const
    {
        return QTest::qWaitFor([&] { return part<ItemsModel>().rowCount() == count; });
    }
    QPushButton &button(const QString &words) const
    {
        for (QPushButton *each : view->findChildren<QPushButton *>()) {
            if (each->text().remove('&') == words) {
                return *each;
            }
        }
        qFatal("no such button");
    }

    std::unique_ptr<TokensView> view;
};

} // namespace

class TstTokensView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { QApplication::setPalette(Theme::palette(false)); }

    void modelsAreModels()
    {
        using Mode = QAbstractItemModelTester::FailureReportingMode;
        ShownTokens s;
        const TokenLosses before = text(0);
        const std::string id = s.add(text(1), &before);
        const auto comparison
            = std::make_shared<const TokenComparison>(compareTokens(s.store(), id));
        ItemsModel items;
        WorstModel worst;
        const QAbstractItemModelTester itemsTester(&items, Mode::QtTest);
        const QAbstractItemModelTester worstTester(&worst, Mode::QtTest);
        items.setComparison(comparison);
        worst.setComparison(comparison);
        QCOMPARE(items.rowCount(), 3);
        QVERIFY(worst.rowCount() > 20);
        QCOMPARE(worst.index(0, WorstModel::TokenColumn).data().toString(), QString(" word119"));
        QVERIFY(worst.index(0, WorstModel::ContextColumn)
                    .data()
                    .toString()
                    .endsWith("word118 word119"));
        QCOMPARE(worst.rowOf(2, 39), 0);
        for (int row = 0; row < worst.rowCount(); ++row) { // what follows belongs to it, too
            const PlacedPiece &place = worst.place(row);
            const QString after
                = QString::fromStdString(comparison->items[place.item].pieces[std::min<std::size_t>(
                    place.piece + 1, comparison->items[place.item].pieces.size() - 1)]);
            QVERIFY(worst.index(row, WorstModel::ContextColumn)
                        .data()
                        .toString()
                        .contains(after.simplified()));
        }
        items.setComparison(nullptr);
        worst.setComparison(nullptr);
        QCOMPARE(items.rowCount() + worst.rowCount(), 0);
    }

    void theWorstTokenIsShownInItsText()
    {
        ShownTokens s;
        const TokenLosses before = text(0);
        s.add(text(1), &before);
        QVERIFY(s.show());
        QVERIFY(s.waitForItems(3));
        const ItemPage &page = s.part<ItemPage>();
        TokenText &shown = s.part<TokenText>();
        QCOMPARE(page.item(), 2);
        QCOMPARE(shown.currentPiece(), 39);
        QVERIFY(!shown.pieceRects(39).empty());
        QVERIFY2(shown.reading(39).contains("word119"), qPrintable(shown.reading(39)));
        QVERIFY(shown.toPlainText().contains("word80 word81"));
        QVERIFY(shown.accessibleDescription().contains("word119"));
        QVERIFY(s.part<ChangeLegend>().isVisible());
        s.button("Next worst").click();
        QVERIFY(page.item() != 2 || shown.currentPiece() != 39);
        s.button("Previous").click();
        QVERIFY(page.item() < 2);
    }

    void arrowsGoFromTokenToToken()
    {
        ShownTokens s;
        const TokenLosses before = text(0);
        s.add(text(1), &before);
        QVERIFY(s.show() && s.waitForItems(3));
        TokenText &shown = s.part<TokenText>();
        QTest::keyClick(&shown, Qt::Key_Home);
        QCOMPARE(shown.currentPiece(), 0);
        QVERIFY2(shown.reading(0).contains("not scored"), qPrintable(shown.reading(0)));
        QTest::keyClick(&shown, Qt::Key_Right);
        QTest::keyClick(&shown, Qt::Key_Right);
        QCOMPARE(shown.currentPiece(), 2);
        QTest::keyClick(&shown, Qt::Key_Left);
        QCOMPARE(shown.currentPiece(), 1);
        QTest::keyClick(&shown, Qt::Key_End);
        QCOMPARE(shown.currentPiece(), 39);
        const std::vector<QRect> rects = shown.pieceRects(20);
        QCOMPARE(shown.pieceAt(rects.front().center()), 20);
        QTest::mouseClick(shown.viewport(), Qt::LeftButton, {}, rects.front().center());
        QCOMPARE(shown.currentPiece(), 20);
    }

    void moreLossAndLessLossHaveColoursOfTheirOwn_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void moreLossAndLessLossHaveColoursOfTheirOwn()
    {
        QFETCH(bool, dark);
        TokenComparison comparison;
        comparison.usualChange = 0.5;
        const QPalette palette = Theme::palette(dark);
        const QColor more = changeColour(0.5, comparison, palette);
        const QColor less = changeColour(-0.5, comparison, palette);
        const QColor none = changeColour(0, comparison, palette);
        QVERIFY(more.isValid() && more != less && none != more && none != less);
        QCOMPARE(changeColour(99, comparison, palette), more);
        QVERIFY(!changeColour(notScored, comparison, palette).isValid());
    }

    void aSecondRunMayBeTheReference()
    {
        ShownTokens s;
        const TokenLosses before = text(0);
        s.add(text(0.5), &before, "4 bits");
        s.add(text(1), nullptr, "3 bits");
        QVERIFY(s.show() && s.waitForItems(3));
        QComboBox *references = nullptr;
        for (QComboBox *box : s.view->findChildren<QComboBox *>()) {
            references = box->findText("Unquantized model") >= 0 ? box : references;
        }
        QVERIFY(references != nullptr);
        const int other = references->findText("4 bits");
        QVERIFY(other > 0);
        const QModelIndex change = s.part<ItemsModel>().index(0, ItemsModel::ChangeColumn);
        const double toBaseline = change.data(SortRole).toDouble();
        references->setCurrentIndex(other);
        Q_EMIT references->activated(other);
        QVERIFY(QTest::qWaitFor([&] {
            const auto now = s.part<ItemsModel>().index(0, ItemsModel::ChangeColumn);
            return now.data(SortRole).toDouble() < 0.9 * toBaseline;
        }));
    }

    void transcriptsShowWhatWentWrong()
    {
        ShownTokens s;
        const TokenLosses before = speech("the king slept well", "CCCC");
        s.add(speech("a king slept", "SCCD"), &before);
        QVERIFY(s.show() && s.waitForItems(1));
        const auto &page = *s.part<ItemPage>().findChild<QTextBrowser *>();
        QVERIFY(page.isVisible() && !s.part<TokenText>().isVisible());
        const QString words = page.toPlainText();
        QVERIFY2(words.contains("1 substituted, 0 inserted, 1 missing"), qPrintable(words));
        QVERIFY2(words.contains("0 substituted, 0 inserted, 0 missing"), qPrintable(words));
        QVERIFY2(words.contains(QString("the a king slept \u2212well")), qPrintable(words));
    }

    void transcriptMarksEscapeWhatTheyShow()
    {
        const QString html = transcriptHtml("a", "<b>", "S", Theme::of(Theme::palette(false)));
        QVERIFY(html.contains("&lt;b&gt;"));
        QCOMPARE(wordErrorsOf("CSID").insertions, 1);
    }

    void picturesShowTheirClasses()
    {
        ShownTokens s;
        const std::string file = test::sourceDir() + "/tests/data/media/rgb.png";
        const TokenLosses before = picture(file, "cat");
        s.add(picture(file, "dog"), &before);
        QVERIFY(s.show() && s.waitForItems(1));
        const QString verdict = s.part<ItemPage>().verdict();
        QVERIFY2(verdict.contains("Class: cat"), qPrintable(verdict));
        QVERIFY2(verdict.contains("dog, wrong"), qPrintable(verdict));
        QVERIFY2(verdict.contains("cat, right"), qPrintable(verdict));
        const auto isPictured = [&] {
            for (const QLabel *label : s.view->findChildren<QLabel *>()) {
                if (label->isVisible() && !label->pixmap(Qt::ReturnByValue).isNull()) {
                    return true;
                }
            }
            return false;
        };
        QVERIFY(QTest::qWaitFor(isPictured));
    }

    void whatIsNoPictureIsOneLine_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("line");
        const QString source = QString::fromStdString(test::sourceDir());
        QTest::newRow("no picture") << source + "/tests/data/media/README.md"
                                    << "README.md cannot be decoded as a picture.";
        QTest::newRow("gone") << "/nowhere/cat.png"
                              << "/nowhere/cat.png is no longer there.";
    }

    void whatIsNoPictureIsOneLine()
    {
        QFETCH(QString, file);
        QFETCH(QString, line);
        ShownTokens s;
        const TokenLosses before = picture(file.toStdString(), "cat");
        s.add(picture(file.toStdString(), "dog"), &before);
        QVERIFY(s.show() && s.waitForItems(1));
        const auto isTold = [&] {
            for (const QLabel *label : s.view->findChildren<QLabel *>()) {
                if (label->isVisible() && label->text() == line) {
                    return true;
                }
            }
            return false;
        };
        QVERIFY(QTest::qWaitFor(isTold));
    }

    void picturesOpenOnTheWorstWithItsFolder()
    {
        ShownTokens s;
        TokenLosses before = picture("/data/images/cat/0.png", "cat");
        TokenLosses after = before;
        for (const char *file : {"/data/images/dog/0.png", "/data/images/fox/0.png"}) {
            before.items.push_back(picture(file, "cat").items.front());
            const char *given = QString(file).contains("dog") ? "dog" : "cat";
            after.items.push_back(picture(file, given).items.front());
            before.items.back().unit = after.items.back().unit
                = static_cast<std::int64_t>(after.items.size()) - 1;
        }
        s.add(after, &before);
        QVERIFY(s.show() && s.waitForItems(3));
        QCOMPARE(s.part<ItemPage>().item(), 1);
        const QString name
            = s.part<ItemsModel>().index(1, ItemsModel::ItemColumn).data().toString();
        QCOMPARE(name, QString("dog/0.png"));
    }

    void theWorstItemIsFoundWithoutAReference()
    {
        constexpr double none = std::numeric_limits<double>::quiet_NaN();
        TokenComparison comparison;
        QCOMPARE(worstItem(comparison), -1);
        const auto add = [&](double before, double after) {
            ComparedItem item;
            item.valueBefore = before;
            item.valueAfter = after;
            comparison.items.push_back(item);
        };
        add(none, none);
        add(none, 1);
        add(none, 3);
        add(none, 2);
        QCOMPARE(worstItem(comparison), 2);
        add(1, 1.5); // one that can be compared
        QCOMPARE(worstItem(comparison), 4);
    }

    /// A store with the runs of several models opens on the newest of the open one.
    void runsOfOtherModelsAreNotOffered()
    {
        ShownTokens s;
        const TokenLosses before = text(0);
        s.add(text(1), &before, "mine");
        s.add(text(0.5), &before, "theirs", std::string(64, '1'));
        {
            store::ExperimentStore made = s.store();
            store::RunRequest request;
            request.kind = "sensitivity";
            request.name = "newest";
            request.blocks = 2;
            made.createRun(request, test::toyModelInfo(), std::string(64, '0'));
        }
        QVERIFY(s.show() && s.waitForItems(3));
        QStringList offered;
        for (const QComboBox *box : s.view->findChildren<QComboBox *>()) {
            for (int i = 0; i < box->count(); ++i) {
                offered.append(box->itemText(i));
            }
        }
        QVERIFY2(offered.contains("mine"), qPrintable(offered.join(", ")));
        QVERIFY2(!offered.contains("theirs"), qPrintable(offered.join(", ")));
    }

    void continuationsAreMarkedWhereTheyDiffer()
    {
        QCOMPARE(markedFromDifference("a b\nc", "a b\nc"), QString("a b<br>c"));
        QCOMPARE(markedFromDifference("a <x", "a yz"), QString("a <b><u>\u25b8&lt;x</u></b>"));
        QCOMPARE(markedFromDifference("abc", ""), QString("abc")); // the other is not there yet
    }

    void continuationsAskBothModels()
    {
        ShownTokens s;
        const TokenLosses before = text(0);
        const std::string id = s.add(text(1), &before);
        QVERIFY(s.show() && s.waitForItems(3));
        s.part<ContinuationPanel>().prompt().setText("In the beginning");
        s.button("Continue with both").click();
        const QList<HubJob> jobs = s.hub.jobs();
        QCOMPARE(jobs.size(), 2);
        std::set<std::string> runs;
        for (const HubJob &job : jobs) {
            QCOMPARE(job.request.kind, std::string("generate"));
            runs.insert(job.request.runId);
        }
        QCOMPARE(runs, (std::set<std::string>{"", id}));
    }

    void aFilterFindsTokens()
    {
        ShownTokens s;
        const TokenLosses before = text(0);
        s.add(text(1), &before);
        QVERIFY(s.show() && s.waitForItems(3));
        auto *table = qobject_cast<DataTable *>(s.part<QTabWidget>().widget(0));
        QVERIFY(table != nullptr);
        table->filterLine().setText("word118");
        QVERIFY(QTest::qWaitFor([&] {
            return table->view().model()->rowCount() < 10; // in the context of its neighbours, too
        }));
    }

    void everyStateIsDrawn()
    {
        ShownTokens empty;
        empty.store(); // made, without a run
        QVERIFY(empty.show());
        QVERIFY(empty.part<StatePanel>().sentence().contains("measured"));
        QSignalSpy wish(empty.view.get(), &View::showViewRequested);
        QVERIFY(QTest::qWaitFor([&] { return empty.part<StatePanel>().isVisible(); }));
        empty.button("Go to the overview to start one").click();
        QCOMPARE(wish.size(), 1);

        ShownTokens bare;
        {
            store::ExperimentStore made = bare.store();
            test::addToyRun(made, "bare", 3, recipeText);
        }
        QVERIFY(bare.show());
        QVERIFY(QTest::qWaitFor(
            [&] { return bare.part<StatePanel>().sentence().contains("keeps no losses"); }));

        ShownTokens alone; // partial: what it is compared with is missing
        alone.add(text(1));
        QVERIFY(alone.show() && alone.waitForItems(3));
        QVERIFY(QTest::qWaitFor(
            [&] { return alone.part<StateBanner>().sentence().contains("nothing can be"); }));

        ShownTokens stopped;
        {
            store::ExperimentStore made = stopped.store();
            const std::string id = test::addToyRun(made, "stopped", 3, recipeText);
            made.setStatus(id, store::RunStatus::Cancelled);
        }
        QVERIFY(stopped.show());
        QVERIFY(QTest::qWaitFor(
            [&] { return stopped.part<StateBanner>().sentence().contains("stopped at"); }));
    }

    void isPaintedInBothThemes_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void isPaintedInBothThemes()
    {
        QFETCH(bool, dark);
        QApplication::setPalette(Theme::palette(dark));
        ShownTokens s;
        const TokenLosses before = text(0);
        s.add(text(1), &before);
        QVERIFY(s.show() && s.waitForItems(3));
        QVERIFY(test::isPainted(*s.view));
    }

    void everyControlHasAName()
    {
        ShownTokens s;
        QVERIFY(s.show());
        for (const QWidget *widget : s.view->findChildren<QWidget *>()) {
            const auto *button = qobject_cast<const QAbstractButton *>(widget);
            const bool isOwn = qobject_cast<const QComboBox *>(widget) != nullptr
                || qobject_cast<const QTextEdit *>(widget) != nullptr;
            if (isOwn) {
                QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
            }
            if (button != nullptr && button->isVisible() && button->focusPolicy() != Qt::NoFocus) {
                QVERIFY2(!button->text().isEmpty() || !button->accessibleName().isEmpty(),
                         qPrintable(button->objectName() + button->metaObject()->className()));
            }
        }
    }
};

BITPRISM_TEST(TstTokensView);
#include "tst_tokens_view.moc"
