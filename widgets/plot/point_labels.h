// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineF>
#include <QRectF>
#include <QSizeF>

#include <optional>
#include <vector>

namespace bitprism {

/// A text that wants to stand beside a mark of a plot.
struct PointLabel
{
    QRectF mark; ///< that it belongs to
    QSizeF size; ///< of the text
};

/// Where each label stands: right or left of its mark, moved up or down by half a line or whole
/// ones, covering no other label and no mark, inside `area`; of these places the first that is
/// crossed by fewest of `lines` and has no foreign mark nearer than its own. Nothing for one that
/// finds no room. `gap` lies between mark and text. O(n^2) with few candidates: meant for a dozen
/// labels.
std::vector<std::optional<QRectF>> placeLabels(const std::vector<PointLabel> &labels,
                                               const QRectF &area, double gap,
                                               const std::vector<QLineF> &lines = {});

} // namespace bitprism
