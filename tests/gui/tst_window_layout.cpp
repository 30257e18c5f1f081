// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/gui/open_window.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/shared/theme.h"
#include "widgets/welcome/welcome_page.h"

#include <QApplication>
#include <QCommandLinkButton>
#include <QDockWidget>
#include <QScreen>
#include <QScrollArea>
#include <QSettings>

#include <algorithm>
#include <map>
#include <set>

using namespace bitprism;
using test::OpenWindow;

class TstWindowLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aNarrowWindowTabsTheRightDocks();
    void docksAreRemembered();
    void resettingTheLayoutRestoresTheFirst_data();
    void resettingTheLayoutRestoresTheFirst();
    void fitsOnTheScreen();
    void theWelcomePageCutsNoSentence();
    void theWelcomePageUsesItsWidth();
    void isNeitherEmptyNorOneColour_data();
    void isNeitherEmptyNorOneColour();

private:
    QTemporaryDir m_folder;
    QString m_model;
};

void TstWindowLayout::initTestCase()
{
    m_model = m_folder.filePath("toy");
    test::writeToyLlama(m_model.toStdString());
}

void TstWindowLayout::aNarrowWindowTabsTheRightDocks()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    auto *recipe = open.window.findChild<QDockWidget *>("recipe-dock");
    auto *project = open.window.findChild<QDockWidget *>("project-dock");
    open.window.resize(1440, 900);
    QTRY_COMPARE(open.window.dockWidgetArea(recipe), Qt::RightDockWidgetArea);
    open.window.resize(1024, 640);
    QVERIFY(
        QTest::qWaitFor([&] { return open.window.tabifiedDockWidgets(project).contains(recipe); }));
    open.window.resize(1440, 900);
    QVERIFY(QTest::qWaitFor(
        [&] { return open.window.dockWidgetArea(recipe) == Qt::RightDockWidgetArea; }));
}

void TstWindowLayout::docksAreRemembered()
{
    QSettings().remove("window");
    const auto dockOf = [](MainWindow &window, const char *name) {
        return window.findChild<QDockWidget *>(name);
    };
    {
        OpenWindow open(m_model);
        open.window.restoreLayout(); // from now on it remembers
        QVERIFY(open.waitUntilRead());
        dockOf(open.window, "inspector-dock")->setFloating(true);
        dockOf(open.window, "model-dock")->close();
        open.window.addDockWidget(Qt::LeftDockWidgetArea, dockOf(open.window, "recipe-dock"));
        open.window.close();
    }
    OpenWindow again(m_model);
    again.window.restoreLayout();
    QVERIFY(again.waitUntilRead());
    QVERIFY(dockOf(again.window, "inspector-dock")->isFloating());
    QVERIFY(dockOf(again.window, "model-dock")->isHidden());
    QCOMPARE(again.window.dockWidgetArea(dockOf(again.window, "recipe-dock")),
             Qt::LeftDockWidgetArea);
    again.window.resetLayout();
    QVERIFY(!dockOf(again.window, "inspector-dock")->isFloating());
    QVERIFY(!dockOf(again.window, "model-dock")->isHidden());
    QSettings().remove("window");
}

void TstWindowLayout::resettingTheLayoutRestoresTheFirst_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("large") << QSize(1440, 900);
    QTest::newRow("small") << QSize(1024, 640);
}

void TstWindowLayout::resettingTheLayoutRestoresTheFirst()
{
    QFETCH(QSize, size);
    OpenWindow open(m_model);
    open.window.resize(size);
    QVERIFY(open.waitUntilRead());
    const QList<QDockWidget *> docks
        = open.window.findChildren<QDockWidget *>(Qt::FindDirectChildrenOnly);
    const auto geometries = [&docks] {
        QCoreApplication::processEvents(); // what is posted to lay out
        QList<QRect> list;
        for (const QDockWidget *dock : docks) {
            // A tab behind another lies nowhere.
            list.append(dock->x() < 0 ? QRect() : dock->geometry());
        }
        return list;
    };
    const QList<QRect> first = geometries();
    for (QDockWidget *dock : docks) {
        if (dock->objectName() == "inspector-dock") {
            dock->close();
        } else {
            dock->setFloating(true);
        }
    }
    open.window.jobDock().setOpen(true);
    QCoreApplication::processEvents();
    open.window.resetLayout();
    QCOMPARE(geometries(), first);
    // Project and model stand about as 1 to 2.
    const auto heightOf = [&](const char *name) {
        return double(open.window.findChild<QDockWidget *>(name)->height());
    };
    const double ratio = heightOf("model-dock") / heightOf("project-dock");
    QVERIFY2(ratio > 1.4 && ratio < 2.6, qPrintable(QString::number(ratio)));
}

