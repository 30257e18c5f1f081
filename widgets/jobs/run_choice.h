// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project.h"

#include <QStringList>

namespace bitprism {

/// Which runs can be compared: those that quantize or evaluate.
bool isComparable(const store::RunRecord &run);

/// The newest runs of the open model, as many as a page lists; of all kinds and states.
QStringList latestRuns(const Project &project);

/// The two runs that are compared while the user chose none: the newest finished one, and before it
/// as the reference the one whose average bits come closest; where there is no second run of its
/// model, the run and the evaluation of a checkpoint of the same size that comes closest. Empty:
/// there are no two.
QStringList defaultComparison(const RunList &runs);

/// The runs that are reported while the user chose none, of the model that finished last: the
/// newest `most` finished ones, the oldest of them first, and the newest sensitivity.
QStringList defaultReport(const RunList &runs, int most);

/// `ids` without those that are not among `runs`.
QStringList knownRuns(const QStringList &ids, const RunList &runs);

} // namespace bitprism
