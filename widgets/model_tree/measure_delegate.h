// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/row_delegate.h"

namespace bitprism {

/// A bar as long as what was measured of the layer.
class MeasureDelegate : public RowDelegate
{
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

} // namespace bitprism
