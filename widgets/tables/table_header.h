// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace bitprism {

/// Headings of a table: one that is wider than its column goes on in a second line; what is too
/// long for that too ends in an ellipsis.
class TableHeader : public QHeaderView
{
    Q_OBJECT

public:
    explicit TableHeader(QWidget *parent);

    /// The least width at which a heading is whole, in two lines; no more than `most`.
    int leastWidth(int section, int most) const;
    QSize sizeHint() const override;

protected:
    void initStyleOptionForIndex(QStyleOptionHeader *option, int section) const override;

private:
    QString titleOf(int section) const;
    /// What of a section's width a heading has.
    int roomIn(int section, int width) const;
};

} // namespace bitprism
