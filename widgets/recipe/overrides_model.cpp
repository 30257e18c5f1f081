// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/recipe/overrides_model.h"

#include "widgets/shared/format.h"
#include "widgets/shared/text.h"

namespace bitprism {

namespace {

constexpr int mostBits = 16;

/// What the other keys of an override say; empty: nothing.
QString furtherText(const LayerOverride &item)
{
    QStringList parts;
    if (item.ratio) {
        parts.append(OverridesModel::tr("ratio %1").arg(formatShare(*item.ratio)));
    }
    if (item.weights != "{}") {
        parts.append(QString::fromStdString(item.weights));
    }
    return listText(parts);
}

} // namespace

void OverridesModel::setOverrides(std::vector<LayerOverride> overrides)
{
    if (overrides.size() == m_overrides.size()) { // keeps the place and an open editor
        m_overrides = std::move(overrides);
        if (!m_overrides.empty()) {
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnTotal - 1));
        }
        return;
    }
    beginResetModel();
    m_overrides = std::move(overrides);
    endResetModel();
}

int OverridesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_overrides.size());
}

int OverridesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant OverridesModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const LayerOverride &item = m_overrides[static_cast<std::size_t>(index.row())];
    const bool isText = role == Qt::DisplayRole || role == Qt::EditRole;
    if (role == Qt::ToolTipRole) {
        const QString further = furtherText(item);
        const QString match = QString::fromStdString(item.match);
        return further.isEmpty() ? match : match + ": " + further;
    }
    if (index.column() == SkipColumn && role == Qt::CheckStateRole) {
        return item.skip.value_or(false) ? Qt::Checked : Qt::Unchecked;
    }
    if (index.column() == MatchColumn && isText) {
        return QString::fromStdString(item.match);
    }
    if (index.column() == BitsColumn && isText) {
        return item.bits           ? QVariant(*item.bits)
            : role == Qt::EditRole ? QVariant(0)
                                   : QVariant(notMeasured());
    }
    if (index.column() == BitsColumn && role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    return {};
}

bool OverridesModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return false;
    }
    std::vector<LayerOverride> after = m_overrides;
    LayerOverride &item = after[static_cast<std::size_t>(index.row())];
    if (index.column() == MatchColumn && role == Qt::EditRole) {
        if (value.toString().trimmed().isEmpty()) {
            return false;
        }
        item.match = value.toString().trimmed().toStdString();
    } else if (index.column() == BitsColumn && role == Qt::EditRole) {
        const int bits = value.toInt();
        if (bits < 0 || bits > mostBits) {
            return false;
        }
        item.bits = bits == 0 ? std::nullopt : std::optional<int>(bits);
    } else if (index.column() == SkipColumn && role == Qt::CheckStateRole) {
        item.skip = value.toInt() == Qt::Checked;
    } else {
        return false;
    }
    Q_EMIT proposed(after);
    return true;
}

Qt::ItemFlags OverridesModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags basic = QAbstractTableModel::flags(index);
    if (!index.isValid()) {
        return basic;
    }
    return basic | (index.column() == SkipColumn ? Qt::ItemIsUserCheckable : Qt::ItemIsEditable);
}

QVariant OverridesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    const QString titles[columnTotal] = {tr("Layers"), tr("Bits"), tr("Skip")};
    const QString helps[columnTotal]
        = {tr("Name of a layer; * stands for any text, ? for one character."),
           tr("Bits of these layers; 0: what allocation and quantizer say."),
           tr("These layers stay as they are stored.")};
    return role == Qt::DisplayRole ? QVariant(titles[section])
        : role == Qt::ToolTipRole  ? QVariant(helps[section])
                                   : QVariant();
}

} // namespace bitprism
