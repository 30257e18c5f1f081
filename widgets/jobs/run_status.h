// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <QString>

namespace bitprism {

class JobHub;

/// How much of a run is done, 0 to 1, wherever the window says it: as the last job of this session
/// that worked on it said, which counts more finely than the finished blocks of the store.
double doneShare(const store::RunRecord &run, const JobHub &hub);

/// "\u2713 Finished", "43 %" or "Stopped at 43 %".
QString runStatusText(const store::RunRecord &run, const JobHub &hub);

/// "Stopped at 43 %"; only "Stopped" in the first hundredth, where "0 %" would deny what is kept.
QString stoppedText(double share);
/// The same in a sentence about `name`. `progress` is how far it is in other words: "12 of 42
/// layers measured"; empty: not known.
QString stoppedSentence(const QString &name, double share, const QString &progress = {});

} // namespace bitprism
