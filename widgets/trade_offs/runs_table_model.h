// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project_reader.h"
#include "widgets/trade_offs/quantity.h"

#include <QAbstractTableModel>

namespace bitprism {

/// The runs that the scatter plot shows, with everything they can be placed by.
class RunsTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    static constexpr int nameColumn = 0;
    static constexpr int experimentColumn = 1;
    static constexpr int firstQuantityColumn = 2;

    /// `rows` are places in `runs`; `onFront` are those that no other beats.
    void setRuns(RunListPtr runs, std::vector<std::size_t> rows, std::vector<Quantity> quantities,
                 const std::vector<std::size_t> &onFront);
    QString runId(int row) const;
    /// -1: not among them.
    int rowOf(const QString &runId) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    const store::RunRecord &run(int row) const;
    int giveWay(int section) const; ///< GiveWayRole

    RunListPtr m_runs;
    std::vector<std::size_t> m_rows;
    std::vector<Quantity> m_quantities;
    std::vector<char> m_isOnFront; ///< by place in m_runs
};

} // namespace bitprism
