// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/comparison.h"
#include "widgets/shared/view.h"

#include <QStringList>

#include <memory>

class QComboBox;
class QLabel;
class QSplitter;
class QStackedLayout;

namespace bitprism {

class BarPlot;
class ComparedLayersModel;
class DataTable;
class MetricsModel;
class RecipeChangesModel;
class RunChooser;
class StateBanner;
class StatePanel;

/// Runs side by side: metrics with paired differences, what differs in the recipes, and layer by
/// layer. The first chosen run is the reference.
class CompareView : public View
{
    Q_OBJECT

public:
    explicit CompareView(ViewContext &context, QWidget *parent = nullptr);

private:
    QWidget *makePage();
    QWidget *makeChoices();
    QWidget *makeLayers();
    QWidget *makeTables();
    /// Asks for what is chosen, or says why nothing can be shown.
    void refresh();
    void takeComparison(const QStringList &ids, const std::shared_ptr<const Comparison> &comparison,
                        const QString &problem);
    void takeResult(const QString &runId);
    void showComparison();
    /// Gives the metrics the height of their rows.
    void fitMetrics();
    void showLayers();
    void showBars();
    void showBanner();
    void showEmpty();
    void act();
    void highlight(const QString &layer);
    std::size_t otherRun() const;
    LayerMeasure measure() const;

    ViewContext &m_context;
    QStringList m_ids; ///< shown or asked for
    std::shared_ptr<const Comparison> m_comparison;
    QString m_resumable; ///< run that the banner's button goes on with
    bool m_hasFailed = false;
    QStackedLayout *m_layout;
    QSplitter *m_page;
    StatePanel *m_state;
    RunChooser *m_chooser;
    StateBanner *m_banner;
    DataTable *m_metrics;
    MetricsModel *m_metricsModel;
    DataTable *m_recipes;
    RecipeChangesModel *m_recipesModel;
    QLabel *m_sameRecipe;
    QComboBox *m_other;
    QComboBox *m_measure;
    BarPlot *m_bars;
    DataTable *m_layers;
    ComparedLayersModel *m_layersModel;
};

} // namespace bitprism
