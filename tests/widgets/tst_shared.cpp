// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parameters.h"
#include "tests/support/test_main.h"
#include "widgets/jobs/stage_text.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/format.h"
#include "widgets/shared/layout_fence.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/quiet_wheel.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"
#include "widgets/shared/stored_text.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"
#include "widgets/shared/view.h"

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTranslator>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <cmath>
#include <optional>
#include <set>

using namespace bitprism;

namespace {

constexpr double textContrast = 4.5; // WCAG AA for text
constexpr double markContrast = 3.0; // WCAG AA for graphics

double luminance(const QColor &color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double high = std::max(luminance(a), luminance(b));
    const double low = std::min(luminance(a), luminance(b));
    return (high + 0.05) / (low + 0.05);
}

} // namespace

/// Counts the requests to lay out anew that reach a widget.
class RequestCounter : public QObject
{
public:
    explicit RequestCounter(QWidget *widget) { widget->installEventFilter(this); }
    bool eventFilter(QObject *, QEvent *event) override
    {
        count += event->type() == QEvent::LayoutRequest ? 1 : 0;
        return false;
    }
    int count = 0;
};

class TstShared : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFenceKeepsTextsInside()
    {
        QWidget window;
        auto *outside = new QVBoxLayout(&window);
        auto *content = new QWidget;
        auto *inside = new QVBoxLayout(content);
        auto *label = new QLabel("1", content);
        inside->addWidget(label);
        inside->addStretch();
        auto *fence = new LayoutFence(content, &window);
        outside->addWidget(fence);
        window.resize(300, 200);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        QCOMPARE(content->size(), fence->size());
        RequestCounter requests(&window);
        const int before = fence->sizeHint().width();
        label->setText("a text that is longer");
        QTRY_COMPARE(requests.count, 1); // it wants to be wider, so the window must know
        QVERIFY(fence->sizeHint().width() > before);
        label->setText("longer is that text a");
        QTRY_VERIFY(label->width() >= label->sizeHint().width());
        QCOMPARE(requests.count, 1);
        fence->setModest(Qt::Horizontal);
        QTRY_COMPARE(requests.count, 2);
        QCOMPARE(fence->sizeHint().width(), 0);
        label->setText("and now a text that is longer by far");
        QTRY_VERIFY(label->width() >= label->sizeHint().width());
        QCOMPARE(requests.count, 2);
        label->setText("two\nlines");
        QTRY_COMPARE(requests.count, 3);
    }

    /// What a low window cannot show is scrolled to.
    void aPageThatNeedsMoreIsScrolled()
    {
        constexpr int needed = 500;
        auto *page = new QWidget;
        auto *layout = new QVBoxLayout(page);
        auto *text = new QLabel(QString("words that wrap ").repeated(30), page);
        text->setWordWrap(true);
        auto *plot = new QWidget(page);
        plot->setMinimumHeight(needed);
        layout->addWidget(text);
        layout->addWidget(plot);
        ScrollPage scroll(page, nullptr);
        scroll.resize(300, 400);
        scroll.show();
        QVERIFY(QTest::qWaitForWindowExposed(&scroll));
        QTRY_VERIFY(scroll.verticalScrollBar()->maximum() > 0);
        QVERIFY(plot->height() >= needed);
        QVERIFY(text->height() >= text->heightForWidth(text->width()));
        scroll.resize(300, 3 * needed);
        QTRY_COMPARE(scroll.verticalScrollBar()->maximum(), 0);
        QTRY_COMPARE(page->height(), scroll.viewport()->height()); // and takes all there is
    }

    void listsHaveTheCommasOfTheLanguage()
    {
        QCOMPARE(listText({"a", "b"}), "a, b");
        QCOMPARE(clausesText({"a", "b"}), "a; b");
    }

    void storedFailuresAreTranslated()
    {
        struct Marker : QTranslator
        {
            QString translate(const char *context, const char *text, const char *,
                              int) const override
            {
                return QLatin1String(context) == QLatin1String("Error")
                    ? '<' + QString::fromUtf8(text) + '>'
                    : QString();
            }
            bool isEmpty() const override { return false; }
        };
        const Error full(ErrorCode::Io, BITPRISM_TR("Error", "%2: cannot %1: %3."), "write",
                         "/a b/c.html", "No space left on device");
        const Error layer(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "Layer %1 cannot be pinned to %2 bits: the sensitivity run did not probe "
                        "that width."),
            "model.layers.0.mlp.up_proj", 5);
        QCOMPARE(storedErrorText(full.what()), QString(full.what()));
        Marker marker;
        QCoreApplication::installTranslator(&marker);
        const QString first = storedErrorText(full.what());
        const QString second = storedErrorText(layer.what());
        const QString other = storedErrorText("what no version ever said");
        QCoreApplication::removeTranslator(&marker);
        QCOMPARE(first, QString("<%1>").arg(full.what()));
        QCOMPARE(second, QString("<%1>").arg(layer.what()));
        QCOMPARE(other, QString("what no version ever said"));
    }

    void problemsOfModelsAreTranslated_data()
    {
        QTest::addColumn<QString>("problem");
        QTest::addColumn<QString>("part"); // that stays in any language
        QTest::newRow("family") << "the family \"kwt\" cannot be run by this version; it opens for "
                                   "weight analysis only"
                                << "kwt";
        QTest::newRow("tensors") << "12 tensors are missing, the first is a.b%1.weight"
                                 << "a.b%1.weight";
        QTest::newRow("encoder")
            << "proj_out.weight is missing, so the model opens for its encoder "
               "and writes no text"
            << "proj_out.weight";
    }

    void problemsOfModelsAreTranslated()
    {
        QFETCH(QString, problem);
        QFETCH(QString, part);
        QCOMPARE(modelProblemText(problem.toStdString()), problem);
        struct Marker : QTranslator
        {
            QString translate(const char *context, const char *text, const char *,
                              int) const override
            {
                return QLatin1String(context) == QLatin1String("ModelProblem")
                    ? '<' + QString(text) + '>'
                    : QString();
            }
            bool isEmpty() const override { return false; }
        } marker;
        QCoreApplication::installTranslator(&marker);
        const QString translated = modelProblemText(problem.toStdString());
        const QString unknown = modelProblemText("something else");
        QCoreApplication::removeTranslator(&marker);
        QCOMPARE(translated, '<' + problem + '>');
        QVERIFY(translated.contains(part));
        QCOMPARE(unknown, "something else");
    }

    /// A page scrolled over a field must not change it.
    void theWheelChangesOnlyWhatWasChosen()
    {
        QWidget window;
        auto *other = new QPushButton(&window);
        auto *box = new QComboBox(&window);
        box->addItems({"one", "two", "three"});
        keepWheel(box);
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        const auto turn = [box] {
            QWheelEvent event({2, 2}, box->mapToGlobal(QPointF(2, 2)), {}, {0, -120}, Qt::NoButton,
                              Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(box, &event);
        };
        other->setFocus();
        turn();
        QCOMPARE(box->currentIndex(), 0);
        box->setFocus();
        turn();
        QCOMPARE(box->currentIndex(), 1);
    }
    void differencesHaveATrueSign()
    {
        QCOMPARE(signedPlotNumber(-0.0635), QStringLiteral("\u22120.06350"));
        QCOMPARE(signedPlotNumber(0.0635), QString("+0.06350"));
        QCOMPARE(signedPlotNumber(0), QString("0"));
    }
    void stagesAreTold()
    {
        // In English as the core says it, whatever stands in the placeholders.
        for (const char *stage :
             {"reading", "quantizing model.layers.0.mlp.up_proj", "block 3",
              "running block 12 in full precision", "pairs of block 2, 17 of 120",
              "perplexity of the unquantized model", "layers.0.q_proj at 3 bits", "wer",
              "something new: %1"}) {
            QCOMPARE(stageText(stage), QString(stage));
        }
    }
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void formatsBytes_data();
    void formatsBytes();
    void formatsCompactCounts_data();
    void formatsCompactCounts();
    void formatsBitsWithTwoDecimalsUnlessWhole();
    void themeFollowsThePalette();
    void coloursAreReadable_data();
    void coloursAreReadable();
    void errorsKeepTheirArguments();
    void everyKindHasAName();
    void problemsAcrossParametersAreTranslated();
    void controlsGoOnInTheNextLine();
    void selectionTellsChangesOnce();
    void statePanelShowsOneState();
    void viewIdsAreUniqueAndTitled();
};

