// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/toy_store.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/view.h"

#include <QTemporaryDir>
#include <QtTest>

namespace bitprism::test {

/// What a view stands on, with a store of its own and no engine.
struct ViewFixture
{
    QString path() const { return folder.filePath("runs.bitprism"); }
    store::ExperimentStore store() const { return store::ExperimentStore(path().toStdString()); }
    bool open()
    {
        project.open(path());
        return QTest::qWaitFor([this] { return project.state() != Project::State::Loading; });
    }

    QTemporaryDir folder;
    Project project;
    Selection selection;
    JobHub hub{project};
    RunLibrary library{project, hub};
    RecipeDocument recipe;
    ViewContext context{&project, &selection, &hub, &library, &recipe};
};

/// The view's picture is neither empty nor one colour.
inline bool isPainted(QWidget &widget)
{
    const QImage image = widget.grab().toImage();
    QSet<QRgb> colours;
    for (int y = 0; y < image.height(); y += 3) {
        for (int x = 0; x < image.width(); x += 3) {
            colours.insert(image.pixel(x, y));
        }
    }
    return colours.size() > 8;
}

} // namespace bitprism::test
