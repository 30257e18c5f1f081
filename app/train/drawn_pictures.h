// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bitprism::train {

/// What a drawn picture shows: indices into the lists of names below.
struct PictureSubject
{
    int texture = 0;
    int colour = 0;
    int shape = 0;

    bool operator==(const PictureSubject &) const = default;
};

/// All subjects, and those of them that training never sees (every texture, colour and shape stays
/// known by itself).
std::vector<PictureSubject> pictureSubjects();
bool isHeldOut(const PictureSubject &subject);

/// "striped red circle".
std::string captionWords(const PictureSubject &subject);
/// A sentence of one of the caption templates, at times with position and background.
std::string drawCaption(const PictureSubject &subject, int position, int background,
                        Random &random);

/// One picture, 64 x 64, 8-bit RGB row by row: the subject at a random size, angle and place on a
/// background with noise. `position` and `background` become what was drawn.
struct Picture
{
    static constexpr int side = 64;
    std::vector<std::uint8_t> pixels; ///< [side, side, 3]
    int position = 0;
    int background = 0;
};
Picture drawPicture(const PictureSubject &subject, Random &random);

/// Writes a PNG file, 8-bit RGB.
void writePng(const std::filesystem::path &file, const Picture &picture);

} // namespace bitprism::train