void TstShared::formatsBytes_data()
{
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<QString>("text");
    QTest::newRow("none") << qint64(0) << "0 bytes";
    QTest::newRow("bytes") << qint64(999) << "999 bytes";
    QTest::newRow("kilobytes") << qint64(16384) << "16.4 kB";
    QTest::newRow("megabytes") << qint64(10500000) << "10.5 MB";
    QTest::newRow("gigabytes") << qint64(1840000000) << "1.84 GB";
    QTest::newRow("hundreds") << qint64(181000) << "181 kB";
}

void TstShared::formatsBytes()
{
    QFETCH(qint64, bytes);
    QTEST(formatBytes(bytes), "text");
}

void TstShared::formatsCompactCounts_data()
{
    QTest::addColumn<qint64>("count");
    QTest::addColumn<QString>("text");
    QTest::newRow("exact") << qint64(9999) << "9,999";
    QTest::newRow("thousands") << qint64(260032) << "260 K";
    QTest::newRow("millions") << qint64(5243136) << "5.24 M";
    QTest::newRow("next unit") << qint64(999600) << "1.00 M";
    QTest::newRow("thousand millions") << qint64(6738415616) << "6.74 B";
}

void TstShared::formatsCompactCounts()
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QFETCH(qint64, count);
    QTEST(formatCompactCount(count), "text");
    QLocale::setDefault(QLocale::c());
}

