// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// One window, document, recording or image of an evaluation, piece by piece.
struct ScoredItem
{
    std::int64_t unit = 0; ///< as in Evaluation::windowNll
    std::string source; ///< the file it stems from; empty: a part of the data file
    std::vector<std::string> pieces; ///< what each token adds to the text, in order
    std::vector<float> losses; ///< nats, one per piece; NaN where the task scores nothing
    std::string reference; ///< the transcript, or the class, that is right; empty: the text itself
    std::string hypothesis; ///< what the model said
    /// How the words of the two go together (wer): one letter per step, C correct, S substituted,
    /// I inserted, D deleted.
    std::string alignment;
};

/// The losses behind an Evaluation, kept for a view that shows them in their text. Two of the same
/// `key` scored the same pieces.
struct TokenLosses final : Result
{
    static constexpr std::string_view kind = "token_losses";

    std::string task;
    std::string model; ///< absolute path
    std::string data; ///< absolute path
    std::string key; ///< names task, data and cut; may be empty
    std::int64_t scored = 0; ///< losses kept
    bool complete = true; ///< false: only the first items were kept
    std::vector<ScoredItem> items;

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static TokenLosses fromJson(const nlohmann::json &json);
};

} // namespace bitprism
