// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/engine_starter.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/recipe/recipe_keeper.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/settings.h"
#include "widgets/shared/view.h"

namespace bitprism {

/// What the window works on: it outlives the window, which is made anew when the language changes,
/// while jobs go on.
class Workbench : public QObject
{
    Q_OBJECT

public:
    explicit Workbench(QObject *parent = nullptr);

    SettingsStore settings;
    Project project;
    Selection selection;
    EngineStarter engine;
    JobHub hub{project};
    RunLibrary library{project, hub};
    RecipeDocument recipe;
    RecipeKeeper recipeKeeper{recipe, project.interactiveThread()};
    ViewContext context{&project, &selection, &hub, &library, &recipe};

private:
    void takeProject();
    void takeJob(quint64 id);

    std::string m_modelPath; ///< of the model that recipe and selection belong to
};

} // namespace bitprism
