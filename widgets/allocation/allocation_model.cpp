// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/allocation/allocation_model.h"

#include "widgets/allocation/allocation_charts.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/shared/text.h"
#include "widgets/tables/table_roles.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitprism {

namespace {

using Key = std::pair<std::string, std::pair<int, double>>;

Key keyOf(const std::string &layer, int bits, const std::optional<double> &ratio)
{
    return {layer, {bits, ratio.value_or(-1)}};
}

/// The power of ten, a multiple of three, in whose unit the largest damage has one to three digits
/// before the point: of all forms, so that it stays as it is while the budget moves.
int powerOf(const AllocationStudy *study)
{
    double largest = 0;
    for (std::size_t i = 0; study != nullptr && i < study->losses().size(); ++i) {
        largest = std::max(largest, std::fabs(study->losses()[i].value));
    }
    constexpr int digits = 3;
    const double exponent = largest > 0 ? std::log10(largest) : 0;
    return std::min(digits * static_cast<int>(std::floor(exponent / digits)), 0);
}

} // namespace

double AllocationModel::scale() const { return std::pow(10, -m_power); }

QString AllocationModel::unit() const
{
    //: a unit of loss with the power of ten before it: "10⁻³ nats"
    return m_power == 0 ? tr("nats") : tr("%1 nats").arg(powerOfTen(m_power));
}

