// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace bitprism {

/// Qt has FreeType embolden glyphs of CFF fonts (Noto Sans CJK is one) and blends them with a gamma
/// that takes the weight back from dark letters on light ground, but adds to it in the dark: there
/// Chinese looked bold beside the Latin of a TrueType font. Without, glyphs that the calling thread
/// draws weigh the same in both themes; Qt has a FreeType for each thread. Qt has no setting for
/// it; where its door to FreeType is not found, all stays as it was. To be called before a font is
/// used. Supposes that Qt uses the system's FreeType, as distributions build it, and no copy.
void drawFontsInTheirOwnWeight();

} // namespace bitprism
