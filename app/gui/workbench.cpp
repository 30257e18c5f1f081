// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/workbench.h"

namespace bitprism {

Workbench::Workbench(QObject *parent)
    : QObject(parent)
{
    connect(&engine, &EngineStarter::stateChanged, this, [this] {
        if (engine.state() == EngineStarter::State::Ready && !hub.isReady()) {
            hub.setEngine(engine.engine());
        }
    });
    connect(&project, &Project::changed, this, &Workbench::takeProject);
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
    Recipe plain = recipe.recipe();
    plain.overrides.clear();
    plain.allocation.reset();
    recipe.reset(std::move(plain));
}

} // namespace bitprism
