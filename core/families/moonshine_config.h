// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/families/tensor_rules.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// config.json of Moonshine (edge-asr.md 3.1).
struct MoonshineConfig
{
    struct Stack
    {
        int blocks = 0;
        std::int64_t heads = 0;
        std::int64_t keyValueHeads = 0;
    };

    static constexpr double normEpsilon = 1e-5; ///< of every norm

    std::int64_t hiddenSize = 0;
    std::int64_t intermediateSize = 0;
    Stack encoder;
    Stack decoder;
    double rotaryFactor = 0.9;
    double ropeTheta = 10000;
    std::int64_t contextLength = 0;
    std::int64_t vocabularySize = 0;
    bool hasTiedHead = true;
    std::int64_t startToken = 1;
    std::vector<std::int64_t> eosTokens;

    std::int64_t headSize(const Stack &stack) const { return hiddenSize / stack.heads; }
    /// Channels of a head that turn with the position; even.
    std::int64_t rotarySize(const Stack &stack) const;

    /// Reads and checks; BadInput that names the key.
    static MoonshineConfig read(const Json &config, std::string_view where);
    /// Tensors of stack 0 (encoder) and 1 (decoder).
    std::vector<TensorRule> tensors() const;
};

/// Samples that the convolutions turn into one frame at least.
constexpr std::int64_t moonshineShortestAudio = 895;

/// Frames behind the three convolutions for `samples` of 16 kHz
/// (edge-asr.md 3.3); 0 or less where the audio is too short.
std::int64_t moonshineFrames(std::int64_t samples);

} // namespace bitprism
