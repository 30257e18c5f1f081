// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/drawing.h"

#include "core/base/utf8.h"

namespace bitprism::chart {

namespace {

constexpr double narrowEm = 0.56;
constexpr char32_t firstWide = 0x1100; // Hangul, CJK and beyond

std::vector<std::string> characters(std::string_view text)
{
    std::vector<std::string> result;
    const std::string clean = sanitizedUtf8(text);
    for (std::size_t position = 0; position < clean.size();) {
        const std::size_t start = position;
        nextCodePoint(clean, position);
        result.push_back(clean.substr(start, position - start));
    }
    return result;
}

double widthOf(const std::string &character, double size)
{
    std::size_t position = 0;
    return size * (nextCodePoint(character, position) >= firstWide ? 1 : narrowEm);
}

} // namespace

std::vector<std::vector<CellRun>> cellRuns(const Cells &cells)
{
    std::vector<std::vector<CellRun>> runs(mapLevels);
    for (std::size_t row = 0; row < cells.rows(); ++row) {
        const std::int8_t *levels = cells.levels.data() + row * cells.columns;
        for (std::size_t first = 0, end = 0; first < cells.columns; first = end) {
            end = first + 1;
            while (end < cells.columns && levels[end] == levels[first]) {
                ++end;
            }
            if (levels[first] >= 0 && levels[first] < mapLevels) {
                runs[static_cast<std::size_t>(levels[first])].push_back({row, first, end - first});
            }
        }
    }
    return runs;
}

double textWidth(std::string_view text, double size)
{
    double width = 0;
    for (const std::string &character : characters(text)) {
        width += widthOf(character, size);
    }
    return width;
}

std::string elidedMiddle(const std::string &text, double width, double size)
{
    if (textWidth(text, size) <= width) {
        return text;
    }
    const std::vector<std::string> all = characters(text);
    double left = width - narrowEm * size;
    std::string head;
    std::string tail;
    std::size_t first = 0;
    std::size_t last = all.size();
    while (first < last) {
        const bool takesHead = head.size() <= tail.size();
        const std::string &next = takesHead ? all[first] : all[last - 1];
        left -= widthOf(next, size);
        if (left < 0) {
            break;
        }
        if (takesHead) {
            head += next;
            ++first;
        } else {
            tail.insert(0, next);
            --last;
        }
    }
    return head + "\u2026" + tail;
}

} // namespace bitprism::chart
