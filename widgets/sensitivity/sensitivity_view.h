// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/results/sensitivity_table.h"
#include "widgets/jobs/worker.h"
#include "widgets/sensitivity/sensitivity_charts.h"
#include "widgets/shared/view.h"

#include <QString>

#include <memory>
#include <optional>

class QCheckBox;
class QComboBox;
class QStackedLayout;

namespace bitprism {

class AnalysisPanel;
class CellChoice;
class DataTable;
class HeatMapPlot;
class LinePlot;
class MeasureButton;
class RunFollower;
class RunsBanner;
class ScatterPlot;
class SensitivityModel;
class ShownRunBox;
struct HubJob;

/// What quantizing each layer alone costs: a map of layers and widths first, then by depth, the
/// prediction against the measurement, and a table of the same numbers. Fills up while a job runs;
/// a click chooses a layer everywhere and offers to set its bits in the recipe.
class SensitivityView : public View
{
    Q_OBJECT

public:
    SensitivityView(ViewContext &context, QWidget *parent);
    ~SensitivityView() override;

    HeatMapPlot &map() { return *m_map; }
    DataTable &table() { return *m_table; }
    /// The run that is shown; empty: none.
    const QString &run() const;

protected:
    void catchUp() override { refresh(); }

private:
    QWidget *makePage();
    void keepTable();
    QWidget *makePlots();
    QWidget *makeControls();
    void connectAll();

    /// Chooses run and state, and shows them.
    void refresh();
    /// `over` is the last attempt; null: there was none.
    void showMissing(const HubJob *over);
    /// What a click on the button measures: the shown run's own once more, else the recipe's.
    std::optional<JobRequest> request() const;
    void showTable();
    void showMap();
    void showDepth();
    void showScatter();
    void showCharts();
    void showBanner();
    QString progressOf(const QString &told) const;
    void fillDepthBits();
    void askMarks();
    void showSelection(const QString &layer);
    void choose(const QString &layer, int bits);
    SensitivityMetric chosenMetric() const;
    /// What was measured, else empty cells for what a measurement will fill.
    std::shared_ptr<const SensitivityTable> shownTable() const;
    QString contextLine() const;

    ViewContext m_context;
    RunFollower *m_follower;
    QStackedLayout *m_layout;
    MeasureButton *m_start;
    AnalysisPanel *m_state;
    ShownRunBox *m_runs;
    QComboBox *m_metric;
    QCheckBox *m_log;
    QComboBox *m_depthBits;
    QComboBox *m_depthKinds; ///< shown where one plot cannot show all
    QCheckBox *m_showTable;
    RunsBanner *m_banner;
    HeatMapPlot *m_map;
    LinePlot *m_depth;
    ScatterPlot *m_scatter;
    CellChoice *m_choice;
    SensitivityModel *m_model;
    DataTable *m_table;
    QWidget *m_page;
    Latest<RecipeWidths> m_marking;

    std::shared_ptr<const SensitivityTable> m_result;
    RecipeWidths m_marks;
};

} // namespace bitprism
