// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/command_line.h"
#include "tests/support/sanitizers.h"
#include "tests/support/test_main.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>

using namespace bitprism;

namespace {

struct Outcome
{
    int status = -1;
    QString output;
    QString errors;
};

QString samplePath()
{
    return QString::fromStdString(test::binDir()) + "/../samples/sample.bitprism";
}

/// Runs the real program without any display.
Outcome runProgram(const QStringList &arguments, const QString &settingsFolder = {})
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove("DISPLAY");
    environment.insert("QT_QPA_PLATFORM", "offscreen");
    environment.insert("XDG_DATA_HOME", QDir::tempPath() + "/bitprism-none");
    if (!settingsFolder.isEmpty()) {
        environment.insert("XDG_CONFIG_HOME", settingsFolder);
    }
    process.setProcessEnvironment(environment);
    process.start(QString::fromStdString(test::binDir()) + "/bitprism", arguments);
    const int limit = test::ample(60000); // loading LibTorch from a cold disk on a busy machine
    if (!process.waitForFinished(limit)) {
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

/// What the program itself says; the platform's plugin and the watch over slow slots speak too.
QStringList ownLines(const Outcome &outcome)
{
    return outcome.errors.split('\n')
        .filter("bitprism: ")
        .filter(QRegularExpression("^(?!.*the window was busy)"));
}

} // namespace

class TstCommandLine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsModelAndStore();
    void wrongUsageIsOneLine_data();
    void wrongUsageIsOneLine();
    void helpAndVersionNeedNoDisplay();
    void aBadPathIsToldOnStandardError();
    void withoutAModelNoPictureIsMade_data();
    void withoutAModelNoPictureIsMade();
    void screenshotsShowBothAppearances();
    void screenshotsLeaveTheSettingsAlone();
    void screenshotsShowEveryViewOfTheSampleProject_data();
    void screenshotsShowEveryViewOfTheSampleProject();
};

void TstCommandLine::readsModelAndStore()
{
    const CommandLine line = parseCommandLine({"bitprism", "--store", "a.bitprism", "model"});
    QVERIFY(line.problem.isEmpty());
    QCOMPARE(line.target, "model");
    QCOMPARE(line.storePath, "a.bitprism");
    QVERIFY(!line.hasAppearance);
}

void TstCommandLine::wrongUsageIsOneLine_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("unknown option") << QStringList{"--frobnicate"};
    QTest::newRow("two models") << QStringList{"a", "b"};
    QTest::newRow("unknown theme") << QStringList{"--theme", "pink"};
    QTest::newRow("unknown language") << QStringList{"--language", "xx"};
    QTest::newRow("scale that is no number") << QStringList{"--scale", "big"};
    QTest::newRow("scale too large") << QStringList{"--scale", "40"};
    QTest::newRow("missing value") << QStringList{"--store"};
    QTest::newRow("size without height") << QStringList{"--size", "1024"};
    QTest::newRow("size too small") << QStringList{"--size", "10x900"};
}

void TstCommandLine::wrongUsageIsOneLine()
{
    QFETCH(QStringList, arguments);
    const Outcome outcome = runProgram(arguments);
    QCOMPARE(outcome.status, 2);
    QCOMPARE(outcome.errors.count('\n'), 1);
    QVERIFY(outcome.output.isEmpty());
}

void TstCommandLine::helpAndVersionNeedNoDisplay()
{
    const Outcome help = runProgram({"--help"});
    QCOMPARE(help.status, 0);
    QVERIFY(help.output.contains("--store"));
    const Outcome version = runProgram({"--version"});
    QCOMPARE(version.status, 0);
    QVERIFY(version.output.startsWith("bitprism "));
}

void TstCommandLine::aBadPathIsToldOnStandardError()
{
    const QTemporaryDir folder;
    const Outcome outcome = runProgram({"/nowhere/at/all", "--screenshots", folder.path()});
    QCOMPARE(outcome.status, 3);
    QCOMPARE(ownLines(outcome).size(), 1);
    QVERIFY(ownLines(outcome).first().startsWith("bitprism: /nowhere/at/all"));
    QVERIFY(QDir(folder.path()).isEmpty());
}

