// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/base/parameters.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// Inputs [tokens, cols] as layers see them: channels of unequal size, each correlated with its
/// neighbours.
std::vector<float> benchInputs(std::int64_t tokens, std::int64_t cols, JobContext &context);
/// Weights [rows, cols], normal with a standard deviation of 0.02.
std::vector<float> benchWeights(std::int64_t rows, std::int64_t cols, JobContext &context);
/// The sample whose data benches of models work on when no other is named.
inline constexpr const char *benchSample = "tiny-llama";
/// `given`, or the sample's evaluation text. Throws BadInput where neither is there.
std::string benchText(const std::string &given);

/// Texts of parameters that several benches have.
namespace benchTexts {
inline const ParamText tokens{BITPRISM_TR("Bench", "Tokens"),
                              BITPRISM_TR("Bench", "Calibration tokens."), "tokens"};
inline const ParamText rows{BITPRISM_TR("Bench", "Rows"),
                            BITPRISM_TR("Bench", "Outputs of the layer.")};
inline const ParamText cols{BITPRISM_TR("Bench", "Columns"),
                            BITPRISM_TR("Bench", "Inputs of the layer.")};
inline const ParamText bits{BITPRISM_TR("Bench", "Bits"),
                            BITPRISM_TR("Bench", "Width of the codes.")};
inline const ParamText groupSize{
    BITPRISM_TR("Bench", "Group size"),
    BITPRISM_TR("Bench", "Input columns that share one grid; 0: the whole row.")};
inline const ParamText repeats{BITPRISM_TR("Bench", "Repeats"),
                               BITPRISM_TR("Bench", "The fastest of so many counts.")};
inline const ParamText threads{BITPRISM_TR("Bench", "Threads"),
                               BITPRISM_TR("Bench", "Cores that work; 1: the speed of one core.")};
inline const ParamText length{BITPRISM_TR("Bench", "Length"),
                              BITPRISM_TR("Bench", "Tokens of a window."), "tokens"};
inline const ParamText samples{BITPRISM_TR("Bench", "Samples"),
                               BITPRISM_TR("Bench", "Windows to work on at most.")};
inline const ParamText model{BITPRISM_TR("Bench", "Model"),
                             BITPRISM_TR("Bench", "Folder of the checkpoint, or a sample's name.")};
inline const ParamText data{
    BITPRISM_TR("Bench", "Text"),
    BITPRISM_TR("Bench", "File to work on; empty: the sample's evaluation text.")};
inline const ParamText direction{
    BITPRISM_TR("Bench", "Direction"),
    BITPRISM_TR("Bench", "Whether weights become codes or codes become weights.")};
} // namespace benchTexts

/// For ParamVisitor::choice.
std::vector<Choice> directionChoices();

} // namespace bitprism
