// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/alloc/allocation_study.h"
#include "widgets/allocation/allocation_charts.h"
#include "widgets/jobs/project_reader.h"
#include "widgets/jobs/worker.h"
#include "widgets/shared/view.h"

#include <QStringList>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedLayout;
class QTabWidget;

namespace bitprism {

class AllocationModel;
class AnalysisPanel;
class BarPlot;
class DataTable;
class FrontierPlot;
class HeatMapPlot;
class MeasureButton;
class RunFollower;
class ShownRunBox;
class ScatterPlot;
class StateBanner;

/// Bits and ratios by layer under a budget: bars of the chosen allocation, the whole frontier with
/// a handle to drag, the matrix of interactions, and what each change costs. The solver works on
/// the interactive thread: from stored probes, without the engine.
class AllocationView : public View
{
    Q_OBJECT

public:
    AllocationView(ViewContext &context, QWidget *parent);
    ~AllocationView() override;

    BarPlot &bars() { return *m_bars; }
    FrontierPlot &frontier() { return *m_frontier; }
    AllocationModel &model() { return *m_model; }
    /// The sensitivity run that is solved; empty: none.
    const QString &run() const;
    /// Null until the solver answered.
    const std::shared_ptr<const Allocation> &allocation() const { return m_allocation; }

public Q_SLOTS:
    void setBudget(double averageBits);

protected:
    void catchUp() override { refresh(); }

private:
    /// What the allocation is compared with, in the order of the combo box.
    enum Reference
    {
        UniformReference, ///< the best form for all layers within the budget
        KeptReference,
        NoReference
    };
    /// A solved problem and what the view draws of it.
    struct Solved
    {
        std::shared_ptr<const AllocationStudy> study;
        std::vector<FrontierPoint> points;
        std::vector<Allocation> uniform;
    };
    struct Compared
    {
        std::shared_ptr<const Allocation> allocation;
        std::shared_ptr<const Allocation> reference; ///< null: none
        std::optional<LossChange> difference; ///< to the reference
        QStringList refusals; ///< of the chosen target
    };
    using Maps = std::pair<std::shared_ptr<const HeatMapData>, std::shared_ptr<const HeatMapData>>;

    QWidget *makePage();
    QWidget *makeControls();
    QWidget *makeFigures();
    QWidget *makeEdit();
    QTabWidget *makeTabs();
    QWidget *makeMaps();
    void connectAll();

    void refresh();
    void showMissing();
    void showBanner();
    void actOnBanner();
    /// Asks the solver for the frontier, then for the budget.
    void solve();
    void takeStudy(const Answer<Solved> &answer);
    void askBudget();
    void takeAllocation(const Answer<Compared> &answer);
    void askMaps();
    void measureRatios();
    void showRatiosButton();
    void askCalibration();
    void showAllocation();
    void showFrontier();
    void showFigures();
    void showDamage();
    /// To the allocation it is compared with, and a word where that is noise.
    QString differenceText() const;
    void showEdit();
    void applyEdit();
    void togglePin(bool isPinned);
    void sendToRecipe();
    void measure();
    bool isSolvable() const;
    AllocationQuestion question() const;

    ViewContext m_context;
    RunFollower *m_follower;
    QStackedLayout *m_layout;
    MeasureButton *m_start;
    AnalysisPanel *m_state;
    StateBanner *m_banner;
    ShownRunBox *m_runs;
    QComboBox *m_allocator;
    QComboBox *m_target;
    QComboBox *m_reference;
    QDoubleSpinBox *m_budget;
    QPushButton *m_keep;
    QPushButton *m_send;
    QPushButton *m_measure;
    QLabel *m_damage;
    QLabel *m_noise; ///< says that the damage is noise
    QLabel *m_size;
    QLabel *m_solver;
    BarPlot *m_bars;
    FrontierPlot *m_frontier;
    HeatMapPlot *m_matrix;
    HeatMapPlot *m_fisher;
    ScatterPlot *m_calibration;
    DataTable *m_table;
    AllocationModel *m_model;
    QTabWidget *m_tabs = nullptr;
    QLabel *m_layerText;
    QComboBox *m_form;
    QCheckBox *m_pin;
    QPushButton *m_unpin;
    QPushButton *m_ratios;
    Latest<Solved> m_solving;
    Latest<Compared> m_asking;
    Latest<Maps> m_mapping;
    Latest<std::vector<CalibrationPoint>> m_calibrating;
    RunListPtr m_calibratedRuns; ///< that the calibration was asked for last
    std::shared_ptr<const AllocationStudy> m_calibratedStudy;

    std::shared_ptr<const SensitivityTable> m_result;
    std::shared_ptr<const InteractionMatrix> m_interactions;
    Solved m_solved;
    std::shared_ptr<const Allocation> m_allocation;
    std::shared_ptr<const Allocation> m_comparison;
    std::optional<LossChange> m_difference; ///< between the two
    std::shared_ptr<const Allocation> m_kept; ///< put aside to compare with
    QString m_problem; ///< why the solver has no answer
    QStringList m_refusals;
    std::map<std::string, double> m_pins; ///< layer -> width or ratio
    std::map<std::string, LayerChoice> m_edits; ///< on top of the solver's choice
};

} // namespace bitprism
