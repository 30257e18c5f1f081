// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/model.h"

#include <cstdint>
#include <set>
#include <vector>

namespace bitprism {

/// How a speech model writes greedily (edge-asr.md 2.5, 3.4).
struct SpeechRules
{
    std::vector<std::int64_t> prompt; ///< start of transcript, language, task, no timestamps
    std::int64_t endToken = -1;
    std::set<std::int64_t> suppressed; ///< never written
    std::set<std::int64_t> suppressedFirst; ///< not as the first token
    /// Larger ids are specials, which are no text.
    std::int64_t lastText = 0;
    std::int64_t mostTokens = 0; ///< new ones, whatever the recording
    double tokensPerSecond = 0; ///< further limit by the recording's length; 0: none

    /// The limit for a recording of this length, at least 1.
    std::int64_t limitFor(double seconds) const;
};

/// From the published ids of Whisper's three vocabularies, else from config.json and
/// generation_config.json. Throws BadInput where the model has no decoder that writes text, and for
/// malformed keys.
SpeechRules speechRules(const Model &model);

} // namespace bitprism
