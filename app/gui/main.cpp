// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"
#include "app/gui/command_line.h"
#include "app/gui/main_window.h"
#include "app/gui/measurements.h"
#include "app/gui/screenshots.h"
#include "app/gui/window_keeper.h"
#include "core/base/parallel.h"
#include "core/families/locate_model.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <unistd.h>

namespace {

using namespace bitprism;

/// Options that print and exit need no display.
CommandLine readCommandLine(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    return parseCommandLine(QCoreApplication::arguments());
}

Appearance appearanceOf(const CommandLine &line, const SettingsStore &settings)
{
    return line.hasAppearance ? line.appearance : settings.settings().chosenAppearance();
}

/// Pictures without a target are those of the sample project.
QString targetOf(const CommandLine &line)
{
    if (line.target.isEmpty() && line.storePath.isEmpty() && !line.screenshotFolder.isEmpty()) {
        if (const auto sample = sampleProject()) {
            return QString::fromStdString(sample->string());
        }
    }
    return line.target;
}

/// Tells a terminal what the window shows: a script must see it too.
void reportProblems(const Project &project)
{
    if (project.state() == Project::State::Loading) {
        return;
    }
    QStringList problems{project.modelProblem(), project.storeProblem()};
    problems.removeAll(QString());
    problems.removeDuplicates(); // a store that was to be opened counts as both
    for (const QString &problem : std::as_const(problems)) {
        std::fprintf(stderr, "bitprism: %s\n", qPrintable(problem));
    }
}

std::unique_ptr<Screenshots> makeScreenshots(Application &application, MainWindow &window,
                                             const CommandLine &line)
{
    window.resize(line.screenshotSize); // whatever the screen's is
    std::vector<Appearance> appearances{Appearance::Light, Appearance::Dark};
    if (line.hasAppearance) {
        appearances = {line.appearance};
    }
    auto screenshots = std::make_unique<Screenshots>(application, window, line.screenshotFolder,
                                                     std::move(appearances));
    QObject::connect(screenshots.get(), &Screenshots::finished, &application,
                     [](int status, const QString &problem) {
                         if (!problem.isEmpty()) {
                             std::fprintf(stderr, "bitprism: %s\n", qPrintable(problem));
                         }
                         QCoreApplication::exit(status);
                     });
    return screenshots;
}

/// Prints what the window measures of itself.
int measure(Application &application, MainWindow &window, const QString &name)
{
    if (!Measurement::names().contains(name)) {
        std::fprintf(stderr, "bitprism: unknown measurement \"%s\"\n", qPrintable(name));
        return 2;
    }
    Measurement measurement(application, window);
    QObject::connect(&measurement, &Measurement::finished, &application,
                     [](const QString &json, const QString &problem) {
                         const bool isGood = problem.isEmpty();
                         std::fprintf(isGood ? stdout : stderr, "%s\n",
                                      qPrintable(isGood ? json : problem));
                         QCoreApplication::exit(isGood ? 0 : 1);
                     });
    measurement.start(name);
    return Application::exec();
}

/// Idle threads sleep only where libgomp finds the wish when it is loaded, and Qt's libraries load
/// it before main(): the program begins anew with it, once. Without, the threads of a job spin in
/// the way of the window and of each other; beside other programs jobs took six times as long.
void beginWithSleepingThreads(char **argv)
{
    if (std::getenv("OMP_WAIT_POLICY") == nullptr) {
        bitprism::letIdleThreadsSleep();
        execv("/proc/self/exe", argv); // where it cannot, jobs are slower
    }
}

} // namespace

int main(int argc, char **argv)
{
    beginWithSleepingThreads(argv);
    const CommandLine line = readCommandLine(argc, argv);
    if (!line.problem.isEmpty()) {
        std::fprintf(stderr, "bitprism: %s\n", qPrintable(line.problem));
        return 2;
    }
    if (!line.output.isEmpty()) {
        std::fputs(qPrintable(line.output), stdout);
        return 0;
    }
    const bool needsSample = !line.screenshotFolder.isEmpty() && line.target.isEmpty()
        && line.storePath.isEmpty() && line.measurement.isEmpty();
    if (needsSample && !sampleProject()) {
        std::fputs("bitprism: the sample project is not there; build it (target sample-project) or "
                   "name a project.\n",
                   stderr);
        return 1;
    }
    if (line.scale != 1) {
        qputenv("QT_SCALE_FACTOR", QByteArray::number(line.scale)); // read by the application
    }
    Application application(argc, argv);
    Workbench workbench;
    application.setLanguage(line.language.isEmpty()
                                ? QString::fromStdString(workbench.settings.settings().language)
                                : line.language);
    application.setAppearance(appearanceOf(line, workbench.settings));
    QObject::connect(&workbench.settings, &SettingsStore::changed, &application, [&] {
        application.setAppearance(workbench.settings.settings().chosenAppearance());
    });
    QObject::connect(&workbench.project, &Project::changed, &application,
                     [&workbench] { reportProblems(workbench.project); });
    WindowKeeper keeper(application, workbench);
    if (!line.measurement.isEmpty()) {
        const int status = measure(application, keeper.window(), line.measurement);
        keeper.endProcessIfBusy(status);
        return status;
    }
    std::unique_ptr<Screenshots> screenshots;
    if (line.screenshotFolder.isEmpty()) {
        keeper.window().restoreLayout();
    } else {
        screenshots = makeScreenshots(application, keeper.window(), line);
    }
    keeper.window().show();
    // Pictures leave no trace in the user's settings.
    keeper.open(targetOf(line), line.storePath, line.screenshotFolder.isEmpty());
    const int status = Application::exec();
    keeper.endProcessIfBusy(status);
    return status;
}
