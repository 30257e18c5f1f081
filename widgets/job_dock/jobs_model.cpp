// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/job_dock/jobs_model.h"

#include "widgets/jobs/run_status.h"
#include "widgets/shared/format.h"

namespace bitprism {

namespace {

constexpr double shortestSeconds = 0.1; ///< that formatSeconds() can tell from nothing

} // namespace

QString jobStateText(const HubJob &job)
{
    switch (job.state) {
    case JobState::Queued:
        return JobsModel::tr("Waiting");
    case JobState::Running:
        return progressText(job);
    case JobState::Finished:
        return JobsModel::tr("\u2713 Finished");
    case JobState::Failed:
        return JobsModel::tr("\u2715 Failed");
    case JobState::Cancelled:
        return stoppedText(job.progress.fraction);
    }
    return {};
}

QString retryText(const HubJob &job)
{
    return job.state == JobState::Cancelled && !job.runId.isEmpty() ? JobsModel::tr("Resume")
                                                                    : JobsModel::tr("Retry");
}

QString jobTimeText(const HubJob &job)
{
    if (QString left = timeLeftText(job); !left.isEmpty()) {
        return left;
    }
    if (job.state == JobState::Queued) {
        return {};
    }
    if (job.isOver() && job.progress.elapsedSeconds <= 0) { // it never began
        return {};
    }
    const bool isShort = job.progress.elapsedSeconds < shortestSeconds / 2;
    const QString time = isShort && job.isOver() ? "< " + formatSeconds(shortestSeconds)
                                                 : formatSeconds(job.progress.elapsedSeconds);
    return job.isOver() ? JobsModel::tr("took %1").arg(time) : JobsModel::tr("%1 so far").arg(time);
}

JobsModel::JobsModel(JobHub &hub, QObject *parent)
    : QAbstractTableModel(parent)
    , m_hub(hub)
{
    hub.lookAtJobs([this](const HubJob &job) { m_ids.append(job.id); });
    connect(&hub, &JobHub::jobAdded, this, [this](quint64 id) {
        beginInsertRows({}, rowCount(), rowCount());
        m_ids.append(id);
        endInsertRows();
    });
    connect(&hub, &JobHub::jobRemoved, this, [this](quint64 id) {
        const int row = rowOf(id);
        if (row >= 0) {
            beginRemoveRows({}, row, row);
            m_ids.removeAt(row);
            endRemoveRows();
        }
    });
    connect(&hub, &JobHub::jobChanged, this, [this](quint64 id) {
        const int row = rowOf(id);
        if (row >= 0) {
            Q_EMIT dataChanged(index(row, 0), index(row, columnTotal - 1));
        }
    });
}

int JobsModel::rowOf(quint64 id) const { return static_cast<int>(m_ids.indexOf(id)); }

quint64 JobsModel::idAt(int row) const { return m_ids.value(row); }

int JobsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_ids.size());
}

int JobsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant JobsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const HubJob *job = m_hub.find(m_ids.at(index.row()));
    if (job == nullptr) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return text(*job, index.column());
    case Qt::ToolTipRole:
        return job->failure.isEmpty() ? job->title : job->failure;
    case idRole:
        return job->id;
    case fractionRole:
        return job->state == JobState::Running && index.column() == StateColumn
            ? QVariant(job->progress.fraction)
            : QVariant();
    default:
        return {};
    }
}

QString JobsModel::text(const HubJob &job, int column) const
{
    switch (column) {
    case TitleColumn:
        return job.title;
    case StateColumn:
        return jobStateText(job);
    case EstimateColumn:
        return job.estimate ? formatSeconds(job.estimate->seconds) : notMeasured();
    default:
        return jobTimeText(job);
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole || section < 0
        || section >= columnTotal) {
        return {};
    }
    const QString titles[columnTotal] = {tr("Job"), tr("State"), tr("Estimate"), tr("Time")};
    return titles[section];
}

} // namespace bitprism
