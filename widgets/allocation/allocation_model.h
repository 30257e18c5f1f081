// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_study.h"
#include "core/results/allocation.h"
#include "core/results/model_info.h"
#include "core/results/sensitivity_table.h"

#include <QAbstractTableModel>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// Two allocations side by side: what each layer gets in both, and what the change costs and buys
/// with this layer alone.
class AllocationModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        LayerColumn,
        KindColumn,
        ChoiceColumn,
        ReferenceColumn,
        BitsColumn, ///< stored bits per weight
        BitsChangeColumn,
        DamageChangeColumn, ///< of this layer alone, as the next
        DamageColumn,
        ColumnCount
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// `study` says what each layer's form costs alone; null: nothing is solved yet.
    void setAllocations(const std::shared_ptr<const AllocationStudy> &study,
                        const std::shared_ptr<const ModelInfo> &model,
                        const std::shared_ptr<const SensitivityTable> &table,
                        std::shared_ptr<const Allocation> chosen,
                        std::shared_ptr<const Allocation> reference);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

    QString layer(int row) const;
    int rowOf(const QString &layer) const;
    /// Layers that the two allocations treat differently.
    int changedCount() const;

private:
    struct Row
    {
        std::string layer;
        QString kind;
        QString choice;
        QString reference;
        std::optional<double> bits;
        std::optional<double> referenceBits;
        std::optional<LossChange> damage;
        std::optional<LossChange> referenceDamage;
    };
    /// What a cell says, where it is a number that has a standard error.
    std::optional<LossChange> loss(const Row &row, int column) const;
    std::optional<double> value(const Row &row, int column) const;

    /// "nats", or "10⁻³ nats" in what the damages of all forms are easily written.
    QString unit() const;
    double scale() const;

    std::vector<Row> m_rows;
    int m_power = 0; ///< damages are shown in units of ten to this power, a multiple of three
};

} // namespace bitprism
