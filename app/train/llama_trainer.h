// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/checkpoint.h"
#include "app/train/llama_layout.h"
#include "app/train/optimizer.h"
#include "app/train/perplexity.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bitprism::train {

/// Settings of a run. All of them but the last four decide the resulting weights.
struct TrainingOptions
{
    LlamaConfig model;
    Precision precision = Precision::Bfloat16;
    AdamW optimizer;
    std::uint64_t seed = 1611;
    RateSchedule schedule; // rows have half the context before decayStart, all of it after
    int tokensPerStep = 4096;
    float dropout = 0.2f;
    float clipNorm = 1.0f;

    std::int64_t stopAfter = -1; // leaves the loop at this step as if interrupted
    std::int64_t evaluateEvery = 200;
    double checkpointSeconds = 120.0;
    std::filesystem::path checkpointPath; // empty: none
};

/// The settings that decide the weights, in one line.
std::string fingerprintOf(const TrainingOptions &options);

/// Tokens to learn from and to measure on.
struct TrainingTokens
{
    std::vector<std::int32_t> training;
    std::vector<std::size_t> chapterStarts; // in `training`
    std::vector<std::int32_t> evaluation;
};

/// Called after each step, and with `isCheckpoint` after a checkpoint was written.
using TrainingProgress
    = std::function<void(const TrainingState &state, double loss, double rate, bool isCheckpoint)>;

/// Trains from the checkpoint, or from the seed without one, to the last step. Uses two threads,
/// each with half of a step's rows; the result does not depend on their timing.
TrainingState trainLlama(const TrainingOptions &options, const TrainingTokens &tokens,
                         const TrainingProgress &progress);

} // namespace bitprism::train
