// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/byte_bpe.h"
#include "app/train/training_command.h"

namespace bitprism::train {

/// Prints a line now and then; at each checkpoint it writes the loss curve (history.json) and a
/// usable model (preliminary) to the work folder.
class TrainingReport
{
public:
    TrainingReport(const TrainingCommand &command, const ByteBpe &tokenizer);

    /// To be called as TrainingProgress says.
    void operator()(const TrainingState &state, double loss, double rate, bool isCheckpoint);

private:
    void printStep(const TrainingState &state, double loss, double rate) const;
    void writeFiles(const TrainingState &state) const;

    const TrainingCommand &m_command;
    const ByteBpe &m_tokenizer;
    std::int64_t m_firstStep = -1; // of this run of the program
    double m_firstSeconds = 0.0;
};

/// Writes the best weights to the output folder, and their measured perplexities with the run's
/// figures to metrics.json in the work folder.
void writeResult(const TrainingCommand &command, const TrainingState &state,
                 const TrainingTokens &tokens);

} // namespace bitprism::train
