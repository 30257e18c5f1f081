// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"
#include "core/base/random.h"
#include "tests/support/sanitizers.h"
#include "tests/support/toy_checkpoint.h"
#include "widgets/jobs/analysis_requests.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

namespace bitprism::test {

// Milliseconds: LibTorch from a cold disk on a busy machine, whose other work starves a job's
// threads.
constexpr int loadLimit = ample(120000);
constexpr int jobLimit = ample(120000);

inline void writeText(const QString &path, std::uint64_t seed)
{
    Random random(seed, "text");
    std::ofstream file(path.toStdString());
    for (int i = 0; i < 600; ++i) {
        file << (random.below(2) == 0 ? "light " : "darkness ");
    }
}

/// The whole program on a toy, with the engine.
struct ToyBench
{
    explicit ToyBench(int blocks = 2)
    {
        ToyLlama toy;
        toy.blocks = blocks;
        toy.vocabulary = 260;
        toy.hasTokenizer = true;
        toy.tiedHead = true;
        writeToyLlama(folder.filePath("toy").toStdString(), toy);
        writeText(folder.filePath("calibration.txt"), 1);
        writeText(folder.filePath("evaluation.txt"), 2);
        Settings settings = workbench.settings.settings();
        settings.threads = 1; // the toy is too small to share
        workbench.settings.set(settings);
        window.show();
        workbench.project.open(folder.filePath("toy"), folder.filePath("runs.bitprism"));
    }
    bool isReady()
    {
        const bool isLoaded = QTest::qWaitFor([this] { return window.isSettled(); }, loadLimit);
        QCoreApplication::processEvents(); // forms answer the engine in events of their own
        workbench.project.setDataFiles(folder.filePath("calibration.txt"),
                                       folder.filePath("evaluation.txt"));
        return isLoaded && workbench.hub.isReady();
    }
    quint64 submitSensitivity()
    {
        return workbench.hub.submit(
            sensitivityRequest(workbench.project, workbench.recipe.recipe(), {2, 8}),
            "sensitivity");
    }
    JobState waitFor(quint64 job)
    {
        static_cast<void>(
            QTest::qWaitFor([&] { return workbench.hub.find(job)->isOver(); }, jobLimit));
        return workbench.hub.find(job)->state;
    }

    QTemporaryDir folder;
    Workbench workbench;
    MainWindow window{workbench};
};

} // namespace bitprism::test
