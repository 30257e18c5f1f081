// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/layer_weights.h"
#include "widgets/inspector/layer_runs_model.h"
#include "widgets/jobs/worker.h"
#include "widgets/shared/view.h"

#include <QWidget>

class QLabel;
class QStackedLayout;
class QTableView;

namespace bitprism {

class LinePlot;
class RankTable;
class WeightsHistogram;
struct LayerInfo;

/// The selected layer: what it is, how sensitive it is among all, its weights with the grid of the
/// current recipe, and what every run did to it.
class InspectorPanel : public QWidget
{
    Q_OBJECT

public:
    InspectorPanel(ViewContext &context, QWidget *parent);

    LinePlot &histogram();
    LayerRunsModel &runs() { return *m_runs; }
    /// What is said about the layer's rank, a line for each width.
    QString rankText() const;

private:
    QWidget *makePage();
    QLabel *makeNote();
    const LayerInfo *layer() const;
    void refresh();
    void showFacts(const LayerInfo &layer);
    void showRanks(const LayerInfo &layer);
    void showRuns(const LayerInfo &layer);
    void askWeights();
    void showWeights(const Answer<LayerWeights> &answer);

    ViewContext m_context;
    QStackedLayout *m_layout;
    QLabel *m_empty;
    QLabel *m_name;
    QLabel *m_facts;
    RankTable *m_ranks;
    WeightsHistogram *m_histogram;
    QLabel *m_problem;
    LayerRunsModel *m_runs;
    QLabel *m_noRuns;
    QTableView *m_table;
    QWidget *m_page;
    Worker m_reader{"weights"}; ///< a large layer takes longer than the shared threads may
    Latest<LayerWeights> m_reading;
};

} // namespace bitprism
