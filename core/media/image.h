// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace bitprism::media {

/// Wider or taller images, and more pixels in all, are refused before memory is taken.
constexpr std::int64_t maxImageSide = 32768;
constexpr std::int64_t maxImagePixels = std::int64_t{1} << 26;

/// 8-bit RGB, rows from the top.
struct Image
{
    std::int64_t width = 0;
    std::int64_t height = 0;
    std::vector<std::uint8_t> rgb; ///< [height, width, 3]
};

/// A PNG or JPEG file, told apart by its first bytes: grey and palettes become RGB, an alpha
/// channel is dropped and 16 bits lose their lower half, as PIL's convert("RGB") does. No colour
/// management, no rotation by EXIF. Throws BadInput, naming the file, for what is missing, neither
/// format, damaged, truncated, CMYK, or beyond the limits above.
Image readImage(const std::filesystem::path &path);

/// Whether the name ends as an image file's does (.png, .jpg, .jpeg; any case).
bool hasImageName(const std::filesystem::path &path);

} // namespace bitprism::media
