// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace bitprism::media {

/// The rate that every speech family here was trained on, in samples per second.
constexpr int speechRate = 16000;
/// Longer recordings are refused: the whole of one is held in memory.
constexpr std::int64_t maxAudioSeconds = 3600;

/// One recording, mono (channels averaged), in [-1, 1] for integer formats.
struct Audio
{
    std::vector<float> samples;
    int rate = speechRate;

    double seconds() const { return static_cast<double>(samples.size()) / rate; }
};

/// A WAV (RIFF, RF64; integer or float PCM) or FLAC file at its own rate. Throws BadInput, naming
/// the file, for what is missing, no such format, truncated, empty, longer than maxAudioSeconds, of
/// more than 16 channels, or not finite. Memory grows with what was really decoded, never with a
/// length that a header claims.
Audio readAudio(const std::filesystem::path &path);

/// The same, resampled to speechRate.
Audio readSpeech(const std::filesystem::path &path);

/// Band-limited sinc interpolation (libsamplerate's best converter: 145 dB, 96 % of the band).
/// `rate` and `newRate` lie in [1000, 768000]. The result has round(n newRate / rate) samples.
std::vector<float> resample(std::span<const float> samples, int rate, int newRate);

} // namespace bitprism::media
