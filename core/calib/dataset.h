// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/tokenizer.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// A calibration or evaluation text in memory.
class Dataset
{
public:
    /// Throws BadInput for a file that is missing, blank or not UTF-8.
    static Dataset openText(const std::filesystem::path &path);
    /// For tests and texts that have no file; `path` names it in messages.
    static Dataset fromText(std::string text, std::filesystem::path path = "text");

    const std::filesystem::path &path() const { return m_path; } ///< absolute for a file
    const std::string &text() const { return m_text; }

    /// The whole text in one piece, as `tokenize` does, specials included.
    std::vector<tokenize::TokenId> tokens(const tokenize::Tokenizer &tokenizer) const;
    /// Trimmed, never empty; views into text().
    std::vector<std::string_view> documents(std::string_view separator) const;
    std::vector<std::string_view> lines() const;

private:
    Dataset(std::string text, std::filesystem::path path)
        : m_text(std::move(text))
        , m_path(std::move(path))
    {
    }

    std::string m_text;
    std::filesystem::path m_path;
};

} // namespace bitprism
