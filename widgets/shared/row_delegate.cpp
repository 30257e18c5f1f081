// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/row_delegate.h"

namespace bitprism {

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    const int height = option.fontMetrics.height();
    size.setHeight(qMax(size.height(), height + height / 2));
    size.rwidth() += height / 2;
    return size;
}

} // namespace bitprism
