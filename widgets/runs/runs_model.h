// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project_reader.h"

#include <QAbstractItemModel>

#include <utility>
#include <vector>

namespace bitprism {

/// The runs of a store, newest first: experiments as groups, then the runs that belong to none.
/// Made for ten thousand of them: filtering looks at each run once, and nothing is sorted.
class RunsModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Column
    {
        NameColumn,
        StatusColumn,
        BitsColumn,
        SizeColumn,
        CreatedColumn,
        columnTotal
    };
    /// Id of a run; empty for an experiment.
    static constexpr int runRole = Qt::UserRole;
    /// Of an experiment: what it is kept by, whatever is shown for it; nothing of a run.
    static constexpr int groupRole = Qt::UserRole + 1;

    /// `hub`, which outlives the model, says how far runs at work are.
    explicit RunsModel(const JobHub &hub, QObject *parent = nullptr);

    /// Null empties the list.
    void setRuns(RunListPtr runs);
    /// Only runs with `text` in name, kind, experiment or id; empty: all.
    void setFilter(const QString &text);
    /// The run has come further: tells of its row where its status reads differently.
    void showProgress(const QString &runId);
    /// Invalid where the run does not show.
    QModelIndex indexOfRun(const QString &runId) const;
    int shownRuns() const;

    /// "\u2713 Finished", "Stopped at 43 %".
    QString statusText(const store::RunRecord &run) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &child) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    struct Group
    {
        QString name;
        std::vector<std::size_t> runs; ///< places in the list
    };

    void rebuild();
    bool isShown(const store::RunRecord &run) const;
    const Group *groupOf(const QModelIndex &index) const;
    const store::RunRecord *runOf(const QModelIndex &index) const;
    QVariant groupData(const Group &group, int column, int role) const;

    const JobHub &m_hub;
    RunListPtr m_runs;
    std::pair<QString, QString> m_told; ///< the run of the last change, and its status then
    QString m_filter;
    std::vector<Group> m_groups; ///< experiments, newest first
    std::vector<std::size_t> m_loose; ///< runs of no experiment
};

} // namespace bitprism
