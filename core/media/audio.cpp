// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/audio.h"

#include "core/base/error.h"
#include "core/io/file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <samplerate.h>
#include <sndfile.h>

namespace bitprism::media {

namespace {

constexpr int lowestRate = 1000;
constexpr int highestRate = 768000;
constexpr int mostChannels = 16;
constexpr sf_count_t framesAtOnce = 65536;

struct Closer
{
    void operator()(SNDFILE *file) const { sf_close(file); }
};
using SoundFile = std::unique_ptr<SNDFILE, Closer>;

[[noreturn]] void throwUndecodable(const std::filesystem::path &path, std::string_view why)
{
    throw Error(
        ErrorCode::BadInput,
        BITPRISM_TR("Error", "%1: the audio cannot be decoded (%2); give a WAV or FLAC file."),
        path, why);
}

std::uint32_t littleEndian(const std::array<std::byte, 8> &bytes)
{
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        value |= std::to_integer<std::uint32_t>(bytes[4 + i]) << (8 * i);
    }
    return value;
}

/// libsndfile shortens a WAV whose data end early without a word; a transcript would then be
/// scored against half of its speech.
void refuseTruncatedWav(const io::File &file)
{
    constexpr std::uint64_t riffHeader = 12;
    constexpr std::uint32_t unknownLength = 0xffffffffU; // written by programs that stream
    std::array<std::byte, 8> chunk;
    for (std::uint64_t at = riffHeader; at + chunk.size() <= file.size();) {
        file.readAt(at, chunk);
        const std::uint32_t bytes = littleEndian(chunk);
        const std::uint64_t left = file.size() - at - chunk.size();
        if (std::memcmp(chunk.data(), "data", 4) == 0) {
            if (bytes > left && bytes != unknownLength) {
                throwUndecodable(file.path(), "it ends early");
            }
            return;
        }
        at += chunk.size() + bytes + bytes % 2;
    }
}

void checkFormat(const std::filesystem::path &path, const SF_INFO &info)
{
    const int format = info.format & SF_FORMAT_TYPEMASK;
    const bool isKnown = format == SF_FORMAT_WAV || format == SF_FORMAT_WAVEX
        || format == SF_FORMAT_RF64 || format == SF_FORMAT_FLAC;
    if (!isKnown) {
        throwUndecodable(path, "neither WAV nor FLAC");
    }
    if (info.channels < 1 || info.channels > mostChannels) {
        throwUndecodable(path, std::to_string(info.channels) + " channels");
    }
    if (info.samplerate < lowestRate || info.samplerate > highestRate) {
        throwUndecodable(path, std::to_string(info.samplerate) + " samples a second");
    }
    if (info.frames > maxAudioSeconds * info.samplerate) {
        throwUndecodable(path, "longer than an hour");
    }
}

/// Appends the mean over channels of `frames` frames.
void addMono(std::vector<float> &mono, const std::vector<float> &interleaved, sf_count_t frames,
             int channels)
{
    for (sf_count_t frame = 0; frame < frames; ++frame) {
        double sum = 0;
        for (int channel = 0; channel < channels; ++channel) {
            sum += interleaved[static_cast<std::size_t>(frame * channels + channel)];
        }
        mono.push_back(static_cast<float>(sum / channels));
    }
}

} // namespace

Audio readAudio(const std::filesystem::path &path)
{
    const io::File checked(path); // says what is missing or no plain file in our words
    SF_INFO info = {};
    const SoundFile file(sf_open(path.c_str(), SFM_READ, &info));
    if (file == nullptr) {
        throwUndecodable(path, "neither WAV nor FLAC, or its header is damaged");
    }
    checkFormat(path, info);
    if ((info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_FLAC) {
        refuseTruncatedWav(checked);
    }
    Audio audio;
    audio.rate = info.samplerate;
    std::vector<float> buffer(static_cast<std::size_t>(framesAtOnce * info.channels));
    sf_count_t total = 0;
    while (const sf_count_t got = sf_readf_float(file.get(), buffer.data(), framesAtOnce)) {
        total += got;
        if (total > maxAudioSeconds * info.samplerate) {
            throwUndecodable(path, "longer than an hour");
        }
        addMono(audio.samples, buffer, got, info.channels);
    }
    if (sf_error(file.get()) != SF_ERR_NO_ERROR || total < info.frames) {
        throwUndecodable(path, "it is damaged or ends early");
    }
    if (audio.samples.empty()) {
        throwUndecodable(path, "it holds no samples");
    }
    if (!std::all_of(audio.samples.begin(), audio.samples.end(),
                     [](float sample) { return std::isfinite(sample); })) {
        throwUndecodable(path, "it holds values that are not finite");
    }
    return audio;
}

Audio readSpeech(const std::filesystem::path &path)
{
    Audio audio = readAudio(path);
    if (audio.rate != speechRate) {
        audio.samples = resample(audio.samples, audio.rate, speechRate);
        audio.rate = speechRate;
    }
    return audio;
}

std::vector<float> resample(std::span<const float> samples, int rate, int newRate)
{
    BITPRISM_ASSERT(std::min(rate, newRate) >= lowestRate && std::max(rate, newRate) <= highestRate,
                    "rates were checked when the file was read");
    const double ratio = static_cast<double>(newRate) / rate;
    const std::size_t wanted
        = static_cast<std::size_t>(std::llround(static_cast<double>(samples.size()) * ratio));
    std::vector<float> result(wanted + 1);
    SRC_DATA data = {};
    data.data_in = samples.data();
    data.input_frames = static_cast<long>(samples.size());
    data.data_out = result.data();
    data.output_frames = static_cast<long>(result.size());
    data.src_ratio = ratio;
    const int problem = src_simple(&data, SRC_SINC_BEST_QUALITY, 1);
    BITPRISM_ASSERT(problem == 0, "libsamplerate converts between rates at most 256 times apart");
    result.resize(wanted);
    return result;
}

} // namespace bitprism::media
