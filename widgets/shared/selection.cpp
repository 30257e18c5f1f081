// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/selection.h"

namespace bitprism {

void Selection::setLayer(const QString &layer)
{
    if (layer != m_layer) {
        m_layer = layer;
        Q_EMIT layerChanged(m_layer);
    }
}

void Selection::setRun(const QString &runId)
{
    if (runId != m_run) {
        m_run = runId;
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
