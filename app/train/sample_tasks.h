// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/sample_task.h"

namespace bitprism::train {

// One function per sample; each is defined in the file of its name.
std::unique_ptr<SampleTask> makeTinyBert(const SampleSources &sources);
std::unique_ptr<SampleTask> makeTinyBertOutliers(const SampleSources &sources);
std::unique_ptr<SampleTask> makeTinyClip(const SampleSources &sources);
std::unique_ptr<SampleTask> makeTinyLlada(const SampleSources &sources);
std::unique_ptr<SampleTask> makeTinyMoonshine(const SampleSources &sources);
std::unique_ptr<SampleTask> makeTinyOpt(const SampleSources &sources);
std::unique_ptr<SampleTask> makeTinyWhisper(const SampleSources &sources);

} // namespace bitprism::train
