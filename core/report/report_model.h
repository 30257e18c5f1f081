// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/calibration_sets.h"
#include "core/analysis/outlier_what_if.h"
#include "core/report/comparison.h"
#include "core/report/outlier_map.h"
#include "core/results/allocation.h"
#include "core/results/interaction_matrix.h"
#include "core/results/model_info.h"
#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bitprism {

/// One run with everything it found; absent results are null.
struct ReportRun
{
    store::RunRecord record; ///< with recipe, request and environment
    std::string command; ///< the command line that repeats the run
    ModelInfo model;
    std::shared_ptr<const RunSummary> summary;
    /// Of an evaluation of a checkpoint that stores codes: the bits of its layers.
    std::vector<RunLayer> storedLayers;
    std::shared_ptr<const SensitivityTable> sensitivity;
    std::shared_ptr<const InteractionMatrix> interactions;
    std::shared_ptr<const OutlierTable> outliers;
    OutlierMapPicture outlierMap; ///< of the most outlying input, from the run's folder
    KeptWhatIf whatIf; ///< what transforms would change; empty where none was kept
    std::shared_ptr<const Allocation> allocation;
    std::vector<std::shared_ptr<const Evaluation>> evaluations;
};

/// What a report says, independent of its format.
struct ReportModel
{
    std::string title;
    std::string created; ///< UTC, ISO 8601
    std::string version; ///< of the program
    std::string storeFile; ///< absolute
    std::vector<ReportRun> runs; ///< as asked for
    /// The runs of kind "run" side by side; empty if there are none.
    Comparison comparison;
    /// How several calibration sets rank the layers: an entry for each model and kind of analysis
    /// of which two runs or more are here.
    std::vector<CalibrationSets> calibrationSets;
};

/// Collects the runs, named by id or unique prefix. BadInput for unknown ones.
ReportModel buildReport(const store::ExperimentStore &store, std::span<const std::string> ids);

} // namespace bitprism
