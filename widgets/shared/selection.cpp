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

} // namespace bitprism
