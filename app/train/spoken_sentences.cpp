// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/spoken_sentences.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/media/audio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <sndfile.h>
#include <unistd.h>

namespace bitprism::train {

namespace {

using Words = std::vector<const char *>;

const Words rooms{"kitchen", "bedroom", "garden", "hall", "office", "bathroom", "garage"};
const Words spokenColours{"red", "green", "blue", "white", "yellow", "small", "large"};
const Words devices{"lamp", "fan", "heater", "radio", "screen", "door", "window"};
const Words names{"anna", "peter", "maria", "thomas", "julia", "martin", "sophie", "daniel"};
const Words music{"jazz", "rock", "classical music", "the news", "quiet music", "old songs"};
const Words ones{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};
const Words tens{"twenty", "thirty", "forty", "fifty", "sixty"};
const Words days{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
const Words units{"seconds", "minutes", "hours"};

std::string pick(const Words &words, Random &random) { return words[random.below(words.size())]; }

std::string number(Random &random)
{
    const std::string one = pick(ones, random);
    return random.below(2) == 0 || one == "ten" ? one : pick(tens, random) + " " + one;
}

std::string deviceIn(Random &random)
{
    return "the " + pick(spokenColours, random) + " " + pick(devices, random) + " in the "
        + pick(rooms, random);
}

/// What is varied between utterances besides the words.
struct Manner
{
    std::string voice;
    int speed = 160; ///< words per minute
    int pitch = 50;
};

Manner drawManner(Random &random)
{
    static constexpr std::array<const char *, 5> accents{"en-us", "en-gb", "en-gb-x-rp",
                                                         "en-gb-scotland", "en-029"};
    static constexpr std::array<const char *, 9> variants{"",    "+m1", "+m2", "+m3", "+m4",
                                                          "+m7", "+f1", "+f2", "+f4"};
    Manner manner;
    manner.voice = std::string(accents[random.below(accents.size())])
        + variants[random.below(variants.size())];
    manner.speed = 150 + int(random.below(65));
    manner.pitch = 30 + int(random.below(45));
    return manner;
}

void requireProgram(const char *program)
{
    const std::string command = std::string("command -v ") + program + " >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is not installed; speech is synthesised with it."),
                    program);
    }
}

/// One word for the shell.
std::string quoted(const std::string &text)
{
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + "'";
}

void speak(const std::string &text, const Manner &manner, const std::filesystem::path &file)
{
    // Two trainers may fill one folder at a time.
    const std::string part = file.string() + "." + std::to_string(getpid()) + ".part.flac";
    const std::string command = "espeak-ng -v " + manner.voice + " -s "
        + std::to_string(manner.speed) + " -p " + std::to_string(manner.pitch) + " --stdout "
        + quoted(text) + " | sox -q -t wav - -r 16000 -c 1 -b 16 " + quoted(part) + " gain -n -4";
    if (std::system(command.c_str()) != 0) {
        throw Error(ErrorCode::Io, BITPRISM_TR("Error", "%1: espeak-ng and sox could not make it."),
                    file);
    }
    std::filesystem::rename(part, file);
}

/// White noise at 12 to 40 dB below the speech, and a little silence around it, in 13 bits: the
/// steps are below the noise, and FLAC files take two thirds of those with 16.
void addNoise(std::vector<float> &samples, Random &random)
{
    constexpr double levels = 4096;
    double energy = 0;
    for (const float sample : samples) {
        energy += double(sample) * sample;
    }
    const double level = std::sqrt(energy / double(std::max<std::size_t>(1, samples.size())))
        * std::pow(10.0, -(12.0 + 28.0 * random.uniform()) / 20.0);
    const double gain = 0.4 + 0.6 * random.uniform();
    std::vector<float> padded(samples.size() + 800 + random.below(3200), 0.0f);
    std::copy(samples.begin(), samples.end(), padded.begin() + 400);
    for (float &sample : padded) {
        const double noisy = std::clamp(gain * (sample + level * random.normal()), -1.0, 1.0);
        sample = float(std::nearbyint(noisy * levels) / levels);
    }
    samples = std::move(padded);
}

} // namespace

std::string drawSentence(Random &random)
{
    const std::string state = random.below(2) == 0 ? "on" : "off";
    switch (random.below(8)) {
    case 0:
        return "turn " + deviceIn(random) + " " + state;
    case 1:
        return "please turn " + state + " " + deviceIn(random);
    case 2:
        return "set a timer for " + number(random) + " " + pick(units, random);
    case 3:
        return "call " + pick(names, random) + " at " + number(random);
    case 4:
        return "play " + pick(music, random) + " in the " + pick(rooms, random);
    case 5:
        return "remind " + pick(names, random) + " and " + pick(names, random) + " on "
            + pick(days, random);
    case 6:
        return "is " + deviceIn(random) + " " + state;
    default:
        return "wake me up on " + pick(days, random) + " at " + number(random);
    }
}

std::vector<Utterance> synthesise(const std::filesystem::path &folder, const std::string &name,
                                  std::size_t count, std::uint64_t seed)
{
    requireProgram("espeak-ng");
    requireProgram("sox");
    std::filesystem::create_directories(folder);
    std::vector<Utterance> utterances(count);
    parallelFor(count, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            Random random(seed, name + " " + std::to_string(i));
            utterances[i].text = drawSentence(random);
            const Manner manner = drawManner(random);
            const std::filesystem::path file = folder / (name + "-" + std::to_string(i) + ".flac");
            if (!std::filesystem::exists(file)) {
                speak(utterances[i].text, manner, file);
            }
            utterances[i].samples = media::readSpeech(file).samples;
            addNoise(utterances[i].samples, random);
        }
    });
    return utterances;
}

std::vector<Utterance> toneUtterances(std::size_t count, std::uint64_t seed)
{
    constexpr int wordSamples = 4000;
    std::vector<Utterance> utterances(count);
    for (std::size_t i = 0; i < count; ++i) {
        Random random(seed, "tones " + std::to_string(i));
        for (int word = 0; word < 3; ++word) {
            const std::size_t tone = random.below(ones.size());
            utterances[i].text += (word == 0 ? "" : " ") + std::string(ones[tone]);
            const double step = 2 * std::numbers::pi * (200.0 + 150.0 * double(tone)) / 16000.0;
            for (int s = 0; s < wordSamples; ++s) {
                utterances[i].samples.push_back(
                    float(0.4 * std::sin(step * s) + 0.01 * random.normal()));
            }
        }
    }
    return utterances;
}

void writeFlac(const std::filesystem::path &file, const std::vector<float> &samples)
{
    SF_INFO info{};
    info.samplerate = media::speechRate;
    info.channels = 1;
    info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    const std::unique_ptr<SNDFILE, decltype(&sf_close)> out(sf_open(file.c_str(), SFM_WRITE, &info),
                                                            sf_close);
    const auto frames = sf_count_t(samples.size());
    if (!out || sf_writef_float(out.get(), samples.data(), frames) != frames) {
        throw Error(ErrorCode::Io, BITPRISM_TR("Error", "%1: cannot be written."), file);
    }
}

} // namespace bitprism::train