void AllocationModel::setAllocations(const std::shared_ptr<const AllocationStudy> &study,
                                     const std::shared_ptr<const ModelInfo> &model,
                                     const std::shared_ptr<const SensitivityTable> &table,
                                     std::shared_ptr<const Allocation> chosen,
                                     std::shared_ptr<const Allocation> reference)
{
    if (const int power = powerOf(study.get()); power != m_power) {
        m_power = power;
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    }
    std::map<Key, std::size_t> cells;
    std::vector<std::string> names;
    for (std::size_t i = 0; table && i < table->cells.size(); ++i) {
        const SensitivityCell &cell = table->cells[i];
        cells[keyOf(cell.layer, cell.bits, cell.ratio)] = i;
        if (names.empty() || names.back() != cell.layer) {
            names.push_back(cell.layer);
        }
    }
    const auto choicesOf = [](const std::shared_ptr<const Allocation> &allocation) {
        std::map<std::string, LayerChoice> choices;
        for (std::size_t i = 0; allocation && i < allocation->layers.size(); ++i) {
            choices[allocation->layers[i].layer] = allocation->layers[i];
        }
        return choices;
    };
    const auto own = choicesOf(chosen);
    const auto other = choicesOf(reference);
    std::vector<Row> rows;
    for (const std::string &name : names) {
        Row &row = rows.emplace_back();
        row.layer = name;
        const LayerInfo *info = model ? model->findLayer(name) : nullptr;
        row.kind = info != nullptr ? layerKindText(info->kind) : QString();
        const auto fill = [&](const std::map<std::string, LayerChoice> &choices, QString &text,
                              std::optional<double> &bits, std::optional<LossChange> &damage) {
            const auto choice = choices.find(name);
            if (choice == choices.end()) {
                return;
            }
            text = choiceText(*table, choice->second);
            const auto cell = cells.find(keyOf(name, choice->second.bits, choice->second.ratio));
            if (cell == cells.end()) {
                return;
            }
            const SensitivityCell &found = table->cells[cell->second];
            bits = static_cast<double>(found.storageBits) / static_cast<double>(found.weights);
            if (study && cell->second < study->losses().size()) {
                damage = study->losses()[cell->second];
            }
        };
        fill(own, row.choice, row.bits, row.damage);
        fill(other, row.reference, row.referenceBits, row.referenceDamage);
    }
    const bool isSameShape = rows.size() == m_rows.size()
        && std::equal(rows.begin(), rows.end(), m_rows.begin(),
                      [](const Row &a, const Row &b) { return a.layer == b.layer; });
    if (!isSameShape) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    m_rows = std::move(rows);
    if (!m_rows.empty()) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

int AllocationModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AllocationModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

std::optional<double> AllocationModel::value(const Row &row, int column) const
{
    const auto change = [](const std::optional<double> &now, const std::optional<double> &before) {
        return now && before ? std::optional<double>(*now - *before) : std::nullopt;
    };
    const std::optional<LossChange> damage = loss(row, column);
    switch (column) {
    case BitsColumn:
        return row.bits;
    case BitsChangeColumn:
        return change(row.bits, row.referenceBits);
    default:
        return damage ? std::optional(damage->value) : std::nullopt;
    }
}

std::optional<LossChange> AllocationModel::loss(const Row &row, int column) const
{
    if (column == DamageColumn) {
        return row.damage;
    }
    if (column != DamageChangeColumn || !row.damage || !row.referenceDamage) {
        return std::nullopt;
    }
    LossChange change{row.damage->value - row.referenceDamage->value, std::nullopt};
    if (row.choice == row.reference) {
        change.standardError = 0;
    } else if (row.damage->standardError && row.referenceDamage->standardError) {
        change.standardError
            = std::hypot(*row.damage->standardError, *row.referenceDamage->standardError);
    }
    return change;
}

QVariant AllocationModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const Row &row = m_rows[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    const bool isNumber = column >= BitsColumn;
    const std::optional<double> number = value(row, column);
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>(Qt::AlignVCenter | (isNumber ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == SortRole && isNumber) {
        const bool isDamage = column == DamageColumn || column == DamageChangeColumn;
        return number ? QVariant(isDamage ? *number * scale() : *number) : QVariant();
    }
    if (role == MutedRole) {
        const std::optional<LossChange> damage = loss(row, column);
        const bool isNoise
            = damage && damage->standardError && std::fabs(damage->value) <= *damage->standardError;
        return isNoise || (row.choice == row.reference && !row.reference.isEmpty());
    }
    if (role != Qt::DisplayRole && role != SortRole && role != Qt::ToolTipRole) {
        return {};
    }
    const auto shown = [](const QString &text) { return text.isEmpty() ? notMeasured() : text; };
    switch (column) {
    case LayerColumn:
        return QString::fromStdString(row.layer);
    case KindColumn:
        return shown(row.kind);
    case ChoiceColumn:
        return shown(row.choice);
    case ReferenceColumn:
        return shown(row.reference);
    case BitsColumn:
        return formatBits(number);
    case BitsChangeColumn:
        return number ? signedPlotNumber(*number) : notMeasured();
    default: {
        if (!number) {
            return notMeasured();
        }
        const bool isExact = role == Qt::ToolTipRole;
        const double factor = isExact ? 1 : scale();
        const double error = factor * loss(row, column)->standardError.value_or(0);
        const QString text = column == DamageChangeColumn
            ? signedPlotNumber(factor * *number, error)
            : plotNumber(factor * *number, error);
        return isExact ? tr("%1 nats per token").arg(text) : text;
    }
    }
}

QVariant AllocationModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == GiveWayRole) {
        return section == ReferenceColumn ? 2 : section == DamageColumn ? 1 : 0;
    }
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    const bool isTip = role == Qt::ToolTipRole;
    switch (section) {
    case LayerColumn:
        return isTip ? QVariant() : QVariant(tr("Layer"));
    case KindColumn:
        return isTip ? QVariant() : QVariant(tr("Kind"));
    case ChoiceColumn:
        return isTip ? tr("What the layer gets in this allocation")
                     //: heading: what a layer gets in this allocation
                     : tr("Here");
    case ReferenceColumn:
        return isTip ? tr("What the layer gets in the allocation that this one is compared with")
                     //: heading: what a layer gets in the allocation it is compared with
                     : tr("There");
    case BitsColumn:
        return isTip ? QVariant() : QVariant(tr("Stored bits per weight"));
    case BitsChangeColumn:
        return isTip ? QVariant() : QVariant(tr("Change of bits"));
    case DamageColumn:
        return isTip ? tr("What the layer costs alone, nats per token; in the unit of the heading")
                     //: heading: the damage of a layer alone; %1 is a unit
                     : tr("Damage alone, %1").arg(unit());
    case DamageChangeColumn:
        return isTip ? tr("How much more the layer costs alone here than there, nats per token; in "
                          "the unit of the heading")
                     : tr("Change of damage, %1").arg(unit());
    default:
        return {};
    }
}

QString AllocationModel::layer(int row) const
{
    return row < 0 || row >= rowCount()
        ? QString()
        : QString::fromStdString(m_rows[static_cast<std::size_t>(row)].layer);
}

int AllocationModel::rowOf(const QString &layer) const
{
    const std::string name = layer.toStdString();
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [&](const Row &row) { return row.layer == name; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int AllocationModel::changedCount() const
{
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [](const Row &row) {
        return !row.reference.isEmpty() && row.choice != row.reference;
    }));
}

} // namespace bitprism
