// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/llama_trainer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitprism::train {

/// What `bitprism-train` was asked for.
struct TrainingCommand
{
    std::filesystem::path text;
    std::filesystem::path output;
    std::filesystem::path workFolder;
    TrainingOptions options;
    bool preparesOnly = false; // tokenizer and splits, no training
    bool showsHelp = false;
};

/// Throws BadUsage on an unknown flag or a value out of range.
TrainingCommand parseCommand(const std::vector<std::string> &arguments);

/// Learns the tokenizer, writes the splits, trains and writes the model; returns the exit status.
int runTraining(const TrainingCommand &command);

} // namespace bitprism::train
