// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/row_delegate.h"

namespace bitprism {

/// Rows of jobs: a bar behind the share that is done.
class ProgressDelegate : public RowDelegate
{
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

} // namespace bitprism
