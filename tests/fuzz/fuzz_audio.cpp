// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/media/audio.h"
#include "tests/fuzz/support.h"

#include <cmath>

using namespace bitprism;

/// A WAV or FLAC file: what is accepted is finite and goes through the resampler.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::filesystem::path file = fuzz::writeFile("input.wav", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] {
        const media::Audio audio = media::readSpeech(file);
        for (const float sample : audio.samples) {
            BITPRISM_ASSERT(std::isfinite(sample), "samples are finite");
        }
    });
    return 0;
}