void TstShared::formatsBitsWithTwoDecimalsUnlessWhole()
{
    QCOMPARE(formatBits(16.0), "16");
    QCOMPARE(formatBits(3.25390625), "3.25");
    QCOMPARE(formatBits(std::optional<double>()), notMeasured());
}

void TstShared::themeFollowsThePalette()
{
    QVERIFY(!Theme::of(Theme::palette(false)).isDark);
    QVERIFY(Theme::of(Theme::palette(true)).isDark);
}

void TstShared::coloursAreReadable_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TstShared::coloursAreReadable()
{
    QFETCH(bool, dark);
    const QPalette palette = Theme::palette(dark);
    const Theme theme = Theme::of(palette);
    const QColor window = palette.color(QPalette::Window);
    for (const QColor &background : {window, theme.surface}) {
        for (const QColor &text : {palette.color(QPalette::Text), theme.mutedText, theme.accent,
                                   theme.good, theme.warning, theme.bad}) {
            QVERIFY2(contrast(text, background) >= textContrast, qPrintable(text.name()));
        }
    }
    for (const QColor &mark : theme.series) { // plots are drawn on the surface
        QVERIFY2(contrast(mark, theme.surface) >= markContrast, qPrintable(mark.name()));
    }
    const QColor selected = palette.color(QPalette::Highlight);
    QVERIFY(contrast(palette.color(QPalette::HighlightedText), selected) >= textContrast);
}

void TstShared::errorsKeepTheirArguments()
{
    const Error error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: key %2 is missing."),
                      std::string("config.json"), std::string("hidden_size"));
    QCOMPARE(errorText(error), "config.json: key hidden_size is missing.");
}

void TstShared::everyKindHasAName()
{
    for (const char *kind : {"attention_query", "cross_attention_out", "mlp_gate", "embedding"}) {
        QVERIFY(layerKindText(kind) != kind);
    }
    QCOMPARE(layerKindText("something_new"), "something_new");
}

/// Puts every text of the core in brackets, as a translation would change it.
class BracketTranslator : public QTranslator
{
public:
    QString translate(const char *, const char *source, const char *, int) const override
    {
        return QString("[%1]").arg(source);
    }
    bool isEmpty() const override { return false; }
};

