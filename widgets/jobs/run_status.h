// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <QString>

namespace bitprism {

class JobHub;
struct HubJob;

/// How much of a run is done, 0 to 1, wherever the window says it: as the last job of this session
/// that worked on it said, which counts more finely than the finished blocks of the store, unless
/// another process went on with the run since.
double doneShare(const store::RunRecord &run, const JobHub &hub);

/// How far a job at work is: "43 %"; before its first unit of work "Starting", as "0 %" would look
/// stuck; "Stopping" once its end was asked for.
QString progressText(const HubJob &job);
/// "21 s left" by its speed, or "about 21 s left" by its estimate; empty: not known.
QString timeLeftText(const HubJob &job);
/// What a bar shows of a job that waits or works, 0 to 1; below 0: nothing can be said yet.
double shownShare(const HubJob &job);

/// "\u2713 Finished", "43 %" or "Stopped at 43 %".
QString runStatusText(const store::RunRecord &run, const JobHub &hub);

/// "Stopped at 43 %"; only "Stopped" in the first hundredth, where "0 %" would deny what is kept.
QString stoppedText(double share);
/// The same in a sentence about `name`. `progress` is how far it is in other words: "12 of 42
/// layers measured"; empty: not known.
QString stoppedSentence(const QString &name, double share, const QString &progress = {});

} // namespace bitprism
