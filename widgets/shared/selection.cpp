// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/selection.h"

namespace bitprism {

namespace {

constexpr qsizetype mostChosen = 32; // there are fewer kinds of runs

} // namespace

void Selection::setLayer(const QString &layer)
{
    if (layer != m_layer) {
        m_layer = layer;
        Q_EMIT layerChanged(m_layer);
    }
}

void Selection::setRun(const QString &runId)
{
    if (runId.isEmpty()) {
        m_chosenRuns.clear();
    } else {
        m_chosenRuns.removeAll(runId);
        m_chosenRuns.append(runId);
    }
    if (m_chosenRuns.size() > mostChosen) {
        m_chosenRuns.removeFirst();
    }
    if (runId != m_run) {
        m_run = runId;
        Q_EMIT runChanged(m_run);
    }
}

void Selection::releaseRuns(const QStringList &ids)
{
    qsizetype released = 0;
    for (const QString &id : ids) {
        released += m_chosenRuns.removeAll(id);
    }
    if (released > 0) {
        m_run = ids.contains(m_run) ? QString() : m_run;
        Q_EMIT runChanged(m_run);
    }
}

QVariant Selection::kept(const QString &name) const
{
    const auto found = m_kept.find(name);
    return found == m_kept.end() ? QVariant() : found->second;
}

void Selection::setCompared(const QStringList &ids)
{
    if (ids != m_compared) {
        m_compared = ids;
        Q_EMIT comparedChanged(m_compared);
    }
}

} // namespace bitprism
