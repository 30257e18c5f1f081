// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/recipe/recipe.h"
#include "core/results/model_info.h"
#include "core/store/experiment_store.h"

#include <QString>

#include <optional>
#include <vector>

namespace bitprism {

class Project;

/// Requests for the open model that keep their run in the open store, as the buttons and forms
/// submit them. Threads and seed are read here, in the GUI thread, and travel inside the request.
/// The data files are the project's.

/// Quantizes by `recipe` and measures the project's usual evaluation on its evaluation file, where
/// the recipe has no evaluation of its own. `name` may be empty.
JobRequest runRequest(const Project &project, const Recipe &recipe, const QString &name);
/// What quantizing each layer alone costs at each of `widths`, probed with the recipe's quantizer.
JobRequest sensitivityRequest(const Project &project, const Recipe &recipe,
                              const std::vector<int> &widths = {2, 3, 4, 8});
/// What keeping a share of high-impact channels in each layer does, for several shares, and what
/// pairs of layers within a block do together: what the allocation of ratios is solved from. Widths
/// and groups are the recipe's where it mixes widths, else 2 and 4 bits with its group size.
JobRequest ratiosRequest(const Project &project, const Recipe &recipe);
/// Outlier channels and tokens of every layer's input.
JobRequest outliersRequest(const Project &project);
/// What a stored run asked for, once more: its quantizer, samples and data, on the open model and
/// into the open store. Nothing while the record's request is not read.
std::optional<JobRequest> repeatedRequest(const Project &project,
                                          const std::optional<store::RunRecord> &record);

/// What still has to be chosen before an analysis can start, in the user's language; empty:
/// nothing.
QString missingForAnalysis(const Project &project);

/// What an analysis of the open model leaves out, in the user's language: a model that cannot be
/// run is analysed by its weights. Empty: nothing.
QString limitOfAnalysis(const Project &project);

/// The task that measures a model of this kind where nobody chose one: perplexity, masked-nll,
/// accuracy, wer, zero-shot-images, or output-error where it scores nothing.
std::string usualTask(const ModelInfo &model);

/// The number of threads that jobs take; 0: all cores.
int jobThreads();

} // namespace bitprism
