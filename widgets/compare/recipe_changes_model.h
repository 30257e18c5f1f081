// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/comparison.h"

#include <QAbstractTableModel>

#include <map>
#include <memory>

namespace bitprism {

/// The keys at which the compared runs' recipes differ, with the value in each run.
class RecipeChangesModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    void setComparison(const std::shared_ptr<const Comparison> &comparison);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    struct Row
    {
        QString name; ///< in words
        QString key; ///< as recipes have it; empty: none
        QStringList values; ///< by run
    };
    /// What made the weights of a run: the quantizer of its recipe, or nobody here.
    static QString originOf(const ComparedRun &run);
    /// Where a checkpoint measured as it is stands among the runs: what made each.
    void addOrigins(const Comparison &comparison);
    /// What the run has of `key`, said so that it is true of all its layers.
    static QString valueFor(const ComparedRun &run, const std::string &key, const QString &value);
    static const std::string &firstRecipe(const Comparison &comparison);
    void addRun(const Comparison &comparison, std::size_t index,
                std::map<std::string, Row> &rows) const;

    QStringList m_runs;
    std::vector<Row> m_rows;
};

} // namespace bitprism
