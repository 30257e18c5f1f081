// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ReportView that writes the document into a file.
#include "core/base/component.h"
#include "widgets/jobs/run_library.h"
#include "widgets/report/report_view.h"
#include "widgets/shared/format.h"
#include "widgets/shared/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>

namespace bitprism {

namespace {

/// Of the files of a format.
QString endingOf(const QString &format)
{
    return format == "markdown" ? QStringLiteral("md") : format;
}

bool endsAsAFormat(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    for (const std::string &id : Registry::instance().ids(Kind::reporter)) {
        if (suffix == endingOf(QString::fromStdString(id))) {
            return true;
        }
    }
    return false;
}

} // namespace

void ReportView::chooseFile()
{
    const QString ending = endingOf(format());
    QString path
        = QFileDialog::getSaveFileName(this, tr("Export the report"), tr("report") + "." + ending,
                                       QString("%1 (*.%2)").arg(m_format->currentText(), ending));
    if (path.isEmpty()) {
        return;
    }
    if (!endsAsAFormat(path)) {
        path += "." + ending;
        if (QFileInfo::exists(path)) { // the dialog asked about another name
            showStatus(tr("\u2715 Not written: %1 exists already.").arg(QFileInfo(path).fileName()),
                       true);
            return;
        }
    }
    exportTo(path);
}

void ReportView::exportTo(const QString &path)
{
    const QString ending = endingOf(format());
    const QString suffix = QFileInfo(path).suffix();
    if (endsAsAFormat(path) && suffix.compare(ending, Qt::CaseInsensitive) != 0) {
        showStatus(tr("\u2715 Not written: the name ends in .%1, but the document is %2. Choose a "
                      "name with .%3, or another format.")
                       .arg(suffix, m_format->currentText(), ending),
                   true);
        return;
    }
    m_writing = path;
    m_export->setEnabled(false);
    showStatus(tr("Writing %1").arg(QFileInfo(path).fileName()), false);
    m_context.library->writeReport(ids(), format(), path, m_sections);
}

void ReportView::showStatus(const QString &sentence, bool isProblem)
{
    m_isProblem = isProblem;
    QPalette colours = palette();
    const Theme theme = Theme::of(colours);
    colours.setColor(QPalette::WindowText, isProblem ? theme.bad : theme.mutedText);
    m_status->setPalette(colours);
    m_status->setText(sentence);
    m_status->setToolTip({});
}

void ReportView::takeWritten(const QString &path, qint64 bytes, const QString &problem)
{
    if (path != m_writing) {
        return;
    }
    m_writing.clear();
    m_export->setEnabled(true);
    const QString written = tr("Wrote %1, %2.").arg(QFileInfo(path).fileName(), formatBytes(bytes));
    showStatus(problem.isEmpty() ? written : tr("\u2715 Not written: %1").arg(problem),
               !problem.isEmpty());
    m_status->setToolTip(path);
    if (problem.isEmpty()) {
        Q_EMIT exported(path);
    }
}

} // namespace bitprism
