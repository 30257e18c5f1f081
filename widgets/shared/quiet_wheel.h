// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace bitprism {

/// The wheel over `field` scrolls the page, not the value, unless the field was chosen first.
void keepWheel(QWidget *field);

} // namespace bitprism
