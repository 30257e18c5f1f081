// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"
#include "widgets/plot/replot_queue.h"

#include <QTabWidget>
#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>

namespace bitprism::test {

constexpr int readLimit = 60000; // milliseconds: stores are read at once, but machines are busy

/// The finished project that the build makes, copied, in the real window.
struct SampleWindow
{
    explicit SampleWindow(const std::filesystem::path &project)
    {
        namespace fs = std::filesystem;
        store = folder.filePath("sample.bitprism");
        fs::copy_file(project, store.toStdString());
        if (fs::exists(project.string() + ".d")) { // maps of outliers
            fs::create_directory_symlink(fs::absolute(project.string() + ".d"),
                                         store.toStdString() + ".d");
        }
        window.resize(1440, 900);
        window.show();
        workbench.project.open(store);
    }
    bool isRead()
    {
        return QTest::qWaitForWindowExposed(&window)
            && QTest::qWaitFor(
                   [this] { return workbench.project.state() == Project::State::Ready; },
                   readLimit);
    }
    /// What was asked of the workers is there, and drawn.
    void settle()
    {
        constexpr int rounds = 4; // a result, what follows from it, its picture, and one more
        const auto nothing = [] { return true; };
        for (int round = 0; round < rounds; ++round) {
            for (Worker *worker :
                 {&workbench.project.storeThread(), &workbench.project.interactiveThread()}) {
                bool isDone = false;
                worker->ask<bool>(&window, nothing,
                                  [&isDone](const Answer<bool> &) { isDone = true; });
                QTRY_VERIFY_WITH_TIMEOUT(isDone, readLimit);
            }
        }
        QTRY_VERIFY_WITH_TIMEOUT(ReplotQueue::instance().isEmpty(), readLimit);
    }
    template <typename T> T &view(const char *id)
    {
        window.showView(id);
        return *window.views().currentWidget()->findChild<T *>();
    }
    /// Ids of the finished runs that quantize, newest first.
    QStringList runs() const
    {
        QStringList ids;
        for (const store::RunRecord &run : *workbench.project.runs()) {
            if (run.kind == "run" && run.status == store::RunStatus::Finished) {
                ids.append(QString::fromStdString(run.id));
            }
        }
        return ids;
    }

    QTemporaryDir folder;
    QString store;
    Workbench workbench;
    MainWindow window{workbench};
};

} // namespace bitprism::test
