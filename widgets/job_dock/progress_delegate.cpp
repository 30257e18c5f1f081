// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/job_dock/progress_delegate.h"

#include "widgets/job_dock/jobs_model.h"
#include "widgets/shared/theme.h"

#include <QPainter>

namespace bitprism {

void ProgressDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                             const QModelIndex &index) const
{
    RowDelegate::paint(painter, option, index);
    const QVariant fraction = index.data(JobsModel::fractionRole);
    if (!fraction.isValid()) {
        return;
    }
    const Theme theme = Theme::of(option.palette);
    const int thickness = qMax(2, option.fontMetrics.height() / 6);
    QRect line(option.rect.left(), option.rect.bottom() - thickness, option.rect.width(),
               thickness);
    painter->fillRect(line, theme.grid);
    line.setWidth(qRound(line.width() * fraction.toDouble()));
    painter->fillRect(line, theme.accent);
}

} // namespace bitprism
