// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/runs_model.h"

#include "widgets/shared/format.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace bitprism {

namespace {

QString statusText(store::RunStatus status)
{
    switch (status) {
    case store::RunStatus::Queued:
        return RunsModel::tr("Queued");
    case store::RunStatus::Running:
        return RunsModel::tr("Running");
    case store::RunStatus::Finished:
        return RunsModel::tr("Finished");
    case store::RunStatus::Failed:
        return RunsModel::tr("Failed");
    case store::RunStatus::Cancelled:
        return RunsModel::tr("Cancelled");
    case store::RunStatus::Interrupted:
        return RunsModel::tr("Interrupted");
    }
    return {};
}

QString progressText(const store::RunRecord &run)
{
    if (run.status == store::RunStatus::Finished || run.blocks == 0) {
        return statusText(run.status);
    }
    //: a run's status, and how many blocks of the model are done
    return RunsModel::tr("%1, %2 of %3")
        .arg(statusText(run.status))
        .arg(run.blocksDone)
        .arg(run.blocks);
}

QDateTime createdTime(const store::RunRecord &run)
{
    return QDateTime::fromString(QString::fromStdString(run.created), Qt::ISODateWithMs)
        .toLocalTime();
}

QString displayText(const store::RunRecord &run, int column)
{
    switch (column) {
    case RunsModel::NameColumn:
        return QString::fromStdString(run.name);
    case RunsModel::StatusColumn:
        return progressText(run);
    case RunsModel::BitsColumn:
        return formatBits(run.averageBits);
    case RunsModel::SizeColumn:
        return run.bytes ? formatBytes(*run.bytes) : notMeasured();
    case RunsModel::CreatedColumn:
        return QLocale().toString(createdTime(run), QLocale::ShortFormat);
    default:
        return {};
    }
}

QVariant sortValue(const store::RunRecord &run, int column)
{
    switch (column) {
    case RunsModel::BitsColumn:
        return run.averageBits.value_or(-1);
    case RunsModel::SizeColumn:
        return QVariant::fromValue<qint64>(run.bytes.value_or(-1));
    case RunsModel::CreatedColumn:
        return createdTime(run);
    default:
        return displayText(run, column);
    }
}

bool isNumber(int column)
{
    return column == RunsModel::BitsColumn || column == RunsModel::SizeColumn;
}

} // namespace

void RunsModel::setRuns(RunListPtr runs)
{
    beginResetModel();
    m_runs = std::move(runs);
    endResetModel();
}

int RunsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_runs ? 0 : static_cast<int>(m_runs->size());
}

int RunsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant RunsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const store::RunRecord &run = (*m_runs)[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return displayText(run, index.column());
    case sortRole:
        return sortValue(run, index.column());
    case Qt::ToolTipRole:
        return run.failure.empty() ? QString::fromStdString(run.id)
                                   : QString::fromStdString(run.failure);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    default:
        return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString titles[columnTotal]
        = {tr("Run"), tr("Status"), tr("Bits"), tr("Size"), tr("Created")};
    return titles[section];
}

} // namespace bitprism
