// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/media/image.h"

#include <array>
#include <cstdint>
#include <vector>

namespace bitprism::media {

/// Antialiased bicubic (coefficient -0.5) on 8-bit values: rows first, then columns, each rounded
/// to 8 bits, with weights in 22-bit fixed point: the pixels that PIL's Image.resize gives.
Image resizeBicubic(const Image &image, std::int64_t width, std::int64_t height);

/// How a family wants its images (preprocessor_config.json of Hugging Face).
struct ImagePreparation
{
    std::int64_t size = 224; ///< shorter side after the resize, and of the centre crop
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
};

/// The shorter side to `size`, centre crop, (x / 255 - mean) / deviation (d4c-clip.md 2.5). [3,
/// size, size], row-major.
std::vector<float> prepareImage(const Image &image, const ImagePreparation &preparation);

} // namespace bitprism::media
