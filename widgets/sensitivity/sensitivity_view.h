// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/sensitivity_table.h"
#include "widgets/jobs/worker.h"
#include "widgets/sensitivity/sensitivity_charts.h"
#include "widgets/shared/view.h"

#include <QString>

#include <memory>

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QSplitter;
class QStackedLayout;

namespace bitprism {

class DataTable;
class HeatMapPlot;
class LinePlot;
class ScatterPlot;
class SensitivityModel;
class StatePanel;
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
    const QString &run() const { return m_run; }

private:
    QWidget *makePage();
    QHBoxLayout *makeControls();
    QWidget *makeBanner();
    QWidget *makeChoice();
    void connectAll();

    /// Chooses run and state, and shows them.
    void refresh();
    void showMissing(const QString &sentence);
    void showTable();
    void showCharts();
    void showBanner();
    void showEstimate();
    void fillDepthBits();
    void askMarks();
    void showSelection(const QString &layer);
    void choose(const QString &layer, int bits);
    void showChoice();
    void applyChoice();
    void start();
    void actOnRun();
    SensitivityMetric metric() const;
    QString runName() const;
    const HubJob *job() const;

    ViewContext m_context;
    QStackedLayout *m_layout;
    StatePanel *m_state;
    QComboBox *m_metric;
    QCheckBox *m_log;
    QComboBox *m_depthBits;
    QCheckBox *m_showTable;
    QPushButton *m_start;
    QWidget *m_banner;
    QProgressBar *m_progress;
    QLabel *m_bannerText;
    QPushButton *m_bannerAction;
    QPushButton *m_copy;
    HeatMapPlot *m_map;
    LinePlot *m_depth;
    ScatterPlot *m_scatter;
    QLabel *m_choiceText;
    QPushButton *m_choiceButton;
    SensitivityModel *m_model;
    DataTable *m_table;
    QWidget *m_page;
    Latest<RecipeWidths> m_marking;

    QString m_run;
    std::shared_ptr<const SensitivityTable> m_result;
    RecipeWidths m_marks;
    QString m_chosenLayer;
    int m_chosenBits = 0;
};

} // namespace bitprism