void TstWindowLayout::fitsOnTheScreen()
{
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const QSize room = open.window.screen()->availableSize();
    QVERIFY(open.window.width() <= room.width() && open.window.height() <= room.height());
    // What look.md promises for small screens: nothing asks for more.
    QVERIFY2(open.window.minimumSizeHint().height() <= 640,
             qPrintable(QString::number(open.window.minimumSizeHint().height())));
}

void TstWindowLayout::isNeitherEmptyNorOneColour_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void TstWindowLayout::isNeitherEmptyNorOneColour()
{
    QFETCH(bool, dark);
    QApplication::setPalette(Theme::palette(dark));
    OpenWindow open(m_model);
    QVERIFY(open.waitUntilRead());
    const QImage image = open.window.grab().toImage();
    std::set<QRgb> colors;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) {
            colors.insert(image.pixel(x, y));
        }
    }
    QVERIFY(colors.size() > 20);
    const QColor corner = image.pixelColor(image.width() / 2, image.height() - 40);
    QCOMPARE(corner.lightness() < 128, dark);
}

void TstWindowLayout::theWelcomePageCutsNoSentence()
{
    OpenWindow open({});
    open.window.resize(1024, 640);
    QVERIFY(open.waitUntilRead());
    auto *page = open.window.findChild<WelcomePage *>();
    QVERIFY(page != nullptr && page->isVisible());
    std::vector<WelcomePage::Sample> samples;
    for (int i = 0; i < 24; ++i) {
        samples.push_back({QString("sample %1").arg(i),
                           "A sentence that says what the sample is for, on more than one line.",
                           "sample"});
    }
    page->setSamples(samples);
    const auto isWhole = [page] {
        const QList<QCommandLinkButton *> links = page->findChildren<QCommandLinkButton *>();
        return std::all_of(links.begin(), links.end(), [](const QWidget *link) {
            return !link->isVisible() || link->height() >= link->heightForWidth(link->width());
        });
    };
    QVERIFY(QTest::qWaitFor(isWhole));
    const auto *area = page->findChild<QScrollArea *>();
    QTRY_VERIFY(area->widget()->height() > area->viewport()->height()); // it scrolls
}

/// Samples stand in two columns beside what can be opened, so that no column is long and the others
/// empty.
void TstWindowLayout::theWelcomePageUsesItsWidth()
{
    WelcomePage page;
    page.resize(900, 840);
    std::vector<WelcomePage::Sample> samples{{"project", "with runs", "project"}};
    for (int i = 0; i < 8; ++i) {
        samples.push_back({QString("sample %1").arg(i), "A model.", "sample"});
    }
    page.setSamples(samples);
    page.setRecent({"/models/one", "/models/two"});
    page.show();
    QVERIFY(QTest::qWaitForWindowExposed(&page));
    std::map<int, std::vector<QRect>> columns; // by their left edges
    int bottom = 0;
    for (const auto *link : page.findChildren<QCommandLinkButton *>()) {
        if (link->isVisible()) {
            const QRect place(link->mapTo(&page, QPoint(0, 0)), link->size());
            columns[place.left()].push_back(place);
            bottom = qMax(bottom, place.bottom());
        }
    }
    QCOMPARE(columns.size(), std::size_t(3)); // what opens, and twice samples
    for (const auto &[left, places] : columns) {
        QVERIFY(places.size() >= 4);
        QVERIFY(std::any_of(places.begin(), places.end(), [&](const QRect &each) {
            return each.bottom() > bottom - page.height() / 4;
        }));
    }
}

BITPRISM_TEST(TstWindowLayout);
#include "tst_window_layout.moc"
