// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/audio.h"
#include "core/media/log_mel.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <fstream>
#include <numbers>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double publishedDigits = 1e-7; // edge-asr.md prints seven decimals
constexpr double featureDigits = 1e-5;
/// The reference was computed in double precision and stored as float32.
constexpr double referenceTolerance = 2e-6;
/// What the test of the published figures itself allows.
constexpr double publishedAbsolute = 0.01;
constexpr double publishedRelative = 1e-3;
constexpr int bins = 80;

double filterAt(const std::vector<double> &filters, int row, int bin)
{
    return filters[static_cast<std::size_t>(row * media::spectrumBins + bin)];
}

float featureAt(const std::vector<float> &features, int row, std::int64_t frame)
{
    return features[static_cast<std::size_t>(row * media::whisperFrames + frame)];
}

std::vector<float> melSine(double hertz, double amplitude, std::size_t samples)
{
    std::vector<float> wave(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        wave[i] = static_cast<float>(
            amplitude
            * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / media::speechRate));
    }
    return wave;
}

} // namespace

class TstLogMel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filtersHaveThePublishedValues()
    {
        const std::vector<double> filters = media::melFilters(bins);
        const auto is = [&](int row, int bin, double value) {
            return std::abs(filterAt(filters, row, bin) - value) < publishedDigits;
        };
        QVERIFY(is(0, 1, 0.0248626));
        QVERIFY(is(1, 1, 0.0019908));
        QVERIFY(is(1, 2, 0.0228718));
        QVERIFY(is(40, 42, 0.0054111));
        QVERIFY(is(40, 43, 0.0147356));
        QVERIFY(is(40, 44, 0.0065182));
        for (int bin = 0; bin < media::spectrumBins; ++bin) {
            QCOMPARE(filterAt(filters, 0, bin) > 0, bin == 1);
            QCOMPARE(filterAt(filters, 79, bin) > 0, bin >= 186 && bin <= 199);
        }
    }

    void silenceIsTheFloor()
    {
        const std::vector<float> features = media::whisperLogMel(std::vector<float>(1000), bins);
        QCOMPARE(features.size(), std::size_t(bins * media::whisperFrames));
        QVERIFY(std::all_of(features.begin(), features.end(), [](float v) { return v == -1.5F; }));
    }

    void aSineGivesThePublishedPeaks()
    {
        const std::vector<float> features
            = media::whisperLogMel(melSine(1000, 0.5, media::whisperSamples), bins);
        const double expected[] = {0.56872, 1.36450, 1.75861, 1.13307};
        for (int row = 24; row <= 27; ++row) {
            QVERIFY(std::abs(featureAt(features, row, 1500) * 4 - 4 - expected[row - 24])
                    < 4 * featureDigits);
        }
        QVERIFY(std::abs(featureAt(features, 26, 1500) - 1.43965) < featureDigits);
        QVERIFY(std::abs(featureAt(features, 70, 1500) + 0.56035) < featureDigits);
    }

    void longAudioIsCut()
    {
        std::vector<float> wave = melSine(440, 0.3, media::whisperSamples);
        const std::vector<float> features = media::whisperLogMel(wave, 8);
        wave.resize(wave.size() + 5000, 0.9F);
        QCOMPARE(media::whisperLogMel(wave, 8), features);
    }

    void shortWindowsHoldTheSameFrames() // but the last, which the mirror at the end reaches
    {
        constexpr std::int64_t frames = 330; // no multiple of the frames that are made at once
        const std::vector<float> wave = melSine(440, 0.3, media::samplesPerFrame * frames / 2);
        const std::vector<float> whole = media::whisperLogMel(wave, 8);
        const std::vector<float> part = media::whisperLogMel(wave, 8, frames);
        QCOMPARE(part.size(), std::size_t(8 * frames));
        for (std::size_t row = 0; row < 8; ++row) {
            QVERIFY(std::equal(part.begin() + std::ptrdiff_t(row) * frames,
                               part.begin() + std::ptrdiff_t(row + 1) * frames - 1,
                               whole.begin() + std::ptrdiff_t(row) * media::whisperFrames));
        }
    }

    void equalsTheReferenceOfRealSpeech()
    {
        const std::string file
            = sharedData("whisper-tiny-en-no-token-embedding/reference_jfk_logmel_f32.npy");
        const std::string wav = sharedData("asr-audio/jfk.wav");
        if (file.empty() || wav.empty()) {
            QSKIP("the shared data are absent");
        }
        std::ifstream stream(file, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
        const std::vector<float> features
            = media::whisperLogMel(media::readSpeech(wav).samples, bins);
        const std::size_t header = bytes.size() - features.size() * sizeof(float);
        QVERIFY(header < 256);
        double largest = 0;
        for (std::size_t i = 0; i < features.size(); ++i) {
            float expected = 0;
            std::memcpy(&expected, bytes.data() + header + i * sizeof(float), sizeof(float));
            largest = std::max(largest, std::abs(static_cast<double>(features[i] - expected)));
        }
        QVERIFY2(largest < referenceTolerance, qPrintable(QString::number(largest)));
    }

    void equalsPublishedFrames()
    {
        const std::string file = sharedData("whisper-tiny-en-no-token-embedding/"
                                            "published_logmel_1272-141231-0002_first10frames.csv");
        const std::string wav = sharedData("asr-audio/1272-141231-0002.wav");
        if (file.empty() || wav.empty()) {
            QSKIP("the shared data are absent");
        }
        const std::vector<float> features
            = media::whisperLogMel(media::readSpeech(wav).samples, bins);
        std::ifstream stream(file);
        std::string cell;
        for (int row = 0; row < bins; ++row) {
            for (int frame = 0; frame < 10; ++frame) {
                std::getline(stream, cell, frame == 9 ? '\n' : ',');
                const double expected = std::stod(cell);
                const double off = std::abs(featureAt(features, row, frame) - expected);
                QVERIFY(off <= publishedAbsolute || off <= publishedRelative * std::abs(expected));
            }
        }
    }
};

BITPRISM_TEST(TstLogMel);
#include "tst_log_mel.moc"
