// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace bitprism {

/// What a model answers beside Qt's roles, for DataTable. All are optional.
enum TableRole
{
    /// The value behind the text: a double sorts and is saved as a number, anything else as text.
    /// Invalid or NaN: not measured, always last.
    SortRole = Qt::UserRole + 1,
    /// True: inside the noise, drawn in the muted colour.
    MutedRole = Qt::UserRole + 2,
    /// True: the best of its row, drawn bold.
    BestRole = Qt::UserRole + 3,
    /// Of a heading: an int above 0 where the column gives way in a narrow table; the highest go
    /// first, of equals the last.
    GiveWayRole = Qt::UserRole + 4,
    /// The standard error of SortRole's value, a double, where the text shows one: a CSV has it in
    /// a column of its own. Invalid or NaN: none.
    StandardErrorRole = Qt::UserRole + 5
};

} // namespace bitprism
