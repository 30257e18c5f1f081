// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project_reader.h"

#include <QAbstractTableModel>

namespace bitprism {

/// The runs of a store, newest first.
class RunsModel : public QAbstractTableModel
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
    /// Sorts by value, not by text.
    static constexpr int sortRole = Qt::UserRole;

    using QAbstractTableModel::QAbstractTableModel;

    /// Null empties the table.
    void setRuns(RunListPtr runs);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    RunListPtr m_runs;
};

} // namespace bitprism
