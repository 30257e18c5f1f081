// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report_model.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace bitprism::report {

struct Column
{
    std::string heading; ///< with its unit
    bool isNumber = true; ///< right-aligned
};

/// A table of a report, independent of its format; cells are plain text, not yet escaped.
struct Table
{
    std::string title;
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;
    /// Row and column of differences inside their standard error, which say nothing.
    std::set<std::pair<std::size_t, std::size_t>> muted{};

    bool isMuted(std::size_t row, std::size_t column) const
    {
        return muted.contains({row, column});
    }
};

/// One table per metric: every run with size, value, and differences with standard errors.
std::vector<Table> metricTables(const Comparison &comparison);
/// Runs that have no metric: status, bits, size, time.
Table runTable(const ReportModel &report);
/// What a kind of runs and a status are called in reports.
std::string kindText(const std::string &kind);
std::string statusText(store::RunStatus status);
/// "measured as it is: INT4, 4.625 bits per weight", of a run without a recipe.
std::string asStored(const ComparedRun &run);
/// Changed keys of each run's recipe against the first one's; the choices of an allocation's layers
/// are counted in one row, and a checkpoint measured as it is takes one that says so.
Table recipeChangeTable(const Comparison &comparison);
/// Layers of two or more runs, those with the largest differences first; a table for the runs of
/// each model whose layers have names of their own.
std::vector<Table> layerDifferenceTables(const Comparison &comparison);
Table layerTable(const std::vector<RunLayer> &layers);
Table sensitivityTable(const SensitivityTable &table);
/// The strongest interactions of two layers, with what the Fisher projection says of them.
Table interactionTable(const InteractionMatrix &matrix);
Table outlierTable(const OutlierTable &table);
/// Norm gains behind outlier channels, and the share of the error that they cause.
Table outlierCauseTable(const OutlierTable &table);
/// The tokens that excite the largest channel of each input, the strongest inputs first.
Table outlierTokenTable(const OutlierTable &table);
/// Massive tokens and attention sinks of each block.
Table blockOutlierTable(const OutlierTable &table);
/// A line for each thing that was looked for in the blocks and is not there, with its threshold.
std::vector<std::string> outlierAbsences(const OutlierTable &table);
/// Kurtosis, range and predicted error before and after each transform, medians over layers.
Table whatIfSummary(const KeptWhatIf &kept);
/// Predicted output errors, a row for each layer and a column for each transform.
Table whatIfTable(const KeptWhatIf &kept);
/// Rank agreement of each pair of calibration sets.
Table calibrationSetTable(const CalibrationSets &sets);
Table allocationTable(const Allocation &allocation);
/// What an auditor needs: identity, seed, versions, machine.
Table provenanceTable(const ReportRun &run);

} // namespace bitprism::report
