// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/calibration_sets.h"
#include "widgets/jobs/worker.h"
#include "widgets/shared/view.h"

#include <QStringList>
#include <QWidget>

#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QListWidget;

namespace bitprism {

class BarPlot;
class HeatMapPlot;

/// Whether other calibration data would rank the layers alike: Kendall's tau between outlier runs
/// of the open model, or between sensitivity runs, and what each measured of every layer.
class CalibrationPanel : public QWidget
{
    Q_OBJECT

public:
    CalibrationPanel(ViewContext &context, QWidget *parent = nullptr);
    ~CalibrationPanel() override;

    /// Follows the list of runs, while the panel is seen: tables of other runs may be large. The
    /// newest finished ones are chosen until the user chooses.
    void refresh();
    void showLayer(const QString &layer);
    QListWidget &runs() { return *m_runs; }
    HeatMapPlot &agreement() { return *m_agreement; }
    BarPlot &bars() { return *m_bars; }
    QString sentence() const;

Q_SIGNALS:
    void layerChosen(const QString &layer);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QStringList chosen() const;
    /// Of the runs whose tables the metric is a column of.
    std::string kind() const;
    /// The chosen runs' tables; fewer than chosen while some are being read.
    template <typename Table> std::vector<std::shared_ptr<const Table>> tables();
    template <typename Table> void compare();
    void ask();
    void take(const Answer<CalibrationSets> &answer);
    void showSets(const CalibrationSets &sets);
    void clear(const QString &sentence);
    void showPlots(bool shown);

    ViewContext m_context;
    QComboBox *m_metric;
    QListWidget *m_runs;
    QLabel *m_sentence; ///< about the plots
    QLabel *m_empty; ///< in their place
    HeatMapPlot *m_agreement;
    BarPlot *m_bars;
    Latest<CalibrationSets> m_comparing;
    QStringList m_asked; ///< runs and metric
};

} // namespace bitprism
