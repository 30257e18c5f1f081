// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/results/model_info.h"
#include "core/store/experiment_store.h"

#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace bitprism {

using ModelInfoPtr = std::shared_ptr<const ModelInfo>;
using RunListPtr = std::shared_ptr<const std::vector<store::RunRecord>>;
using ErrorPtr = std::shared_ptr<const Error>;

/// What was read of a project. Parts that were not asked for, or do not exist, are null.
struct ProjectContents
{
    ModelInfoPtr model;
    RunListPtr runs;
    QString storePath; ///< absolute; empty: no store
    ErrorPtr modelProblem; ///< why there is no model
    ErrorPtr storeProblem; ///< why there are no runs
};

/// Reads checkpoints and stores on a worker thread: a store may lie on a slow disk, and the header
/// of a checkpoint may have thousands of tensors. Knows no widget; answers are values.
class ProjectReader : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// `target` is a model folder, a sample's name, organisation/name, a store, or empty. An empty
    /// `storePath` means the user's own store, where it exists. `target` being a store, the model
    /// is that of its newest run.
    static ProjectContents read(const QString &target, const QString &storePath);

public Q_SLOTS:
    void readProject(quint64 ticket, const QString &target, const QString &storePath);

Q_SIGNALS:
    void projectRead(quint64 ticket, const bitprism::ProjectContents &contents);
};

} // namespace bitprism
