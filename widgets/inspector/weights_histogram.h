// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_weights.h"
#include "widgets/plot/series_plot.h"

namespace bitprism {

/// The weights of one layer with the values that a typical group of the recipe's grid can hold.
class WeightsHistogram : public LinePlot
{
    Q_OBJECT

public:
    explicit WeightsHistogram(QWidget *parent = nullptr);

    void showWeights(const LayerWeights &weights);

private:
    static QString contextOf(const LayerWeights &weights);
};

} // namespace bitprism
