// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pdf/table_columns.h"

#include "core/report/pdf/pdf_text.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace bitprism::pdf {

namespace {

constexpr double tolerance = 0.05; // points

/// Widths of a column: with each text on one line; with a heading of several lines; and at least,
/// which breaks texts where they may be broken and numbers nowhere.
struct Needs
{
    double natural = 0;
    double folded = 0;
    double least = 0;
};

Needs needsOf(const report::Table &table, std::size_t column)
{
    constexpr double longestWord = 60; // a longer one is broken all the same
    constexpr double padding = 2 * cellPadding;
    const report::Column &head = table.columns[column];
    const double heading = widthOf(head.heading, Font::Bold, cellSize);
    const double word = longestPiece(head.heading, Font::Bold, cellSize);
    double cells = 0;
    double piece = 0;
    for (const std::vector<std::string> &row : table.rows) {
        const double width = widthOf(row[column], Font::Regular, cellSize);
        cells = std::max(cells, width);
        piece = std::max(
            piece, head.isNumber ? width : longestPiece(row[column], Font::Regular, cellSize));
    }
    piece = head.isNumber ? piece : std::min(piece, longestWord);
    return {std::max(heading, cells) + padding, std::max(word, cells) + padding,
            std::max(word, piece) + padding};
}

/// Takes `excess` points from `widths`, the widest first, but none below its `least`; returns what
/// is left of the excess.
double narrow(std::vector<double> &widths, const std::vector<double> &least, double excess)
{
    while (excess > tolerance) {
        double widest = 0;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            widest = widths[i] > least[i] + tolerance ? std::max(widest, widths[i]) : widest;
        }
        std::vector<std::size_t> chosen;
        double lower = 0; // what the widest are narrowed to at most
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const bool isWidest = widths[i] >= widest - tolerance && widths[i] <= widest;
            if (isWidest && widths[i] > least[i] + tolerance) {
                chosen.push_back(i);
                lower = std::max(lower, least[i]);
            } else if (widths[i] < widest - tolerance) {
                lower = std::max(lower, widths[i]);
            }
        }
        if (chosen.empty()) {
            return excess;
        }
        const auto count = static_cast<double>(chosen.size());
        const double cut = std::min(widest - lower, excess / count);
        for (const std::size_t i : chosen) {
            widths[i] -= cut;
        }
        excess -= cut * count;
    }
    return 0;
}

/// Nothing where `room` is too narrow for all columns.
std::optional<std::vector<double>> widthsOf(const report::Table &table, double room)
{
    std::vector<double> widths;
    std::vector<double> folded;
    std::vector<double> least;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Needs needs = needsOf(table, i);
        widths.push_back(needs.natural);
        folded.push_back(needs.folded);
        least.push_back(needs.least);
    }
    double excess = std::accumulate(widths.begin(), widths.end(), 0.0) - room;
    excess = narrow(widths, folded, excess);
    excess = narrow(widths, least, excess);
    return excess > 1 ? std::nullopt : std::optional(widths);
}

/// The first column and those from `first` on, as many as there is room for; at least one.
report::Table slice(const report::Table &table, std::size_t first, double room)
{
    room -= std::min(needsOf(table, 0).folded, room / 3);
    std::size_t end = first;
    while (end < table.columns.size()) {
        room -= needsOf(table, end).least;
        if (room < 0 && end > first) {
            break;
        }
        ++end;
    }
    report::Table part;
    part.title = table.title;
    part.columns = {table.columns[0]};
    const auto copy = [&](const auto &from, auto &to) {
        to.insert(to.end(), from.begin() + static_cast<std::ptrdiff_t>(first),
                  from.begin() + static_cast<std::ptrdiff_t>(end));
    };
    copy(table.columns, part.columns);
    for (const std::vector<std::string> &row : table.rows) {
        copy(row, part.rows.emplace_back(std::vector{row[0]}));
    }
    for (const auto &[row, column] : table.muted) {
        if (column >= first && column < end) {
            part.muted.emplace(row, column - first + 1);
        }
    }
    return part;
}

} // namespace

std::vector<TablePart> partsOf(const report::Table &table, double room)
{
    if (std::optional<std::vector<double>> widths = widthsOf(table, room)) {
        return {{table, *std::move(widths)}};
    }
    std::vector<TablePart> parts;
    for (std::size_t first = 1; first < table.columns.size();) {
        report::Table part = slice(table, first, room);
        first += part.columns.size() - 1;
        // A column that is too wide alone shares the room with the first.
        const auto count = static_cast<double>(part.columns.size());
        std::vector<double> widths
            = widthsOf(part, room).value_or(std::vector<double>(part.columns.size(), room / count));
        parts.push_back({std::move(part), std::move(widths)});
    }
    return parts;
}

} // namespace bitprism::pdf
