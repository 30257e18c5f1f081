// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/model_tree/measure_delegate.h"

#include "widgets/model_tree/model_tree_model.h"
#include "widgets/shared/theme.h"

#include <QPainter>

namespace bitprism {

void MeasureDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    RowDelegate::paint(painter, option, index);
    const QVariant share = index.data(ModelTreeModel::measureRole);
    if (!share.isValid()) {
        return;
    }
    const int air = option.rect.height() / 3;
    QRect bar = option.rect.adjusted(air / 2, air, -air / 2, -air);
    bar.setWidth(qMax(1, qRound(bar.width() * share.toDouble())));
    painter->fillRect(bar, Theme::of(option.palette).accent);
}

} // namespace bitprism
