// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report_sections.h"
#include "widgets/jobs/worker.h"
#include "widgets/report/report_preview.h"
#include "widgets/shared/view.h"

#include <QStringList>

#include <memory>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedLayout;
class QTextBrowser;

namespace bitprism {

class RunChooser;
class StateBanner;
class StatePanel;

/// The report of the chosen runs as it will print, with parts to switch off, and its export.
class ReportView : public View
{
    Q_OBJECT

public:
    explicit ReportView(ViewContext &context, QWidget *parent = nullptr);

    const ReportSections &sections() const { return m_sections; }
    /// Writes the document of the chosen format; exported() or a failure follows.
    void exportTo(const QString &path);

Q_SIGNALS:
    void exported(const QString &path);
    void previewShown();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    QWidget *makePage();
    QWidget *makeSide();
    QCheckBox *makeSwitch(const QString &text, const QString &tip, bool ReportSections::*part);
    void refresh();
    void takeReport(const QStringList &ids, const std::shared_ptr<const ReportModel> &report,
                    const QString &problem);
    void takeWritten(const QString &path, qint64 bytes, const QString &problem);
    int fittingWidth() const;
    void askPreview();
    void showPreview(const ReportPreview &preview);
    void showBanner();
    void chooseFile();
    void act();
    QString format() const;

    ViewContext &m_context;
    Latest<ReportPreview> m_previewing;
    QStringList m_ids; ///< shown or asked for
    QString m_writing; ///< path that is being written; empty: none
    std::shared_ptr<const ReportModel> m_report;
    ReportSections m_sections;
    bool m_hasFailed = false;
    int m_chartWidth = 0; ///< of the preview's charts
    QStackedLayout *m_layout;
    StatePanel *m_state;
    RunChooser *m_chooser;
    StateBanner *m_banner;
    QTextBrowser *m_paper;
    QComboBox *m_format;
    QPushButton *m_export;
    QLabel *m_status;
};

} // namespace bitprism
