// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/items_model.h"

#include "widgets/plot/plot_text.h"
#include "widgets/tables/table_roles.h"

#include <QDir>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bitprism {

namespace {

constexpr int shownCharacters = 60;

/// The beginning of what the item is about.
QString beginningOf(const ComparedItem &item, ItemForm form)
{
    if (form == ItemForm::Transcript || form == ItemForm::Image || item.pieces.empty()) {
        return QString::fromStdString(item.reference).left(shownCharacters);
    }
    QString text;
    for (std::size_t i = 0; i < item.pieces.size() && text.size() < shownCharacters; ++i) {
        text += QString::fromStdString(item.pieces[i]);
    }
    return text.simplified().left(shownCharacters);
}

} // namespace

QString itemName(const TokenComparison &comparison, std::size_t item)
{
    const ComparedItem &shown = comparison.items[item];
    if (shown.source.empty()) {
        return QLocale().toString(static_cast<qlonglong>(shown.unit) + 1);
    }
    const QFileInfo file(QString::fromStdString(shown.source));
    return comparison.form == ItemForm::Image ? file.dir().dirName() + '/' + file.fileName()
                                              : file.fileName();
}

int worstItem(const TokenComparison &comparison)
{
    const auto cost = [](double value) {
        return std::isfinite(value) ? value : -std::numeric_limits<double>::infinity();
    };
    const auto isLess = [&](const ComparedItem &a, const ComparedItem &b) {
        return std::pair(cost(a.change()), cost(a.valueAfter))
            < std::pair(cost(b.change()), cost(b.valueAfter));
    };
    const auto &items = comparison.items;
    return items.empty()
        ? -1
        : static_cast<int>(std::max_element(items.begin(), items.end(), isLess) - items.begin());
}

void ItemsModel::setComparison(const TokenComparisonPtr &comparison)
{
    beginResetModel();
    m_comparison = comparison;
    endResetModel();
}

int ItemsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_comparison ? 0 : static_cast<int>(m_comparison->items.size());
}

int ItemsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QVariant ItemsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    const ComparedItem &item = m_comparison->items[row];
    const bool isShown = role == Qt::DisplayRole || role == Qt::ToolTipRole;
    if (index.column() == ItemColumn) {
        if (role == SortRole && item.source.empty()) {
            return static_cast<double>(item.unit) + 1; // as itemName() counts
        }
        return isShown ? QVariant(itemName(*m_comparison, row)) : QVariant();
    }
    if (index.column() == TextColumn) {
        return isShown ? QVariant(beginningOf(item, m_comparison->form)) : QVariant();
    }
    const double value = index.column() == BeforeColumn ? item.valueBefore
        : index.column() == AfterColumn                 ? item.valueAfter
                                                        : item.change();
    if (role == SortRole) {
        return value;
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return index.column() == ChangeColumn ? signedPlotNumber(value) : plotNumber(value);
}

QString ItemsModel::textTitle() const
{
    switch (m_comparison ? m_comparison->form : ItemForm::Text) {
    case ItemForm::Image:
        return tr("Class");
    case ItemForm::Transcript:
        return tr("What was said");
    default:
        return tr("Begins with");
    }
}

QVariant ItemsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == GiveWayRole) { // the change says most
        return section == BeforeColumn ? 2 : section == AfterColumn ? 1 : 0;
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(
            Qt::AlignVCenter
            | (section == ItemColumn || section == TextColumn ? Qt::AlignLeft : Qt::AlignRight)));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case ItemColumn:
        return tr("Item");
    case TextColumn:
        return textTitle();
    case BeforeColumn:
        return tr("Before");
    case AfterColumn:
        return tr("After");
    default:
        return tr("Change");
    }
}

} // namespace bitprism
