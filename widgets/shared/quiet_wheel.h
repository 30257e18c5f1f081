// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace bitprism {

/// The wheel over `field` scrolls the page, not the value, unless the field was chosen first.
void keepWheel(QWidget *field);

/// Undo and redo are the window's, of the recipe, also while `field` has the focus: its own would
/// bring digits back that the recipe never had.
void leaveUndo(QWidget *field);

} // namespace bitprism