void TstShared::problemsAcrossParametersAreTranslated()
{
    const ParamProblem problem{
        "symmetric", BITPRISM_TR("Component", "the range rule %1 is asymmetric"), {"zero"}};
    std::optional<Error> error;
    try {
        params::throwProblem(problem, "weights");
    } catch (const Error &thrown) {
        error = thrown;
    }
    QCOMPARE(std::string(error->what()),
             std::string("weights: \"symmetric\": the range rule zero is asymmetric"));
    BracketTranslator brackets;
    QCoreApplication::installTranslator(&brackets);
    const QString nested = nestedText(*error);
    const QString whole = errorText(*error);
    QCoreApplication::removeTranslator(&brackets);
    QCOMPARE(nested, "[the range rule zero is asymmetric]");
    QCOMPARE(whole, "[weights: \"symmetric\": [the range rule zero is asymmetric]]");
    QVERIFY(nestedText(Error(ErrorCode::Io, BITPRISM_TR("Error", "%1: no"), "a")).isEmpty());
}

void TstShared::selectionTellsChangesOnce()
{
    Selection selection;
    QSignalSpy spy(&selection, &Selection::layerChanged);
    selection.setLayer("lm_head");
    selection.setLayer("lm_head");
    QCOMPARE(spy.count(), 1);
    QCOMPARE(selection.layer(), "lm_head");
}

void TstShared::controlsGoOnInTheNextLine()
{
    QWidget box;
    auto *layout = new FlowLayout(10, &box);
    std::vector<QWidget *> parts;
    for (int i = 0; i < 4; ++i) {
        auto *part = new QWidget(&box);
        part->setFixedSize(100, 20);
        if (i == 3) {
            layout->startRightGroup();
        }
        layout->addWidget(part);
        parts.push_back(part);
    }
    QCOMPARE(layout->sizeHint(), QSize(430, 20));
    QCOMPARE(layout->heightForWidth(430), 20);
    QCOMPARE(layout->heightForWidth(429), 45); // two lines and half a gap
    box.resize(500, 100);
    layout->setGeometry(box.rect());
    QCOMPARE(parts[2]->x(), 220);
    QCOMPARE(parts[3]->x(), 400); // at the right end
    box.resize(250, 100);
    layout->setGeometry(box.rect());
    QCOMPARE(parts[1]->pos(), QPoint(110, 0));
    QCOMPARE(parts[2]->pos(), QPoint(0, 25));
    QCOMPARE(parts[3]->pos(), QPoint(150, 25));
}

void TstShared::statePanelShowsOneState()
{
    StatePanel panel;
    panel.showEmpty("Nothing here.", "Open");
    auto *button = panel.findChild<QPushButton *>();
    QVERIFY(button != nullptr);
    QVERIFY(button->isVisibleTo(&panel));
    QSignalSpy spy(&panel, &StatePanel::actionTriggered);
    button->click();
    QCOMPARE(spy.count(), 1);
    panel.showLoading("Reading.");
    QVERIFY(!button->isVisibleTo(&panel));
    const auto texts = [&panel] { // of the buttons that show
        QStringList shown;
        for (const QPushButton *each : panel.findChildren<QPushButton *>()) {
            if (each->isVisibleTo(&panel)) {
                shown.append(each->text());
            }
        }
        shown.sort();
        return shown;
    };
    panel.showFailure("It is damaged.", StatePanel::Retry::Yes, "Open");
    QCOMPARE(panel.sentence(), "It is damaged.");
    QCOMPARE(texts(), QStringList({"Copy", "Open", "Retry"}));
    QSignalSpy retries(&panel, &StatePanel::retryTriggered);
    for (QPushButton *each : panel.findChildren<QPushButton *>()) {
        if (each->text() == "Retry") {
            each->click();
        }
    }
    QCOMPARE(retries.count(), 1);
    QCOMPARE(spy.count(), 1);
    panel.showFailure("It is damaged.", StatePanel::Retry::No);
    QCOMPARE(texts(), QStringList({"Copy"}));
}

void TstShared::viewIdsAreUniqueAndTitled()
{
    std::set<std::string> ids;
    for (const ViewEntry *entry : viewEntries()) {
        QVERIFY(ids.insert(entry->id).second);
        QVERIFY(!translated(entry->title).isEmpty());
        QVERIFY(entry->create != nullptr);
    }
    QVERIFY(!ids.empty());
}

BITPRISM_TEST(TstShared);
#include "tst_shared.moc"
