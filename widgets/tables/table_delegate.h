// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/row_delegate.h"

namespace bitprism {

/// Cells of a DataTable: muted inside the noise, bold where best, figures of one width.
class TableDelegate : public RowDelegate
{
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

/// `font` if its ten figures have one width, else the system's fixed-width face in its size.
QFont figureFont(const QFont &font);

} // namespace bitprism
