// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace bitprism {

/// `box` is never lower than its layout needs at its width: sentences that come or grow in it make
/// it (and a window that it is) taller, instead of being squeezed.
void keepFullHeight(QWidget *box);

} // namespace bitprism
