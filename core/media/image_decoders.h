// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/image.h"

#include <string>
#include <string_view>

namespace bitprism::media {

/// Each fills `image` from a whole file in memory and gives what is wrong with it, or nothing. The
/// C libraries report errors by longjmp, so no object with a destructor lives across their calls.
std::string decodePng(std::string_view bytes, Image &image);
std::string decodeJpeg(std::string_view bytes, Image &image);

/// Empty for a size within the limits of image.h.
std::string sizeProblem(std::int64_t width, std::int64_t height);

} // namespace bitprism::media
