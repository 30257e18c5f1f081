// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/store/experiment_store.h"

#include <QDialog>

class QComboBox;
class QPushButton;

namespace bitprism {

class ParamForm;

/// Asks how and where a run's quantized checkpoint is written: the format and its parameters, as
/// the registry has them, and the folder.
class ExportDialog : public QDialog
{
    Q_OBJECT

public:
    ExportDialog(const store::RunRecord &run, const QString &storePath, QWidget *parent = nullptr);

    /// The job that writes it.
    JobRequest request() const;

private:
    void showFormat();
    void showReady();

    JobRequest m_request;
    QComboBox *m_format;
    ParamForm *m_options;
    ParamForm *m_target;
    QPushButton *m_export = nullptr;
    std::string m_values = "{}"; ///< JSON object of the format's parameters
    std::string m_folder;
};

} // namespace bitprism
