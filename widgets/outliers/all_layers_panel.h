// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/outlier_what_if.h"
#include "core/results/model_info.h"
#include "widgets/jobs/project_reader.h"
#include "widgets/jobs/worker.h"
#include "widgets/plot/plot_data.h"
#include "widgets/shared/view.h"

#include <QWidget>

#include <filesystem>
#include <memory>
#include <vector>

class QLabel;

namespace bitprism {

class HeatMapPlot;
struct OutlierTable;

/// What each transform would make of every layer at once: a map of layers and transforms with the
/// predicted error of the layer's output. The core answers on the window's interactive thread.
class AllLayersPanel : public QWidget
{
    Q_OBJECT

public:
    AllLayersPanel(ViewContext &context, QWidget *parent = nullptr);
    ~AllLayersPanel() override;

    /// Asks only where table or question are others than before. An empty `folder`: nothing is
    /// cached, and `reason` says why.
    void showTable(const std::filesystem::path &folder,
                   const std::shared_ptr<const OutlierTable> &table, const WhatIfQuestion &question,
                   const QString &reason);
    void showLayer(const QString &layer);
    HeatMapPlot &map() { return *m_map; }

Q_SIGNALS:
    void layerChosen(const QString &layer);

private:
    void take(const Answer<std::vector<LayerWhatIf>> &answer);

    ViewContext m_context;
    HeatMapPlot *m_map;
    QLabel *m_note; ///< in its place
    Latest<std::vector<LayerWhatIf>> m_asking;
    std::shared_ptr<const OutlierTable> m_table;
    WhatIfQuestion m_question;
};

/// Layers down by block, transforms across, the error in % of the output's square; what does not
/// apply is hatched. A dot marks each layer's least error where it lies below that as it is by more
/// than both standard errors.
HeatMapData whatIfMap(const std::vector<LayerWhatIf> &layers, const ModelInfo *model);

} // namespace bitprism
