// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/results/model_info.h"
#include "core/store/experiment_store.h"
#include "widgets/jobs/usual_evaluation.h"
#include "widgets/jobs/worker.h"

#include <QString>

#include <cstddef>
#include <memory>
#include <vector>

namespace bitprism {

using ModelInfoPtr = std::shared_ptr<const ModelInfo>;
using RunList = std::vector<store::RunRecord>;
using RunListPtr = std::shared_ptr<const RunList>;

/// What was read of a project. Parts that were not asked for, or do not exist, are null.
struct ProjectContents
{
    ModelInfoPtr model;
    std::string modelHash; ///< as RunRecord::modelHash; empty: no model
    RunListPtr runs;
    QString storePath; ///< absolute; empty: no store
    ErrorPtr modelProblem; ///< why there is no model
    ErrorPtr storeProblem; ///< why there are no runs
    /// The checkpoint lies where the store says. Else its results can be looked at, and nothing can
    /// be measured.
    bool isModelPresent = true;
    QString calibrationFile; ///< what the model's sample brings along; empty: nothing
    QString evaluationFile;
    UsualEvaluation usualEvaluation; ///< of the model's newest finished run
};

/// Reads checkpoints and stores on a worker thread: a store may lie on a slow disk, and the header
/// of a checkpoint may have thousands of tensors. Knows no widget; answers are values.
class ProjectReader
{
public:
    /// `target` is a model folder, a sample's name, organisation/name, a store, or empty. An empty
    /// `storePath` means the user's own store, where it exists. `target` being a store, the model
    /// is that of its newest run. At most one page of runs is read.
    static ProjectContents read(const QString &target, const QString &storePath);

    /// The runs of a store, newest first, page by page; `known` holds the first pages already read.
    static RunList readRuns(const store::ExperimentStore &store, RunList known = {});

    static constexpr int pageSize = 1000; ///< runs in one page of a store's listing
};

} // namespace bitprism
