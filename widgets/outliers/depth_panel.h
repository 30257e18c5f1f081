// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/model_info.h"
#include "core/results/outlier_table.h"

#include <QWidget>

#include <memory>

class QComboBox;
class QLabel;

namespace bitprism {

class BlockModel;
class DataTable;
class LinePlot;

/// Kurtosis and other measures of all layers by depth, and the massive activations and attention
/// sinks of the blocks.
class DepthPanel : public QWidget
{
    Q_OBJECT

public:
    explicit DepthPanel(QWidget *parent = nullptr);

    void showTable(std::shared_ptr<const OutlierTable> table,
                   std::shared_ptr<const ModelInfo> model);
    void showLayer(const QString &layer);
    LinePlot &plot() { return *m_plot; }
    QComboBox &measure() { return *m_measure; }
    DataTable &table() { return *m_table; }

Q_SIGNALS:
    void layerChosen(const QString &layer);

private:
    void showPlot();

    QComboBox *m_measure;
    LinePlot *m_plot;
    BlockModel *m_model;
    DataTable *m_table;
    QLabel *m_none; ///< in place of an empty table
    std::shared_ptr<const OutlierTable> m_result;
    std::shared_ptr<const ModelInfo> m_info;
};

} // namespace bitprism
