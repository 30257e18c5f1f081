// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/media/audio.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <cmath>
#include <fstream>
#include <limits>
#include <numbers>
#include <sndfile.h>

using namespace bitprism;
using namespace bitprism::test;

namespace {

constexpr double sixteenBits = 1.0 / 32768;

std::vector<float> sine(double hertz, int rate, std::size_t samples)
{
    std::vector<float> wave(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        wave[i] = static_cast<float>(
            0.5 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate));
    }
    return wave;
}

void write(const std::string &path, int format, int channels, int rate,
           const std::vector<float> &interleaved)
{
    SF_INFO info = {};
    info.samplerate = rate;
    info.channels = channels;
    info.format = format;
    SNDFILE *file = sf_open(path.c_str(), SFM_WRITE, &info);
    sf_writef_float(file, interleaved.data(),
                    static_cast<sf_count_t>(interleaved.size()) / channels);
    sf_close(file);
}

std::string bytesOf(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void writeBytes(const std::string &path, const std::string &bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

/// Root of the mean square over the middle half: the ends ring.
double level(const std::vector<float> &samples)
{
    double sum = 0;
    const std::size_t quarter = samples.size() / 4;
    for (std::size_t i = quarter; i < 3 * quarter; ++i) {
        sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
    }
    return std::sqrt(sum / static_cast<double>(2 * quarter));
}

} // namespace

class TstAudio : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string at(const char *name) const { return m_folder.filePath(name).toStdString(); }

private Q_SLOTS:
    void readsWhatWasWritten_data()
    {
        QTest::addColumn<int>("format");
        QTest::newRow("16-bit WAV") << (SF_FORMAT_WAV | SF_FORMAT_PCM_16);
        QTest::newRow("24-bit WAV") << (SF_FORMAT_WAV | SF_FORMAT_PCM_24);
        QTest::newRow("float WAV") << (SF_FORMAT_WAV | SF_FORMAT_FLOAT);
        QTest::newRow("RF64") << (SF_FORMAT_RF64 | SF_FORMAT_PCM_16);
        QTest::newRow("FLAC") << (SF_FORMAT_FLAC | SF_FORMAT_PCM_16);
    }

    void readsWhatWasWritten()
    {
        QFETCH(int, format);
        const std::vector<float> wave = sine(440, 16000, 5000);
        write(at("tone"), format, 1, 16000, wave);
        const media::Audio audio = media::readAudio(at("tone"));
        QCOMPARE(audio.rate, 16000);
        QCOMPARE(audio.samples.size(), wave.size());
        for (std::size_t i = 0; i < wave.size(); ++i) {
            QVERIFY(std::abs(audio.samples[i] - wave[i]) <= sixteenBits);
        }
    }

    void channelsAreAveraged()
    {
        write(at("stereo"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 2, 16000, {0.5F, 0.25F, -1, 0});
        QCOMPARE(media::readAudio(at("stereo")).samples, (std::vector<float>{0.375F, -0.5F}));
    }

    void resamplingKeepsTheBandAndRemovesTheRest_data()
    {
        QTest::addColumn<double>("hertz");
        QTest::addColumn<double>("gain");
        QTest::newRow("1 kHz stays") << 1000.0 << 1.0;
        QTest::newRow("7 kHz stays") << 7000.0 << 1.0;
        QTest::newRow("9 kHz goes") << 9000.0 << 0.0;
        QTest::newRow("15 kHz goes") << 15000.0 << 0.0;
    }

    void resamplingKeepsTheBandAndRemovesTheRest()
    {
        QFETCH(double, hertz);
        QFETCH(double, gain);
        const std::vector<float> wave = sine(hertz, 44100, 44100);
        const std::vector<float> down = media::resample(wave, 44100, 16000);
        QCOMPARE(down.size(), std::size_t(16000));
        QVERIFY(std::abs(level(down) / level(wave) - gain) < 1e-3);
    }

    void resamplingDelaysNothing()
    {
        const std::vector<float> down = media::resample(sine(500, 48000, 48000), 48000, 16000);
        const std::vector<float> expected = sine(500, 16000, 16000);
        for (std::size_t i = 4000; i < 12000; ++i) {
            QVERIFY(std::abs(down[i] - expected[i]) < 1e-3F);
        }
    }

    void realFlacEqualsItsWav()
    {
        const std::string flac = sharedData("asr-audio/jfk.flac");
        const std::string wav = sharedData("asr-audio/jfk.wav");
        if (flac.empty() || wav.empty()) {
            QSKIP("the shared data are absent");
        }
        const std::vector<float> a = media::readSpeech(flac).samples;
        const std::vector<float> b = media::readSpeech(wav).samples;
        QCOMPARE(a.size(), b.size());
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            ab += static_cast<double>(a[i]) * static_cast<double>(b[i]);
            aa += static_cast<double>(a[i]) * static_cast<double>(a[i]);
            bb += static_cast<double>(b[i]) * static_cast<double>(b[i]);
        }
        // The WAV was resampled by another program with other filters.
        QVERIFY2(ab / std::sqrt(aa * bb) > 0.999,
                 qPrintable(QString::number(ab / std::sqrt(aa * bb))));
    }

    void refusesWhatIsDamaged()
    {
        write(at("a.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 16000, sine(440, 16000, 5000));
        write(at("a.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1, 16000, sine(440, 16000, 5000));
        const std::string wav = bytesOf(at("a.wav"));
        const std::string flac = bytesOf(at("a.flac"));
        std::string zeroed = flac;
        std::fill(zeroed.begin() + static_cast<std::ptrdiff_t>(zeroed.size() / 2), zeroed.end(),
                  '\0');
        const std::map<std::string, std::string> files{
            {"empty", ""},
            {"text", "not audio at all, but long enough for a header of any kind"},
            {"half.wav", wav.substr(0, wav.size() / 2)},
            {"header.wav", wav.substr(0, 30)},
            {"nothing.wav", wav.substr(0, 44)},
            {"half.flac", flac.substr(0, flac.size() / 2)},
            {"zeroed.flac", zeroed},
            {"header.flac", flac.substr(0, 20)},
        };
        for (const auto &[name, bytes] : files) {
            writeBytes(at(name.c_str()), bytes);
            const Complaint complaint = complaintOf([&] { media::readAudio(at(name.c_str())); });
            QVERIFY2(complaint.isBadInputNaming(name), (name + ": " + complaint.text).c_str());
        }
        QVERIFY(complaintOf([&] {
                    media::readAudio(at("absent.wav"));
                }).isBadInputNaming("absent.wav"));
    }

    void everyByteOfAHeaderMayBeWrong()
    {
        write(at("a.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 1, 16000, sine(440, 16000, 300));
        const std::string wav = bytesOf(at("a.wav"));
        for (std::size_t place = 0; place < 44; ++place) {
            for (const char value : {'\0', '\x7f', '\xff'}) {
                std::string bytes = wav;
                bytes[place] = value;
                writeBytes(at("b.wav"), bytes);
                const Complaint complaint = complaintOf([&] { media::readAudio(at("b.wav")); });
                QVERIFY(!complaint.code || complaint.code == ErrorCode::BadInput);
            }
        }
    }

    void refusesValuesThatAreNotFinite()
    {
        write(at("nan.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 1, 16000,
              {0.1F, std::numeric_limits<float>::quiet_NaN()});
        QVERIFY(complaintOf([&] { media::readAudio(at("nan.wav")); }).isBadInputNaming("finite"));
    }
};

BITPRISM_TEST(TstAudio);
#include "tst_audio.moc"
