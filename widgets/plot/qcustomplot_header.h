// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// QCustomPlot 2.1's header is written with Qt's keywords, which QT_NO_KEYWORDS takes away because
// they break ATen's headers. They exist for the length of this one include only.
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef foreach
