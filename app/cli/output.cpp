// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include "core/base/utf8.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>

namespace bitprism::cli {

namespace {

/// Code points, which is what columns are aligned by.
std::size_t widthOf(const std::string &text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool looksNumeric(const std::string &text)
{
    return text == "-"
        || (!text.empty() && text.find_first_not_of("0123456789.+-e%") == std::string::npos);
}

std::string formatted(const char *format, double value)
{
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, format, value);
    return buffer;
}

} // namespace

Table::Table(std::vector<std::string> header) { m_rows.push_back(std::move(header)); }

void Table::add(std::vector<std::string> row)
{
    BITPRISM_ASSERT(row.size() == m_rows.front().size(), "rows have the header's columns");
    for (std::string &cell : row) {
        cell = sanitizedUtf8(cell);
    }
    m_rows.push_back(std::move(row));
}

std::string Table::text() const
{
    const std::size_t columns = m_rows.front().size();
    std::vector<std::size_t> widths(columns, 0);
    std::vector<bool> isNumeric(columns, true);
    for (std::size_t row = 0; row < m_rows.size(); ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
            widths[column] = std::max(widths[column], widthOf(m_rows[row][column]));
            isNumeric[column]
                = isNumeric[column] && (row == 0 || looksNumeric(m_rows[row][column]));
        }
    }
    std::string text;
    for (const std::vector<std::string> &row : m_rows) {
        std::string line;
        for (std::size_t column = 0; column < columns; ++column) {
            const std::string padding(widths[column] - widthOf(row[column]), ' ');
            line += column == 0 ? "" : "  ";
            line += isNumeric[column] ? padding + row[column] : row[column] + padding;
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

void Output::print(const Json &document, const std::string &text) const
{
    const std::string bytes
        = m_isJson ? document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n" : text;
    const bool isWritten = std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()
        && std::fflush(stdout) == 0;
    if (!isWritten) {
        throwSystemError(errno, "write", "standard output");
    }
}

void Output::note(std::string_view line) const
{
    if (!m_isQuiet) {
        std::fprintf(stderr, "%s\n", sanitizedUtf8(line).c_str());
    }
}

std::string shown(double value, int digits)
{
    if (!std::isfinite(value)) {
        return "-";
    }
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, value);
    return buffer;
}

std::string shown(const std::optional<double> &value, int digits)
{
    return value ? shown(*value, digits) : "-";
}

std::string shownBytes(std::int64_t bytes)
{
    const double value = static_cast<double>(bytes);
    if (bytes < 1000) {
        return std::to_string(bytes) + " B";
    }
    return value < 1e6 ? formatted("%.1f kB", value / 1e3)
        : value < 1e9  ? formatted("%.1f MB", value / 1e6)
                       : formatted("%.2f GB", value / 1e9);
}

std::string exactBytes(std::int64_t bytes) { return std::to_string(bytes) + " bytes"; }

std::string shownCount(std::int64_t count)
{
    const double value = static_cast<double>(count);
    return count < 100'000 ? std::to_string(count)
        : value < 1e9      ? formatted("%.2f M", value / 1e6)
                           : formatted("%.2f G", value / 1e9);
}

std::string shownSeconds(double seconds)
{
    if (!std::isfinite(seconds) || seconds < 0) {
        return "-";
    }
    if (seconds < 60) {
        return formatted("%.1f s", seconds);
    }
    const int whole = static_cast<int>(std::min(seconds, 1e8));
    char buffer[64];
    if (whole < 3600) {
        std::snprintf(buffer, sizeof buffer, "%d min %d s", whole / 60, whole % 60);
    } else {
        std::snprintf(buffer, sizeof buffer, "%d h %d min", whole / 3600, whole / 60 % 60);
    }
    return buffer;
}

std::string shownNotes(const std::vector<std::string> &notes)
{
    std::string text;
    for (const std::string &note : notes) {
        text += "Note: " + note + "\n";
    }
    return text;
}

std::string shownFacts(const std::vector<std::pair<std::string, std::string>> &facts)
{
    std::size_t width = 0;
    for (const auto &[key, value] : facts) {
        width = value.empty() ? width : std::max(width, widthOf(key));
    }
    std::string text;
    for (const auto &[key, value] : facts) {
        if (!value.empty()) {
            text += key + ":" + std::string(width - widthOf(key) + 2, ' ') + sanitizedUtf8(value)
                + "\n";
        }
    }
    return text;
}

} // namespace bitprism::cli
