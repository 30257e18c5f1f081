// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/allocation.h"
#include "core/results/evaluation.h"
#include "core/results/model_info.h"
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"

#include <string>
#include <vector>

namespace bitprism::test {

/// Two blocks of two layers, an embedding and a head.
ModelInfo toyModelInfo(const std::string &name = "toy");

/// A row per layer of one block of toyModelInfo().
std::vector<RunLayer> toyRunLayers(int block, double bits = 4);

/// A perplexity over `windows` windows whose losses differ a little from each other.
Evaluation toyEvaluation(double nll, int windows = 8);

/// Every field filled; `bits` shifts the figures, so that two summaries differ.
RunSummary toyRunSummary(const std::string &run, double bits);

SensitivityTable toySensitivity();
OutlierTable toyOutliers();
Allocation toyAllocation();

/// A finished run of kind "run" with blocks, metrics and a summary; gives its id. `modelHash` is
/// that of the checkpoint, where a test has one on the disk.
std::string addToyRun(store::ExperimentStore &store, const std::string &name, double bits,
                      const std::string &recipe,
                      const std::string &modelHash = std::string(64, '0'));

} // namespace bitprism::test
