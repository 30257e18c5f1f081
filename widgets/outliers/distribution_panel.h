// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_weights.h"
#include "core/recipe/recipe.h"
#include "core/results/outlier_table.h"

#include <QWidget>

#include <optional>

namespace bitprism {

class LinePlot;

/// How the values of one layer's input and weights are distributed, with the grids that the recipe
/// would lay over them.
class DistributionPanel : public QWidget
{
    Q_OBJECT

public:
    explicit DistributionPanel(QWidget *parent = nullptr);

    void showLayer(const LayerOutliers &layer, const ComponentChoice &activations);
    /// Of the layer that is shown; nothing where the checkpoint is gone, with `problem` saying so.
    void showWeights(const std::optional<LayerWeights> &weights, const QString &problem);
    LinePlot &inputs() { return *m_inputs; }
    LinePlot &weights() { return *m_weights; }

private:
    LinePlot *m_inputs;
    LinePlot *m_weights;
};

} // namespace bitprism
