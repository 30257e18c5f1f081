// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bitprism::train {

/// One line of the loss curve.
struct HistoryEntry
{
    std::int64_t step = 0;
    double trainingLoss = 0.0; // mean since the entry before, nats per token, with dropout
    double evaluationLoss = 0.0; // nats per held-out token
    double seconds = 0.0; // of training so far
};

/// Everything a run needs to go on exactly where it stopped.
struct TrainingState
{
    std::int64_t step = 0;
    double seconds = 0.0;
    double lossSum = 0.0; // since the last history entry
    std::int64_t lossSteps = 0;
    double bestEvaluationLoss = 0.0;
    std::int64_t bestStep = -1;
    std::vector<float> parameters, firstMoment, secondMoment;
    std::vector<float> bestParameters;
    std::vector<HistoryEntry> history;
};

/// Writes a file beside `path` and renames it over, so that a crash leaves the old one or the new.
/// `fingerprint` names the run's settings.
void saveCheckpoint(const std::filesystem::path &path, const TrainingState &state,
                    const std::string &fingerprint);

/// Nothing when `path` does not exist; throws BadInput when it is damaged or of other settings.
std::optional<TrainingState> loadCheckpoint(const std::filesystem::path &path,
                                            const std::string &fingerprint);

} // namespace bitprism::train
