// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/pareto.h"
#include "widgets/jobs/project_reader.h"
#include "widgets/plot/plot_data.h"
#include "widgets/trade_offs/quantity.h"

#include <QString>

#include <string>
#include <utility>
#include <vector>

namespace bitprism {

/// Series beside the front that can be told apart.
inline constexpr std::size_t mostRunGroups = 6;

/// Runs as points of a scatter plot: entry by entry a run's point, what it costs (less is better),
/// and its place in the list of runs.
struct DrawnRuns
{
    std::vector<PlotPoint> points;
    std::vector<ParetoPoint> costs;
    std::vector<std::size_t> places;
    std::vector<std::pair<std::string, QString>> models; ///< hash and name, as they come

    bool hasModel(const std::string &hash) const;
};

/// Those of `rows`, places in `runs`, that have both quantities.
DrawnRuns drawnRuns(const RunList &runs, const std::vector<std::size_t> &rows, const Quantity &x,
                    const Quantity &y);

/// What the runs are told apart by: entry by entry a name for each of DrawnRuns::places; empty:
/// none.
using RunGroups = std::vector<QString>;
/// The experiments that the runs belong to.
RunGroups experimentsOf(const RunList &runs, const DrawnRuns &drawn);
/// The models that the runs are of.
RunGroups modelsOf(const RunList &runs, const DrawnRuns &drawn);

/// The points by group; what is beyond mostRunGroups shares one series, `rest`.
std::vector<PlotSeries> runSeries(const DrawnRuns &drawn, const RunGroups &groups,
                                  const QString &rest);

/// "Loss above the unquantized model, nats per token, against size of the checkpoint, MB".
QString tradeOffTitle(const Quantity &x, const Quantity &y);

/// A step line for each model: runs of one model compete, a smaller model's beat no run of another.
/// `best` gets the places of the runs on them, whose points stand out. A front of one run is no
/// line. Of several models, each has the style of its place among them, as by modelsOf().
std::vector<PlotSeries> paretoFronts(const RunList &runs, DrawnRuns &drawn,
                                     std::vector<std::size_t> &best);

/// The unquantized models' values of `y`, where they are known.
std::vector<ReferenceLine> unquantizedLines(const RunList &runs, const DrawnRuns &drawn,
                                            const Quantity &y, bool isLog);

/// Model, number of runs, and how many of `rows` are not drawn; empty where there are no rows.
QString tradeOffContext(const DrawnRuns &drawn, std::size_t rows);

/// Whether a loss is better read on a logarithmic axis.
bool spansTwoDecades(const std::vector<PlotPoint> &points);

/// The plot's axis counts megabytes, so that its labels are short.
double plottedValue(double value, const Quantity &quantity);

} // namespace bitprism
