// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/comparison.h"
#include "widgets/tables/runs_view.h"

#include <QStringList>

#include <memory>

class QComboBox;
class QLabel;
class QSplitter;

namespace bitprism {

class BarPlot;
class ComparedLayersModel;
class DataTable;
class MetricsModel;
class RecipeChangesModel;

/// Runs side by side: metrics with paired differences, what differs in the recipes, and layer by
/// layer. The first chosen run is the reference.
class CompareView : public RunsView
{
    Q_OBJECT

public:
    explicit CompareView(ViewContext &context, QWidget *parent = nullptr);

protected:
    int leastRuns() const override { return 2; }
    QStringList defaultRuns(const RunList &runs) const override;
    QString emptySentence() const override;
    QString readingSentence() const override;
    void forget() override { m_comparison.reset(); }
    void request() override;

private:
    QWidget *makePage();
    QWidget *makeChoices();
    QWidget *makeLayers();
    QWidget *makeTables();
    void takeComparison(const QStringList &ids, const std::shared_ptr<const Comparison> &comparison,
                        const QString &problem);
    void takeResult(const QString &runId);
    void showComparison();
    /// Gives the metrics the height of their rows.
    void fitMetrics();
    void chooseMeasure();
    void showLayers();
    void showBars();
    void highlight(const QString &layer);
    std::size_t otherRun() const;
    LayerMeasure measure() const;

    ViewContext &m_context;
    std::shared_ptr<const Comparison> m_comparison;
    QSplitter *m_page;
    DataTable *m_metrics;
    MetricsModel *m_metricsModel;
    DataTable *m_recipes;
    RecipeChangesModel *m_recipesModel;
    QLabel *m_sameRecipe;
    QComboBox *m_other;
    QComboBox *m_measure;
    LayerMeasure m_wantedMeasure = LayerMeasure::OutputError;
    BarPlot *m_bars;
    DataTable *m_layers;
    ComparedLayersModel *m_layersModel;
};

} // namespace bitprism
