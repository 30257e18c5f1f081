// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/pdf/pdf_document.h"

#include <vector>

namespace bitprism::pdf {

/// The list of what a report holds. With the parts of every section where those fit on one page;
/// else of the sections alone.
class Contents
{
public:
    /// `entries` as the report's outline has them, levels 2 (sections) and 3 (their parts);
    /// `room`: the height that is left on the page before. Where the list fits there, it needs no
    /// page of its own.
    Contents(const std::vector<OutlineEntry> &entries, double room);

    std::size_t ownPages() const { return m_ownPages; }
    /// Writes onto `page` from `y` down, or gives the pages of its own, where it has some.
    /// `pagesBefore` are added to the entries' page numbers.
    std::vector<Page> write(Page &page, double y, int pagesBefore) const;

private:
    std::vector<OutlineEntry> m_entries;
    std::size_t m_ownPages = 0;
};

} // namespace bitprism::pdf
