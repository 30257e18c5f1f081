// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/chart/drawing.h"
#include "core/report/pdf/pdf_document.h"

#include <string>

/// What all parts of a page agree on.
namespace bitprism::pdf {

constexpr double margin = 50;
constexpr double contentWidth = pageWidth - 2 * margin;
constexpr double bottom = pageHeight - margin - 10; ///< nothing but the footer stands below
constexpr double lineSpacing = 1.3;

inline std::string textColour() { return chart::colourOf({chart::Role::Text}, false); }
inline std::string mutedColour() { return chart::colourOf({chart::Role::Muted}, false); }
inline std::string badColour() { return chart::colourOf({chart::Role::Bad}, false); }
inline std::string gridColour() { return chart::colourOf({chart::Role::Grid}, false); }

} // namespace bitprism::pdf
