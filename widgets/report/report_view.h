// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report_sections.h"
#include "widgets/jobs/worker.h"
#include "widgets/report/report_preview.h"
#include "widgets/tables/runs_view.h"

#include <QStringList>

#include <memory>

class QCheckBox;
class QComboBox;
class QContextMenuEvent;
class QLabel;
class QPushButton;
class QTextBrowser;

namespace bitprism {

class PictureMenu;

/// The report of the chosen runs as it will print, with parts to switch off, and its export.
class ReportView : public RunsView
{
    Q_OBJECT

public:
    explicit ReportView(ViewContext &context, QWidget *parent = nullptr);

    const ReportSections &sections() const { return m_sections; }
    /// Sections and format as in `other`.
    void takeChoices(const ReportView &other);
    /// Writes the document of the chosen format; exported() or a failure follows. A name that ends
    /// as another format is refused.
    void exportTo(const QString &path);

Q_SIGNALS:
    void exported(const QString &path);
    void previewShown();

protected:
    int leastRuns() const override { return 1; }
    QStringList defaultRuns(const RunList &runs) const override;
    QString emptySentence() const override;
    QString readingSentence() const override;
    void forget() override { m_report.reset(); }
    void request() override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    /// Of one section.
    struct Switch
    {
        QCheckBox *box;
        QString name;
        QString tip;
        bool ReportSections::*part;
    };

    QWidget *makePage();
    QWidget *makeSide();
    void showSwitches();
    void takeReport(const QStringList &ids, const std::shared_ptr<const ReportModel> &report,
                    const QString &problem);
    void takeWritten(const QString &path, qint64 bytes, const QString &problem);
    void showStatus(const QString &sentence, bool isProblem);
    void fitLetters();
    int fittingWidth() const;
    void askPreview();
    void showPreview(const ReportPreview &preview);
    void makeChartMenus(const std::vector<ChartSource> &charts);
    /// The menu of the preview: of the chart at a place of the viewport, or of each.
    void showMenu(const QContextMenuEvent &event);
    /// -1: none.
    int chartAt(const QPoint &place) const;
    void chooseFile();
    QString format() const;

    ViewContext &m_context;
    Latest<ReportPreview> m_previewing;
    QString m_writing; ///< path that is being written; empty: none
    std::shared_ptr<const ReportModel> m_report;
    ReportSections m_sections;
    int m_chartWidth = 0; ///< of the preview's charts
    QTextBrowser *m_paper;
    std::vector<Switch> m_switches;
    std::vector<PictureMenu *> m_chartMenus; ///< in the charts' order
    QComboBox *m_format;
    QPushButton *m_export;
    QLabel *m_status;
    bool m_isProblem = false; ///< the status says one
};

} // namespace bitprism
