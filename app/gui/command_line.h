// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/theme.h"

#include <QSize>
#include <QString>
#include <QStringList>

namespace bitprism {

/// What the user asked for when starting the window.
struct CommandLine
{
    QString target; ///< model, sample's name or store; empty: none
    QString storePath; ///< empty: the user's own
    QString screenshotFolder; ///< not empty: save pictures there, then quit
    QSize screenshotSize{1440, 900}; ///< of the window in them, before `scale`
    QString measurement; ///< not empty: measure this, print it, then quit
    bool hasAppearance = false;
    Appearance appearance = Appearance::System;
    QString language; ///< empty: as the settings say
    double scale = 1; ///< of everything, beside the screen's own
    QString output; ///< not empty: print this and exit
    QString problem; ///< not empty: wrong usage; one line
};

/// `arguments` begins with the program's name. Needs no display and no application object.
CommandLine parseCommandLine(const QStringList &arguments);

} // namespace bitprism
