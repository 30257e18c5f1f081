// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::tokenize {

/// The English normalisation that the open ASR leaderboard applies to reference
/// and hypothesis before counting words (edge-asr.md 4.1): lower case, no
/// fillers and brackets, contractions and titles spelt out, number words as
/// digits, British spellings as American ones, no symbols. Apply it once: "-5
/// degrees" twice loses its sign.
class TranscriptNormalizer
{
public:
    /// `spellings`: British words and their American forms.
    explicit TranscriptNormalizer(std::map<std::string, std::string> spellings = {})
        : m_spellings(std::move(spellings))
    {
    }
    /// With the spellings of `folder`/normalizer.json, as Whisper checkpoints
    /// have it; with britishSpellings() where it is absent. Throws BadInput for
    /// a damaged one.
    static TranscriptNormalizer open(const std::filesystem::path &folder);

    /// The spellings are the checkpoint's own.
    bool isFromCheckpoint() const { return m_isFromCheckpoint; }
    /// `text` must be UTF-8. Words are separated by single spaces, with none at
    /// the ends.
    std::string normalize(std::string_view text) const;

private:
    std::map<std::string, std::string> m_spellings;
    bool m_isFromCheckpoint = false;
};

/// How the words of a hypothesis go with those of a reference at the least
/// number of edits.
struct WordAlignment
{
    std::int64_t substitutions = 0;
    std::int64_t insertions = 0;
    std::int64_t deletions = 0;
    std::int64_t referenceWords = 0;
    /// One letter per step: C correct, S substituted, I inserted (in the
    /// hypothesis), D deleted.
    std::string steps;

    std::int64_t errors() const { return substitutions + insertions + deletions; }
};

/// Levenshtein distance over words, unit costs; O(reference x hypothesis) time
/// and bytes. Of equal paths, substitutions are preferred.
WordAlignment alignWords(const std::vector<std::string> &reference,
                         const std::vector<std::string> &hypothesis);

std::vector<std::string> wordsOf(std::string_view text);

} // namespace bitprism::tokenize