void TstCommandLine::withoutAModelNoPictureIsMade_data()
{
    QTest::addColumn<QByteArray>("content"); // of the store; null: there is none
    QTest::addColumn<int>("status");
    QTest::newRow("a store that is yet to come") << QByteArray() << 2;
    QTest::newRow("a file that is no store") << QByteArray("not a store at all") << 3;
}

void TstCommandLine::withoutAModelNoPictureIsMade()
{
    QFETCH(QByteArray, content);
    QFETCH(int, status);
    const QTemporaryDir folder;
    const QString store = folder.filePath("own.bitprism");
    if (!content.isNull()) {
        QFile file(store);
        QVERIFY(file.open(QFile::WriteOnly) && file.write(content) > 0);
    }
    const QString pictures = folder.filePath("pictures");
    const Outcome outcome = runProgram({"--screenshots", pictures, "--store", store});
    QCOMPARE(outcome.status, status);
    QVERIFY2(ownLines(outcome).size() == 1, qPrintable(outcome.errors));
    QVERIFY(!QFileInfo::exists(pictures));
}

void TstCommandLine::screenshotsShowBothAppearances()
{
    if (!QFileInfo::exists(samplePath())) {
        QSKIP("the sample project was not built");
    }
    const QTemporaryDir folder;
    QCOMPARE(runProgram({"--screenshots", folder.path()}).status, 0);
    const QImage light(folder.filePath("overview-light.png"));
    const QImage dark(folder.filePath("overview-dark.png"));
    QVERIFY(!light.isNull());
    QVERIFY(!dark.isNull());
    QVERIFY(light != dark);
}

/// What was opened for a picture is none of what the user opened.
void TstCommandLine::screenshotsLeaveTheSettingsAlone()
{
    const QTemporaryDir settings;
    const QTemporaryDir folder;
    const Outcome outcome = runProgram({"tiny-llama", "--screenshots", folder.path(), "--theme",
                                        "light", "--store", folder.filePath("none.bitprism")},
                                       settings.path());
    QCOMPARE(outcome.status, 0);
    QVERIFY(QFileInfo::exists(folder.filePath("overview-light.png")));
    QVERIFY2(QDir(settings.filePath("bitprism")).isEmpty(),
             qPrintable(QDir(settings.filePath("bitprism")).entryList().join(' ')));
}

void TstCommandLine::screenshotsShowEveryViewOfTheSampleProject_data()
{
    QTest::addColumn<int>("scale");
    QTest::newRow("1x") << 1;
    QTest::newRow("2x") << 2;
}

void TstCommandLine::screenshotsShowEveryViewOfTheSampleProject()
{
    QFETCH(int, scale);
    const QString sample = samplePath();
    if (!QFileInfo::exists(sample)) {
        QSKIP("the sample project was not built"); // the sanitizers' presets leave it out
    }
    const QTemporaryDir folder;
    const Outcome outcome = runProgram({"--screenshots", folder.path(), "--scale",
                                        QString::number(scale), "--language", "zh_CN", sample});
    QCOMPARE(outcome.status, 0);
    for (const char *view : {"overview", "sensitivity", "trade_offs", "compare", "report"}) {
        for (const char *theme : {"light", "dark"}) {
            const QImage image(folder.filePath(QString("%1-%2.png").arg(view, theme)));
            QCOMPARE(image.size(), QSize(1440, 900) * scale);
            QSet<QRgb> colours;
            for (int y = 0; y < image.height(); y += 5) {
                for (int x = 0; x < image.width(); x += 5) {
                    colours.insert(image.pixel(x, y));
                }
            }
            QVERIFY2(colours.size() > 30, view); // text and marks, not one plain surface
        }
    }
    for (const char *name : {"welcome", "settings", "manual", "palette"}) {
        QVERIFY2(QFileInfo::exists(folder.filePath(QString(name) + "-dark.png")), name);
    }
}

BITPRISM_TEST(TstCommandLine);
#include "tst_command_line.moc"
