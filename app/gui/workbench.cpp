// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/workbench.h"

namespace bitprism {

Workbench::Workbench(QObject *parent)
    : QObject(parent)
{
    connect(&engine, &EngineStarter::stateChanged, this, [this] {
        if (engine.state() == EngineStarter::State::Ready && !hub.isReady()) {
            recipeKeeper.checkAgain(); // before a form shows what it does not know
            hub.setEngine(engine.engine());
        }
    });
    connect(&project, &Project::changed, this, &Workbench::takeProject);
    connect(&hub, &JobHub::jobAdded, this, &Workbench::takeJob);
    // Another number of threads makes other estimates.
    connect(&settings, &SettingsStore::changed, &hub, &JobHub::estimateChanged);
}

/// What was chosen for one model means nothing for another.
void Workbench::takeProject()
{
    if (!project.model() || project.model()->path == m_modelPath) {
        return;
    }
    m_modelPath = project.model()->path;
    selection.setLayer({});
    selection.setRun({});
    selection.setCompared({});
    recipeKeeper.open(m_modelPath);
}

/// Who starts a measurement wants to see it: an earlier choice of such a run holds no longer.
void Workbench::takeJob(quint64 id)
{
    const HubJob *job = hub.find(id);
    QStringList earlier;
    for (const QString &chosen : selection.chosenRuns()) {
        const store::RunRecord *run = project.findRun(chosen);
        if (job != nullptr && run != nullptr && run->kind == job->kind.toStdString()) {
            earlier.append(chosen);
        }
    }
    selection.releaseRuns(earlier);
}

} // namespace bitprism
