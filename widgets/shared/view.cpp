// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/view.h"

namespace bitprism {

#define VIEW(name) extern const ViewEntry view_##name;
#include "widgets/views.def"
#undef VIEW

const std::vector<const ViewEntry *> &viewEntries()
{
    static const std::vector<const ViewEntry *> entries{
#define VIEW(name) &view_##name,
#include "widgets/views.def"
#undef VIEW
    };
    return entries;
}

bool View::isPutAside()
{
    // A view that was never asked to show or hide, as in a window not shown yet, is not put aside.
    m_isBehind = isHidden() && testAttribute(Qt::WA_WState_ExplicitShowHide);
    return m_isBehind;
}

void View::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (m_isBehind) {
        m_isBehind = false;
        catchUp();
    }
}

} // namespace bitprism
