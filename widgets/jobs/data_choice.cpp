// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/data_choice.h"

#include "widgets/jobs/project.h"

#include <QCoreApplication>
#include <QFileDialog>

namespace bitprism {

bool needsCalibrationData(const Project &project)
{
    return project.model() && project.isModelPresent() && project.model()->runnable
        && project.calibrationFile().isEmpty();
}

QString dataButtonText(const Project &project)
{
    return needsCalibrationData(project)
        ? QCoreApplication::translate("Analysis", "Choose calibration data...")
        : QString();
}

void chooseCalibrationData(Project &project, QWidget *parent)
{
    const QString file = QFileDialog::getOpenFileName(
        parent, QCoreApplication::translate("Analysis", "Choose calibration data"));
    if (!file.isEmpty()) {
        project.setDataFiles(file, project.evaluationFile());
    }
}

} // namespace bitprism
