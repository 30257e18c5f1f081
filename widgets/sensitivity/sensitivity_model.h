// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"
#include "core/results/sensitivity_table.h"
#include "widgets/plot/plot_text.h"

#include <QAbstractTableModel>

#include <array>
#include <memory>
#include <string>
#include <unordered_map>

namespace bitprism {

/// The cells of a sensitivity table as rows, numbers behind their texts (TableRole). Keeps the
/// tables it is given: no copies.
class SensitivityModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        LayerColumn,
        KindColumn,
        BitsColumn,
        KlColumn,
        DeltaNllColumn,
        PredictedColumn,
        OutputErrorColumn,
        WeightErrorColumn,
        SizeColumn,
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// Either may be null.
    void setTable(std::shared_ptr<const SensitivityTable> table,
                  std::shared_ptr<const ModelInfo> model);
    const SensitivityCell &cell(int row) const
    {
        return m_table->cells[static_cast<std::size_t>(row)];
    }
    /// First row of a layer at a width; -1: none.
    int rowOf(const QString &layer, int bits) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString kindOf(const SensitivityCell &cell) const;

    void findNotations();

    std::shared_ptr<const SensitivityTable> m_table;
    std::array<Notation, columnTotal> m_notations; ///< all numbers of a column are written alike
    std::shared_ptr<const ModelInfo> m_model;
    std::unordered_map<std::string, QString> m_kinds; ///< by layer
};

} // namespace bitprism
