// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/overview/model_parts.h"

#include <QAbstractTableModel>
#include <QColor>

#include <vector>

namespace bitprism {

/// Sizes by part as a table; the part's colour in the bar stands before its name.
class PartsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        PartColumn,
        LayersColumn,
        WeightsColumn,
        BitsColumn,
        SizeColumn,
        ShareColumn,
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setParts(std::vector<ModelPart> parts);
    /// By place in the enumeration Part.
    void setColors(std::vector<QColor> colors);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    std::vector<ModelPart> m_parts;
    std::vector<QColor> m_colors;
};

} // namespace bitprism
