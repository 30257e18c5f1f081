// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/latest_runs.h"

#include "widgets/jobs/project.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/run_status.h"
#include "widgets/overview/run_headline.h"
#include "widgets/shared/elided_label.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/stored_text.h"
#include "widgets/shared/text.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace bitprism {

namespace {

constexpr int mostNameEms = 26;

QString figuresOf(const ViewContext &context, const store::RunRecord &run)
{
    QStringList parts;
    if (run.status == store::RunStatus::Running) {
        parts.append(LatestRuns::tr("at work")); // how far it is stands where it moves
    } else if (run.status != store::RunStatus::Finished) {
        parts.append(runStatusText(run, *context.hub));
    }
    if (!run.failure.empty()) {
        parts.append(storedErrorText(run.failure));
    }
    if (const QString headline = runHeadline(*context.library, run); !headline.isEmpty()) {
        parts.append(headline);
    }
    if (run.averageBits) {
        //: average bits per weight of a run
        parts.append(LatestRuns::tr("%1 bits").arg(formatBits(*run.averageBits)));
    }
    if (run.bytes) {
        parts.append(formatBytes(*run.bytes));
    }
    if (run.seconds) {
        parts.append(LatestRuns::tr("took %1").arg(formatSeconds(*run.seconds)));
    }
    parts.append(
        formatTime(QDateTime::fromString(QString::fromStdString(run.created), Qt::ISODateWithMs)));
    return listText(parts);
}

} // namespace

LatestRuns::LatestRuns(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_lines(new QVBoxLayout(this))
{
    m_lines->setContentsMargins({});
    m_lines->setSpacing(space(this, 1));
    connect(context.project, &Project::changed, this, &LatestRuns::showRuns);
    connect(context.project, &Project::runsChanged, this, &LatestRuns::showRuns);
    connect(context.library, &RunLibrary::resultChanged, this, &LatestRuns::showRuns);
    showRuns();
}

void LatestRuns::showRuns()
{
    QList<Line> lines;
    for (const QString &id : latestRuns(*m_context.project)) {
        const store::RunRecord &run = *m_context.project->findRun(id);
        const QString kind = QString::fromStdString(run.kind);
        lines.append({id, QString::fromStdString(run.name), figuresOf(m_context, run),
                      kind == "run" ? "compare" : kind});
    }
    if (lines == m_shown && m_lines->count() > 0) {
        return; // the buttons keep the focus
    }
    m_shown = lines;
    while (QLayoutItem *item = m_lines->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    QList<QPushButton *> buttons;
    for (const Line &line : std::as_const(m_shown)) {
        buttons.append(addLine(line));
    }
    int widest = 0;
    for (const QPushButton *button : std::as_const(buttons)) {
        widest = qMax(widest, button->sizeHint().width());
    }
    for (QPushButton *button : std::as_const(buttons)) {
        button->setFixedWidth(qMin(widest, em(this, mostNameEms)));
    }
    if (m_shown.isEmpty()) {
        auto *nothing = new QLabel(tr("Nothing was measured of this model yet."), this);
        nothing->setForegroundRole(QPalette::PlaceholderText);
        m_lines->addWidget(nothing);
    }
}

QPushButton *LatestRuns::addLine(const Line &line)
{
    auto *box = new QWidget(this);
    auto *open = new QPushButton(line.name, box);
    open->setAccessibleDescription(line.figures);
    auto *figures = new ElidedLabel(box);
    figures->setText(line.figures);
    figures->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 4));
    layout->addWidget(open);
    layout->addWidget(figures, 1);
    m_lines->addWidget(box);
    connect(open, &QPushButton::clicked, this, [this, id = line.run, view = line.view] {
        m_context.selection->setRun(id);
        if (view == "compare") {
            m_context.selection->setCompared({id});
        }
        Q_EMIT showViewRequested(view);
    });
    return open;
}

} // namespace bitprism
