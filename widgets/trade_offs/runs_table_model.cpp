// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/runs_table_model.h"

#include "widgets/tables/table_roles.h"

namespace bitprism {

void RunsTableModel::setRuns(RunListPtr runs, std::vector<std::size_t> rows,
                             std::vector<Quantity> quantities,
                             const std::vector<std::size_t> &onFront)
{
    beginResetModel();
    m_runs = std::move(runs);
    m_rows = std::move(rows);
    m_quantities = std::move(quantities);
    m_isOnFront.assign(m_runs ? m_runs->size() : 0, 0);
    for (const std::size_t place : onFront) {
        m_isOnFront[place] = 1;
    }
    endResetModel();
}

const store::RunRecord &RunsTableModel::run(int row) const
{
    return (*m_runs)[m_rows[static_cast<std::size_t>(row)]];
}

QString RunsTableModel::runId(int row) const { return QString::fromStdString(run(row).id); }

int RunsTableModel::rowOf(const QString &runId) const
{
    const std::string id = runId.toStdString();
    for (int row = 0; row < rowCount(); ++row) {
        if (run(row).id == id) {
            return row;
        }
    }
    return -1;
}

int RunsTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunsTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : firstQuantityColumn + static_cast<int>(m_quantities.size());
}

QVariant RunsTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const store::RunRecord &shown = run(index.row());
    if (role == BestRole) {
        return index.column() == nameColumn
            && m_isOnFront[m_rows[static_cast<std::size_t>(index.row())]] != 0;
    }
    if (index.column() < firstQuantityColumn) {
        const std::string &text = index.column() == nameColumn ? shown.name : shown.experiment;
        return role == Qt::DisplayRole ? QVariant(QString::fromStdString(text)) : QVariant();
    }
    if (role != Qt::DisplayRole && role != SortRole && role != MutedRole
        && role != StandardErrorRole) {
        return {};
    }
    const Quantity &quantity
        = m_quantities[static_cast<std::size_t>(index.column() - firstQuantityColumn)];
    const std::optional<QuantityValue> value = valueOf(shown, quantity);
    if (role == MutedRole) {
        return value && isInsideNoise(*value, quantity);
    }
    if (role == StandardErrorRole) {
        return value && value->standardError ? QVariant(*value->standardError) : QVariant();
    }
    if (role == SortRole) {
        return value ? QVariant(value->value) : QVariant();
    }
    return quantityText(value, quantity);
}

/// Size, bits and losses are what runs are compared by.
int RunsTableModel::giveWay(int section) const
{
    constexpr int first = 3;
    if (section < firstQuantityColumn) {
        return section == experimentColumn ? first : 0;
    }
    const Quantity &quantity
        = m_quantities[static_cast<std::size_t>(section - firstQuantityColumn)];
    const bool isMain = quantity.kind == Quantity::Kind::Bytes
        || quantity.kind == Quantity::Kind::AverageBits
        || quantity.kind == Quantity::Kind::DeltaNll;
    return quantity.isOfMachine() ? 2 : isMain ? 0 : 1;
}

QVariant RunsTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter | (section < firstQuantityColumn ? Qt::AlignLeft : Qt::AlignRight)));
    }
    if (role == GiveWayRole) {
        return giveWay(section);
    }
    if (role == Qt::ToolTipRole && section >= firstQuantityColumn) {
        return m_quantities[static_cast<std::size_t>(section - firstQuantityColumn)].title;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (section == nameColumn) {
        return tr("Run");
    }
    return section == experimentColumn
        ? tr("Experiment")
        : m_quantities[static_cast<std::size_t>(section - firstQuantityColumn)].shortTitle;
}

} // namespace bitprism
