// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/content.h"
#include "core/report/pdf/pdf_document.h"

#include <string>
#include <vector>

namespace bitprism::pdf {

/// A report set on pages: the title's section, contents with page numbers, then every section;
/// tables go on over pages under their heads, and nothing is folded away.
struct Layout
{
    std::vector<Page> pages;
    std::vector<OutlineEntry> outline;
};

/// `footer` stands below every page, beside its number.
Layout layOut(const std::vector<report::Section> &sections, const std::string &footer);

} // namespace bitprism::pdf
