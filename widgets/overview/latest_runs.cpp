// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/latest_runs.h"

#include "widgets/jobs/project.h"
#include "widgets/shared/elided_label.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>

#include <algorithm>

namespace bitprism {

namespace {

constexpr int shownRuns = 5;

constexpr int mostNameEms = 26;

QString figuresOf(const store::RunRecord &run)
{
    QStringList parts;
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
    if (!run.failure.empty()) {
        parts.append(QString::fromStdString(run.failure));
    }
    const QDateTime created
        = QDateTime::fromString(QString::fromStdString(run.created), Qt::ISODateWithMs);
    parts.append(QLocale().toString(created.toLocalTime(), QLocale::ShortFormat));
    return parts.join(", ");
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
    showRuns();
}

void LatestRuns::showRuns()
{
    while (QLayoutItem *item = m_lines->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    QList<QPushButton *> buttons;
    const RunListPtr &runs = m_context.project->runs();
    const std::size_t count = runs ? std::min<std::size_t>(runs->size(), shownRuns) : 0;
    for (std::size_t i = 0; i < count; ++i) {
        const store::RunRecord &run = (*runs)[i];
        const QString id = QString::fromStdString(run.id);
        const bool isRun = run.kind == "run";
        auto *line = new QWidget(this);
        auto *open = new QPushButton(QString::fromStdString(run.name), line);
        open->setAccessibleDescription(figuresOf(run));
        buttons.append(open);
        auto *figures = new ElidedLabel(line);
        figures->setText(figuresOf(run));
        figures->setForegroundRole(QPalette::PlaceholderText);
        auto *layout = new QHBoxLayout(line);
        layout->setContentsMargins({});
        layout->setSpacing(space(this, 4));
        layout->addWidget(open);
        layout->addWidget(figures, 1);
        m_lines->addWidget(line);
        connect(open, &QPushButton::clicked, this,
                [this, id, view = isRun ? QString("compare") : QString::fromStdString(run.kind)] {
                    m_context.selection->setRun(id);
                    if (view == "compare") {
                        m_context.selection->setCompared({id});
                    }
                    Q_EMIT showViewRequested(view);
                });
    }
    int widest = 0;
    for (const QPushButton *button : std::as_const(buttons)) {
        widest = qMax(widest, button->sizeHint().width());
    }
    for (QPushButton *button : std::as_const(buttons)) {
        button->setFixedWidth(qMin(widest, em(this, mostNameEms)));
    }
    if (count == 0) {
        auto *nothing = new QLabel(tr("Nothing was measured yet."), this);
        nothing->setForegroundRole(QPalette::PlaceholderText);
        m_lines->addWidget(nothing);
    }
}

} // namespace bitprism
