// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bitprism::train {

/// A command as one says it to a house: "turn the red lamp in the kitchen on". Lower case, no
/// punctuation, a vocabulary of about 120 words.
std::string drawSentence(Random &random);

/// One synthesised utterance: what was said, and its samples at 16 kHz in [-1, 1].
struct Utterance
{
    std::string text;
    std::vector<float> samples;
};

/// `count` utterances of the stream `name`: sentence, voice, speed, pitch and noise all drawn from
/// the seed. espeak-ng speaks, sox resamples; the clean recordings stay in `folder` (FLAC) and are
/// not made again. Throws BadInput, naming the program, where one of the two is not installed.
std::vector<Utterance> synthesise(const std::filesystem::path &folder, const std::string &name,
                                  std::size_t count, std::uint64_t seed);

/// Utterances of noise-like signals for tests, without any program: tones that differ by word.
std::vector<Utterance> toneUtterances(std::size_t count, std::uint64_t seed);

/// Writes 16-bit mono FLAC at 16 kHz.
void writeFlac(const std::filesystem::path &file, const std::vector<float> &samples);

} // namespace bitprism::train
