// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_table.h"

#include <QWidget>

#include <vector>

namespace bitprism {

class ChannelModel;
class DataTable;
class LinePlot;

/// The channels of one layer from the largest on, with the gain of the norm that feeds them, and a
/// table of the largest.
class ChannelPanel : public QWidget
{
    Q_OBJECT

public:
    explicit ChannelPanel(QWidget *parent = nullptr);

    /// `gain` of the norm that feeds the layer, by channel; empty: not known, or none does.
    void showLayer(const LayerOutliers &layer, bool isOfWeights, const std::vector<float> &gain);
    void showChannel(std::int64_t channel);
    LinePlot &plot() { return *m_plot; }
    DataTable &table() { return *m_table; }

Q_SIGNALS:
    void channelChosen(qint64 channel);

private:
    LinePlot *m_plot;
    ChannelModel *m_model;
    DataTable *m_table;
};

} // namespace bitprism
