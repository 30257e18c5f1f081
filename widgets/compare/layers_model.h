// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/comparison.h"
#include "widgets/plot/plot_text.h"

#include <QAbstractTableModel>

#include <memory>

namespace bitprism {

/// The layers of two of the compared runs, and how one measure differs.
class ComparedLayersModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        LayerColumn,
        DifferenceColumn,
        FirstColumn,
        OtherColumn,
        FirstBitsColumn,
        OtherBitsColumn,
        columnTotal
    };
    using QAbstractTableModel::QAbstractTableModel;

    /// `run` is the place of the other run, 1 or more; the first is the reference.
    void setComparison(std::shared_ptr<const Comparison> comparison, std::size_t run,
                       LayerMeasure measure);

    QString layer(int row) const;
    /// -1: none of that name.
    int rowOf(const QString &layer) const;
    std::optional<double> difference(int row) const;
    /// As the table writes it; all rows alike.
    QString differenceText(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    std::optional<double> value(int row, int column) const;
    QString runName(std::size_t run) const;

    Notation m_values; ///< of both runs' figures
    Notation m_differences;
    std::shared_ptr<const Comparison> m_comparison;
    std::size_t m_run = 1;
    LayerMeasure m_measure = LayerMeasure::OutputError;
};

/// "Output error, relative": a measure with its unit.
QString layerMeasureText(LayerMeasure measure);
/// The title of bars of how the layers of a run differ from those of another.
QString layerDifferenceTitle(LayerMeasure measure, const QString &run, const QString &reference);

} // namespace bitprism
