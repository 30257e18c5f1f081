// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/row_delegate.h"

#include <functional>

namespace bitprism {

/// Names of layers that stay apart where the column is narrow: the parts before the last dot become
/// their first letters before anything is left out ("self_attn.q_proj", "s.q_proj", "...q_proj").
class LayerNameDelegate : public RowDelegate
{
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

/// The longest form of `name` that `fits`; the shortest one where none does.
QString fittingLayerName(const QString &name, const std::function<bool(const QString &)> &fits);

} // namespace bitprism
