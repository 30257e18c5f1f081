// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/runs_model.h"

#include "widgets/jobs/run_status.h"
#include "widgets/shared/format.h"
#include "widgets/shared/stored_text.h"

#include <QDateTime>
#include <QHash>

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

constexpr quintptr topLevel = 0; // children carry their group's row plus one

QDateTime createdTime(const store::RunRecord &run)
{
    return QDateTime::fromString(QString::fromStdString(run.created), Qt::ISODateWithMs);
}

QString kindText(const store::RunRecord &run)
{
    if (run.kind == "run") {
        return RunsModel::tr("Quantization");
    }
    if (run.kind == "sensitivity") {
        return RunsModel::tr("Sensitivity");
    }
    return run.kind == "outliers" ? RunsModel::tr("Outliers") : QString::fromStdString(run.kind);
}

QString toolTip(const store::RunRecord &run)
{
    //: a run's name, what it is, its model, its id and its time
    QString text = RunsModel::tr("%1\n%2 of %3\nRun %4, %5")
                       .arg(QString::fromStdString(run.name), kindText(run),
                            QString::fromStdString(run.model), QString::fromStdString(run.id),
                            formatTime(createdTime(run)));
    if (!run.failure.empty()) {
        text += '\n' + storedErrorText(run.failure);
    }
    return text;
}

} // namespace

RunsModel::RunsModel(const JobHub &hub, QObject *parent)
    : QAbstractItemModel(parent)
    , m_hub(hub)
{
}

void RunsModel::setRuns(RunListPtr runs)
{
    beginResetModel();
    m_runs = std::move(runs);
    rebuild();
    endResetModel();
}

void RunsModel::setFilter(const QString &text)
{
    beginResetModel();
    m_filter = text;
    rebuild();
    endResetModel();
}

void RunsModel::rebuild()
{
    m_groups.clear();
    m_loose.clear();
    if (!m_runs) {
        return;
    }
    QHash<QString, std::size_t> places;
    for (std::size_t place = 0; place < m_runs->size(); ++place) {
        const store::RunRecord &run = (*m_runs)[place];
        if (!isShown(run)) {
            continue;
        }
        if (run.experiment.empty()) {
            m_loose.push_back(place);
            continue;
        }
        const QString name = QString::fromStdString(run.experiment);
        if (!places.contains(name)) {
            places.insert(name, m_groups.size());
            m_groups.push_back({name, {}});
        }
        m_groups[places.value(name)].runs.push_back(place);
    }
}

bool RunsModel::isShown(const store::RunRecord &run) const
{
    if (m_filter.isEmpty()) {
        return true;
    }
    for (const std::string *text : {&run.name, &run.kind, &run.experiment, &run.id}) {
        if (QString::fromStdString(*text).contains(m_filter, Qt::CaseInsensitive)) {
            return true;
        }
    }
    return false;
}

void RunsModel::showProgress(const QString &runId)
{
    const QModelIndex place = indexOfRun(runId);
    const QString status = place.siblingAtColumn(StatusColumn).data().toString();
    // Ten times a second, mostly of the same percent: a tree measures its row for each signal.
    if (place.isValid() && std::exchange(m_told, {runId, status}) != std::pair(runId, status)) {
        Q_EMIT dataChanged(place.siblingAtColumn(StatusColumn),
                           place.siblingAtColumn(StatusColumn));
    }
}

QModelIndex RunsModel::indexOfRun(const QString &runId) const
{
    const std::string wanted = runId.toStdString();
    const auto is = [&](std::size_t place) { return (*m_runs)[place].id == wanted; };
    for (std::size_t group = 0; group < m_groups.size(); ++group) {
        const std::vector<std::size_t> &runs = m_groups[group].runs;
        const auto found = std::find_if(runs.begin(), runs.end(), is);
        if (found != runs.end()) {
            return index(static_cast<int>(found - runs.begin()), 0,
                         index(static_cast<int>(group), 0));
        }
    }
    const auto found = std::find_if(m_loose.begin(), m_loose.end(), is);
    return found == m_loose.end()
        ? QModelIndex()
        : index(static_cast<int>(m_groups.size() + (found - m_loose.begin())), 0);
}

int RunsModel::shownRuns() const
{
    std::size_t count = m_loose.size();
    for (const Group &group : m_groups) {
        count += group.runs.size();
    }
    return static_cast<int>(count);
}

QModelIndex RunsModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column,
                       parent.isValid() ? static_cast<quintptr>(parent.row() + 1) : topLevel);
}

QModelIndex RunsModel::parent(const QModelIndex &child) const
{
    if (!child.isValid() || child.internalId() == topLevel) {
        return {};
    }
    return createIndex(static_cast<int>(child.internalId()) - 1, 0, topLevel);
}

int RunsModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid()) {
        return static_cast<int>(m_groups.size() + m_loose.size());
    }
    const Group *group = groupOf(parent);
    return group == nullptr || parent.column() != 0 ? 0 : static_cast<int>(group->runs.size());
}

int RunsModel::columnCount(const QModelIndex &) const { return columnTotal; }

const RunsModel::Group *RunsModel::groupOf(const QModelIndex &index) const
{
    const bool isGroup
        = index.internalId() == topLevel && static_cast<std::size_t>(index.row()) < m_groups.size();
    return isGroup ? &m_groups[static_cast<std::size_t>(index.row())] : nullptr;
}

const store::RunRecord *RunsModel::runOf(const QModelIndex &index) const
{
    const auto row = static_cast<std::size_t>(index.row());
    if (index.internalId() != topLevel) {
        return &(*m_runs)[m_groups[index.internalId() - 1].runs[row]];
    }
    return row < m_groups.size() ? nullptr : &(*m_runs)[m_loose[row - m_groups.size()]];
}

QVariant RunsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = index.column() == BitsColumn || index.column() == SizeColumn;
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isNumber ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (const Group *group = groupOf(index)) {
        return groupData(*group, index.column(), role);
    }
    const store::RunRecord &run = *runOf(index);
    switch (role) {
    case Qt::ToolTipRole: // a status may be cut
        return index.column() == StatusColumn ? statusText(run) + '\n' + toolTip(run)
                                              : toolTip(run);
    case runRole:
        return QString::fromStdString(run.id);
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case NameColumn:
        return QString::fromStdString(run.name);
    case StatusColumn:
        return statusText(run);
    case BitsColumn:
        return formatBits(run.averageBits);
    case SizeColumn:
        return run.bytes ? formatBytes(*run.bytes) : notMeasured();
    default:
        return formatTime(createdTime(run));
    }
}

QVariant RunsModel::groupData(const Group &group, int column, int role) const
{
    if (role == runRole) {
        return QString();
    }
    if (role == groupRole) {
        return group.name;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return column == NameColumn  ? QVariant(group.name)
        : column == StatusColumn ? QVariant(QString::number(group.runs.size()))
                                 : QVariant();
}

QString RunsModel::statusText(const store::RunRecord &run) const
{
    return runStatusText(run, m_hub);
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool isNumber = section == BitsColumn || section == SizeColumn;
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isNumber ? Qt::AlignRight : Qt::AlignLeft));
    }
    const QString titles[columnTotal]
        = {tr("Run"), tr("Status"), tr("Bits"), tr("Size"), tr("Created")};
    return role == Qt::DisplayRole ? QVariant(titles[section]) : QVariant();
}

} // namespace bitprism
