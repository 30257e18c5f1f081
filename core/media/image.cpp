// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/image.h"

#include "core/base/error.h"
#include "core/io/file.h"
#include "core/media/image_decoders.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace bitprism::media {

namespace {

constexpr std::uint64_t maxFileBytes = std::uint64_t{256} << 20;

} // namespace

Image readImage(const std::filesystem::path &path)
{
    const std::string bytes = io::readWholeFile(path, maxFileBytes);
    Image image;
    std::string problem = "neither PNG nor JPEG";
    if (bytes.starts_with("\x89PNG\r\n\x1a\n")) {
        problem = decodePng(bytes, image);
    } else if (bytes.starts_with("\xff\xd8\xff")) {
        problem = decodeJpeg(bytes, image);
    }
    if (!problem.empty()) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error", "%1: the image cannot be decoded (%2); give a PNG or JPEG file."),
            path, problem);
    }
    return image;
}

bool hasImageName(const std::filesystem::path &path)
{
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg";
}

std::string sizeProblem(std::int64_t width, std::int64_t height)
{
    if (width < 1 || height < 1 || width > maxImageSide || height > maxImageSide
        || width * height > maxImagePixels) {
        return std::to_string(width) + " x " + std::to_string(height) + " pixels are too many";
    }
    return {};
}

} // namespace bitprism::media
