// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/job_runner.h"
#include "core/results/evaluation.h"

namespace bitprism::cli {

/// Prints what a run, sensitivity or outliers job left, each with its run's id: what the command
/// itself and `resume` say.
void printOutcome(const JobOutcome &outcome, const Output &output);

/// A result without its lists of a number for each channel, window or token, which are long;
/// `show` gives them too.
Json briefDocument(const Result &result);
std::string evaluationText(const std::string &runId, const Evaluation &evaluation);

} // namespace bitprism::cli
