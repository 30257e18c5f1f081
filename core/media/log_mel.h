// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitprism::media {

/// Whisper's window of 30 seconds and its frames (edge-asr.md 2.3).
constexpr std::int64_t whisperSamples = 480000;
constexpr std::int64_t whisperFrames = 3000;
constexpr std::int64_t samplesPerFrame = 160;
constexpr std::int64_t spectrumBins = 201;

/// Triangular filters on Slaney's mel scale with Slaney's normalisation, [bins, spectrumBins],
/// row-major: edges equally spaced in mel on [0, mel(8000)], peak 2 / (width in Hz). `bins` is 80
/// or 128 in published models, at least 1.
std::vector<double> melFilters(int bins);

/// Whisper's features of `samples` (16 kHz mono): zero-padded or cut to the window of `count`
/// frames (30 s in published models), Hann STFT of 400 with hop 160, power, mel filters, log10
/// floored at 1e-10 and at 8 below the maximum, (x + 4) / 4. [bins, count], row-major. About 1.5
/// GFLOP in 30 s.
std::vector<float> whisperLogMel(std::span<const float> samples, int bins,
                                 std::int64_t count = whisperFrames);

} // namespace bitprism::media
