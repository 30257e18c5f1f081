// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/content.h"

#include <optional>
#include <utility>

namespace bitprism::report {

/// Puts blocks below each other; charts without data and tables without rows are left out.
class SectionBuilder
{
public:
    void heading(int level, std::string text)
    {
        m_section.emplace_back(Heading{level, std::move(text)});
    }
    void paragraph(std::string text, Paragraph::Style style = Paragraph::Style::Muted)
    {
        m_section.emplace_back(Paragraph{std::move(text), style});
    }
    void code(std::string title, std::string text)
    {
        m_section.emplace_back(Code{std::move(title), std::move(text)});
    }
    void chart(std::optional<chart::Drawing> drawing)
    {
        if (drawing) {
            m_section.emplace_back(std::move(*drawing));
        }
    }
    void table(Table table, bool isFolded)
    {
        if (!table.rows.empty()) {
            m_section.emplace_back(TableBlock{std::move(table), isFolded});
        }
    }
    Section take() { return std::exchange(m_section, {}); }

private:
    Section m_section;
};

} // namespace bitprism::report
