// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/sample_task.h"

#include <functional>
#include <string>

namespace bitprism::train {

/// Settings of a run. All but the last five decide the resulting weights.
struct SampleOptions
{
    std::string sample;
    SampleSources sources;
    RateSchedule schedule;
    AdamW optimizer;
    double dropout = 0.1;
    double clipNorm = 1.0;

    std::filesystem::path output;
    std::filesystem::path workFolder;
    std::string device = "cpu";
    std::int64_t evaluateEvery = 200;
    std::int64_t stopAfter = -1; ///< leaves the loop at this step as if interrupted
};

/// Trains one sample from its checkpoint in the work folder, or from the seed without one, and
/// writes its folder. Same settings, device and machine: same weights, also when interrupted and
/// resumed. Progress goes to standard error.
TrainingState trainSample(const SampleOptions &options, const SampleTask &task);

} // namespace bitprism::train
