// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/table_header.h"

#include <QStyle>
#include <QStyleOptionHeader>

namespace bitprism {

TableHeader::TableHeader(QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setHighlightSections(false);
    setSortIndicatorClearable(true);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setResizeContentsPrecision(100); // not all of ten thousand rows
}

void TableHeader::initStyleOptionForIndex(QStyleOptionHeader *option, int section) const
{
    QHeaderView::initStyleOptionForIndex(option, section);
    int room
        = sectionSize(section) - 2 * style()->pixelMetric(QStyle::PM_HeaderMargin, option, this);
    if (sortIndicatorSection() == section) {
        room -= style()->pixelMetric(QStyle::PM_HeaderMarkSize, option, this);
    }
    option->text = fontMetrics().elidedText(option->text, Qt::ElideRight, room);
}

} // namespace bitprism
