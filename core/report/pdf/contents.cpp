// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pdf/contents.h"

#include "core/report/pdf/page_style.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <iterator>

namespace bitprism::pdf {

namespace {

constexpr double contentsHead = 26; ///< its heading, with the space around it
constexpr int sectionLevel = 2;

double sizeOf(const OutlineEntry &entry) { return entry.level <= sectionLevel ? 10 : 8.5; }

double lineHeight(const OutlineEntry &entry) { return entry.level <= sectionLevel ? 15 : 12; }

double heightOf(const std::vector<OutlineEntry> &entries)
{
    double height = contentsHead;
    for (const OutlineEntry &entry : entries) {
        height += lineHeight(entry);
    }
    return height;
}

void addLine(Page &page, double y, const OutlineEntry &entry, int pagesBefore)
{
    const double size = sizeOf(entry);
    const double x = margin + 14.0 * (entry.level - sectionLevel);
    const std::string colour = entry.level <= sectionLevel ? textColour() : mutedColour();
    const Target target{entry.target.page + pagesBefore, entry.target.y};
    const std::string number = std::to_string(target.page + 1);
    const double room = contentWidth - (x - margin) - 40;
    page.text(x, y, wrapped(entry.title, Font::Regular, size, room).front(), Font::Regular, size,
              colour);
    page.text(pageWidth - margin - widthOf(number, Font::Regular, size), y, number, Font::Regular,
              size, colour);
    page.link(margin, y - size, contentWidth, lineHeight(entry), target);
}

void addHead(Page &page, double y)
{
    page.text(margin, y + 13, report::say(BITPRISM_TR("Report", "Contents")), Font::Bold, 13,
              textColour());
}

} // namespace

Contents::Contents(const std::vector<OutlineEntry> &entries, double room)
    : m_entries(entries)
{
    std::vector<OutlineEntry> sections;
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(sections),
                 [](const OutlineEntry &entry) { return entry.level <= sectionLevel; });
    if (heightOf(entries) <= room) {
        return;
    }
    constexpr double onePage = bottom - margin;
    if (heightOf(sections) <= room || heightOf(entries) > onePage) {
        m_entries = std::move(sections);
    }
    if (heightOf(m_entries) <= room) {
        return;
    }
    double left = 0;
    for (const OutlineEntry &entry : m_entries) {
        if (m_ownPages == 0 || left < lineHeight(entry)) {
            left = onePage - (m_ownPages == 0 ? contentsHead : 0);
            ++m_ownPages;
        }
        left -= lineHeight(entry);
    }
}

std::vector<Page> Contents::write(Page &page, double y, int pagesBefore) const
{
    std::vector<Page> pages(m_ownPages);
    if (m_entries.empty()) {
        return pages;
    }
    Page *current = pages.empty() ? &page : &pages.front();
    y = pages.empty() ? y : margin;
    addHead(*current, y);
    y += contentsHead;
    for (const OutlineEntry &entry : m_entries) {
        if (!pages.empty() && y + lineHeight(entry) > bottom) {
            ++current;
            y = margin;
        }
        y += lineHeight(entry);
        addLine(*current, y - lineHeight(entry) + sizeOf(entry), entry, pagesBefore);
    }
    return pages;
}

} // namespace bitprism::pdf
