// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"
#include "app/gui/command_line.h"
#include "app/gui/main_window.h"
#include "app/gui/screenshots.h"

#include <QSettings>

#include <cstdio>
#include <memory>

namespace {

using namespace bitprism;

/// Options that print and exit need no display.
CommandLine readCommandLine(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    return parseCommandLine(QCoreApplication::arguments());
}

void chooseAppearance(Application &application, const CommandLine &line)
{
    const int stored = QSettings().value("appearance", 0).toInt();
    const bool isKnown = stored >= 0 && stored <= static_cast<int>(Appearance::Dark);
    application.setAppearance(line.hasAppearance ? line.appearance
                                  : isKnown      ? static_cast<Appearance>(stored)
                                                 : Appearance::System);
}

/// Tells a terminal what the window shows: a script must see it too.
void reportProblems(const Project &project)
{
    for (const QString &problem : {project.modelProblem(), project.storeProblem()}) {
        if (!problem.isEmpty()) {
            std::fprintf(stderr, "bitprism: %s\n", qPrintable(problem));
        }
    }
}

std::unique_ptr<Screenshots> makeScreenshots(Application &application, MainWindow &window,
                                             const CommandLine &line)
{
    std::vector<Appearance> appearances{Appearance::Light, Appearance::Dark};
    if (line.hasAppearance) {
        appearances = {line.appearance};
    }
    auto screenshots = std::make_unique<Screenshots>(application, window, line.screenshotFolder,
                                                     std::move(appearances));
    QObject::connect(screenshots.get(), &Screenshots::finished, &application,
                     [](const QString &problem) {
                         if (!problem.isEmpty()) {
                             std::fprintf(stderr, "bitprism: %s\n", qPrintable(problem));
                         }
                         QCoreApplication::exit(problem.isEmpty() ? 0 : 1);
                     });
    return screenshots;
}

} // namespace

int main(int argc, char **argv)
{
    const CommandLine line = readCommandLine(argc, argv);
    if (!line.problem.isEmpty()) {
        std::fprintf(stderr, "bitprism: %s\n", qPrintable(line.problem));
        return 2;
    }
    if (!line.output.isEmpty()) {
        std::fputs(qPrintable(line.output), stdout);
        return 0;
    }
    Application application(argc, argv);
    chooseAppearance(application, line);
    MainWindow window;
    QObject::connect(&window.project(), &Project::changed, &window, [&window] {
        if (window.project().state() != Project::State::Loading) {
            reportProblems(window.project());
        }
    });
    std::unique_ptr<Screenshots> screenshots;
    if (line.screenshotFolder.isEmpty()) {
        window.restoreLayout();
    } else {
        screenshots = makeScreenshots(application, window, line);
    }
    window.show();
    window.project().open(line.target, line.storePath);
    return Application::exec();
}
