// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/comparison.h"

#include <QAbstractTableModel>

#include <functional>
#include <memory>

namespace bitprism {

using ComparisonPtr = std::shared_ptr<const Comparison>;

/// Metrics down; the unquantized model, then each run with its difference from the first across.
/// Differences are the core's, paired where both keep what the same windows gave.
class MetricsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    using QAbstractTableModel::QAbstractTableModel;

    static constexpr int nameColumn = 0;
    static constexpr int baselineColumn = 1;
    /// The columns of a run: its value, then (not for the first) its difference.
    static int valueColumn(int run) { return run == 0 ? 2 : 1 + 2 * run; }
    static int differenceColumn(int run) { return 2 + 2 * run; }

    void setComparison(ComparisonPtr comparison);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;

private:
    struct Cell
    {
        QString text;
        std::optional<double> value;
        QString tip;
        bool isMuted = false;
        bool isBest = false;
        std::optional<double> error = std::nullopt; ///< of `value`
    };
    struct Row
    {
        QString name;
        QString tip;
        std::vector<Cell> cells; ///< from baselineColumn on
    };

    Row metricRow(const ComparedMetric &metric) const;
    static Cell differenceCell(const ComparedMetric::Value &entry);
    Row bitsRow() const;
    Row bytesRow() const;
    Row secondsRow() const;
    using Getter = std::function<std::optional<double>(const ComparedRun &)>;
    using Writer = std::function<QString(double)>;
    /// A figure of which less is better; changes are shown in per cent.
    Row figureRow(const QString &name, const QString &tip, const Getter &figure,
                  const Writer &text) const;
    void addFigures();

    ComparisonPtr m_comparison;
    std::vector<Row> m_rows;
};

} // namespace bitprism
