// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/media/image.h"
#include "tests/fuzz/support.h"

using namespace bitprism;

/// A PNG or JPEG file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::filesystem::path file = fuzz::writeFile("input.png", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] {
        const media::Image image = media::readImage(file);
        BITPRISM_ASSERT(image.rgb.size()
                            == static_cast<std::size_t>(image.width * image.height * 3),
                        "every pixel has three bytes");
    });
    return 0;
}
