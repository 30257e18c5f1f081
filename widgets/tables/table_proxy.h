// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace bitprism {

/// Order, filter and alignment of a DataTable over any table model.
class TableProxy : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit TableProxy(QObject *parent = nullptr);

    /// Rows stay in which each of these words stands in some cell; case does not count.
    void setWords(const QStringList &words);
    /// A column of figures: the first value that its rows have is a number.
    bool isNumeric(int column) const;

    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    QStringList m_words;
};

/// Below, at or above zero as `left` comes before, with or after `right`; numbers within count by
/// their value, so that layers.2 comes before layers.10. (QCollator does so only with ICU.)
int compareNaturally(QStringView left, QStringView right);

} // namespace bitprism
