// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/families/tensor_rules.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// config.json of Whisper (edge-asr.md 2.1).
struct WhisperConfig
{
    struct Stack
    {
        int blocks = 0;
        std::int64_t heads = 0;
        std::int64_t intermediateSize = 0;
        std::int64_t positions = 0;
    };

    static constexpr double normEpsilon = 1e-5; ///< of every norm

    std::int64_t hiddenSize = 0;
    std::int64_t melBins = 80;
    Stack encoder;
    Stack decoder;
    std::int64_t vocabularySize = 0;
    bool hasTiedHead = true;
    std::int64_t startToken = -1; ///< decoder_start_token_id
    std::vector<std::int64_t> eosTokens;
    std::string prefix = "model."; ///< before "encoder" and "decoder"; empty in base models

    /// Frames of features that enter the encoder: two per position.
    std::int64_t frames() const { return 2 * encoder.positions; }

    /// Reads and checks; BadInput that names the key.
    static WhisperConfig read(const Json &config, std::string_view where);
    /// Tensors of stack 0 (encoder) and 1 (decoder).
    std::vector<TensorRule> tensors() const;
};

} // namespace bitprism
