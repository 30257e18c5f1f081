// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_text.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace bitprism {

/// What one run did to the layer that is looked at.
struct LayerRun
{
    QString run; ///< id
    QString name;
    QString quantizer; ///< id of the method; empty: not known yet
    double bits = 0;
    std::optional<double> outputMse;
    double weightMse = 0;
};

/// The results of all runs for one layer, each beside rtn at the same width.
class LayerRunsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        RunColumn,
        BitsColumn,
        ErrorColumn, ///< of the output; of the weights where that was not measured
        AgainstColumn,
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setRuns(std::vector<LayerRun> runs);
    const LayerRun &run(int row) const { return m_runs[static_cast<std::size_t>(row)]; }
    /// Output error divided by that of rtn at the same bits; nothing without such a run.
    std::optional<double> againstRtn(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<LayerRun> m_runs;
    Notation m_errors; ///< of the column of errors
};

} // namespace bitprism
