// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/row_delegate.h"

#include <functional>

namespace bitprism {

/// Names of layers lose their middle where the column is narrow, as everywhere in the window: the
/// last part stays whole, and before it what has room ("self_attn.q_proj", "self…q_proj").
class LayerNameDelegate : public RowDelegate
{
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
};

/// The longest form of `name` that `fits`: its beginning, an ellipsis and its last part. Where none
/// fits, the last part alone.
QString fittingLayerName(const QString &name, const std::function<bool(const QString &)> &fits);

} // namespace bitprism
