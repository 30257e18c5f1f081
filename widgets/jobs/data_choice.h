// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace bitprism {

class Project;

/// Calibration data are all that is missing for an analysis of the open model.
bool needsCalibrationData(const Project &project);
/// What a button says that asks for them; empty where they are not what is missing.
QString dataButtonText(const Project &project);
/// Asks for a file and makes it the project's.
void chooseCalibrationData(Project &project, QWidget *parent);

} // namespace bitprism
