// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::cli {

/// Columns of text for people. Numbers stand right, words left.
class Table
{
public:
    explicit Table(std::vector<std::string> header);
    void add(std::vector<std::string> row);
    std::string text() const;

private:
    std::vector<std::vector<std::string>> m_rows; ///< the header first
};

/// What a command says: a document or text on standard output, notes on standard error.
class Output
{
public:
    Output(bool isJson, bool isQuiet)
        : m_isJson(isJson)
        , m_isQuiet(isQuiet)
    {
    }

    bool isJson() const { return m_isJson; }
    bool isQuiet() const { return m_isQuiet; }

    /// Prints the one document, or `text` for people. Throws Io when standard output cannot take
    /// it.
    void print(const Json &document, const std::string &text) const;
    /// A line on standard error; nothing with --quiet.
    void note(std::string_view line) const;

private:
    bool m_isJson;
    bool m_isQuiet;
};

/// Numbers for people; an absent one, or one that is not finite, is "-".
std::string shown(double value, int digits = 4);
std::string shown(const std::optional<double> &value, int digits = 4);
/// "10.5 MB".
std::string shownBytes(std::int64_t bytes);
/// "10500000 bytes", to compare with a file's size.
std::string exactBytes(std::int64_t bytes);
/// "5.2 M".
std::string shownCount(std::int64_t count);
/// "1 h 02 min", "3 min 10 s", "12.3 s".
std::string shownSeconds(double seconds);
/// "key: value" lines with aligned values; lines with an empty value are left out.
std::string shownFacts(const std::vector<std::pair<std::string, std::string>> &facts);
/// A line "Note: ..." for each.
std::string shownNotes(const std::vector<std::string> &notes);

} // namespace bitprism::cli
