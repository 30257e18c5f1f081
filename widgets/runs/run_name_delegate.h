// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/row_delegate.h"

namespace bitprism {

/// Elides what does not fit where it keeps a row apart from the rows around it: "gptq...bits" could
/// be any of a series, "gptq 4..." is one.
class RunNameDelegate : public RowDelegate
{
    Q_OBJECT

public:
    using RowDelegate::RowDelegate;

    /// The first of the middle, the end and the start that leaves `text` unlike all of `others`.
    static Qt::TextElideMode elisionOf(const QString &text, const QStringList &others,
                                       const QFontMetrics &metrics, int width);

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace bitprism
