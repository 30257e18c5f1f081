// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_atlas_file.h"
#include "tests/analysis/toy_input.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <filesystem>
#include <fstream>

using namespace bitprism;
using test::allRows;
using test::complaintOf;
using test::sketchOf;
using test::toyInput;
using test::toyWeight;

namespace fs = std::filesystem;

class TstOutlierAtlasFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void mapsComeBackAsTheyWere();
    void samplesComeBackAsTheyWere();
    void aCutReadsTheFirstOfThem();
    void tokensComeBackWithTheirTexts();
    void aStackOfFeaturesHasNoTexts();
    void textsStopAtTheSample();
    void anInputThatNothingEnteredIsKept();
    void refusesWhatIsNoAtlas_data();
    void refusesWhatIsNoAtlas();
    void refusesCountsThatDoNotFit();
    void refusesATruncatedFile();
    void staysInItsFolder();

private:
    fs::path folder() const { return m_folder->path().toStdString(); }
    fs::path file() const { return folder() / name; }

    static constexpr const char *name = "atlas-0003-1.safetensors";
    std::unique_ptr<QTemporaryDir> m_folder;
    OutlierMap m_map;
    InputSamples m_samples;
};

void TstOutlierAtlasFile::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    const OutlierSketch sketch = sketchOf(toyInput(900, 20, 1), {16, 64, 1 << 20});
    m_map = sketch.map();
    m_samples = sketch.samples();
    m_samples.norm = "model.layers.3.norm.weight";
    m_samples.canMoveNorm = true;
    m_samples.gain.assign(20, 1.5F);
    m_samples.bias.assign(20, -0.25F);
    m_samples.layers
        = {allRows("q", toyWeight(12, 20, 2), 20), allRows("k", toyWeight(9, 20, 3), 20)};
    QCOMPARE(atlasFileName(3, 1), std::string(name));
    writeInputAtlas(file(), m_map, m_samples);
}

void TstOutlierAtlasFile::mapsComeBackAsTheyWere()
{
    const OutlierMap found = readOutlierMap(folder(), name);
    QCOMPARE(found.channels, m_map.channels);
    QCOMPARE(found.tokens, m_map.tokens);
    QCOMPARE(found.channelPool, m_map.channelPool);
    QCOMPARE(found.tokenPool, m_map.tokenPool);
    QCOMPARE(found.scale.topBin, m_map.scale.topBin);
    QVERIFY(found.codes == m_map.codes);
    QVERIFY(found.channelMaxAbs == m_map.channelMaxAbs);
    QVERIFY(found.channelMedian == m_map.channelMedian && found.channel99 == m_map.channel99);
    QVERIFY(found.tokenLow == m_map.tokenLow && found.tokenHigh == m_map.tokenHigh);
    QVERIFY(found.gain == m_samples.gain);
    QCOMPARE(found.rows.size(), m_map.rows.size());
    for (std::size_t i = 0; i < found.rows.size(); ++i) {
        QCOMPARE(found.rows[i].channel, m_map.rows[i].channel);
        QCOMPARE(found.rows[i].firstToken, m_map.rows[i].firstToken);
        QVERIFY(found.rows[i].codes == m_map.rows[i].codes);
    }
}

void TstOutlierAtlasFile::samplesComeBackAsTheyWere()
{
    const InputSamples found = readInputSamples(folder(), name);
    QCOMPARE(found.channels, m_samples.channels);
    QCOMPARE(found.tokens, m_samples.tokens);
    QCOMPARE(found.extremes, m_samples.extremes);
    QVERIFY(found.low == m_samples.low && found.high == m_samples.high);
    QVERIFY(found.powerSums == m_samples.powerSums);
    QVERIFY(found.gain == m_samples.gain && found.bias == m_samples.bias);
    QVERIFY(found.sampleTokens == m_samples.sampleTokens && found.sample == m_samples.sample);
    QCOMPARE(found.norm, m_samples.norm);
    QVERIFY(found.canMoveNorm && !found.foldsGain);
    QCOMPARE(found.layers.size(), std::size_t(2));
    QCOMPARE(found.find("k")->rows, std::int64_t(9));
    QVERIFY(found.find("k")->values == m_samples.find("k")->values);
    QVERIFY(found.find("k")->columnMaxAbs == m_samples.find("k")->columnMaxAbs);
    QVERIFY(found.find("v") == nullptr);
}

void TstOutlierAtlasFile::aCutReadsTheFirstOfThem()
{
    const InputSamples found = readInputSamples(folder(), name, {10, 4});
    QCOMPARE(found.sampled(), m_samples.extremes + 10);
    QCOMPARE(found.find("q")->sampled(), std::int64_t(4));
    QCOMPARE(found.find("q")->rows, std::int64_t(12));
    QVERIFY(std::equal(found.sample.begin(), found.sample.end(), m_samples.sample.begin()));
}

void TstOutlierAtlasFile::tokensComeBackWithTheirTexts()
{
    AtlasTokens tokens;
    tokens.samples = {0, 0, 1};
    tokens.positions = {0, 1, 0};
    tokens.ids = {17, 5, 17};
    tokens.vocabulary = {5, 17};
    tokens.pieces = {" was", "\xE6\x98"}; // half a character
    writeAtlasTokens(folder(), 2, tokens);
    const AtlasTokens found = readAtlasTokens(folder(), 2);
    QVERIFY(found.samples == tokens.samples && found.positions == tokens.positions);
    QVERIFY(found.ids == tokens.ids && found.vocabulary == tokens.vocabulary);
    QVERIFY(found.pieces == tokens.pieces);
    QCOMPARE(found.text(1), std::string(" was"));
    QVERIFY(complaintOf([&] { readAtlasTokens(folder(), 0); }).isBadInputNaming("atlas-tokens-0"));
}

void TstOutlierAtlasFile::aStackOfFeaturesHasNoTexts()
{
    AtlasTokens frames;
    frames.samples = {0, 0};
    frames.positions = {0, 1};
    writeAtlasTokens(folder(), 0, frames);
    const AtlasTokens found = readAtlasTokens(folder(), 0);
    QCOMPARE(found.count(), std::int64_t(2));
    QVERIFY(found.ids.empty());
    QVERIFY(found.text(1).empty() && found.textAround(1, 0, 2).empty());
}

void TstOutlierAtlasFile::textsStopAtTheSample()
{
    AtlasTokens tokens;
    tokens.samples = {0, 0, 1, 1, 1};
    tokens.positions = {0, 1, 0, 1, 2};
    tokens.ids = {1, 2, 3, 1, 2};
    tokens.vocabulary = {1, 2, 3};
    tokens.pieces = {"a", "b", "c"};
    QCOMPARE(tokens.textAround(2, -5, 2), std::string());
    QCOMPARE(tokens.textAround(2, 3, 9), std::string("ab"));
    QCOMPARE(tokens.textAround(1, -5, 9), std::string("ab"));
    QCOMPARE(tokens.text(9), std::string());
}

void TstOutlierAtlasFile::anInputThatNothingEnteredIsKept()
{
    const OutlierSketch empty(20, {});
    writeInputAtlas(file(), empty.map(), empty.samples());
    QCOMPARE(readOutlierMap(folder(), name).tokens, std::int64_t(0));
    QCOMPARE(readInputSamples(folder(), name).sampled(), std::int64_t(0));
}

void TstOutlierAtlasFile::refusesWhatIsNoAtlas_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("no atlas") << QByteArray("outlier_atlas") << QByteArray("outlier_maps_");
    QTest::newRow("another version")
        << QByteArray("\\\"version\\\":\\\"1\\\"") << QByteArray("\\\"version\\\":\\\"2\\\"");
    QTest::newRow("other channels")
        << QByteArray("\\\"channels\\\":20") << QByteArray("\\\"channels\\\":21");
    QTest::newRow("no channels") << QByteArray("\\\"channels\\\":20")
                                 << QByteArray("\\\"channels\\\":-2");
    QTest::newRow("endless tokens")
        << QByteArray("\\\"tokens\\\":900") << QByteArray("\\\"tokens\\\":9e9");
    QTest::newRow("no pool") << QByteArray("\\\"token_pool\\\":16")
                             << QByteArray("\\\"token_pool\\\":00");
    QTest::newRow("no such rows") << QByteArray("\\\"name\\\":\\\"k\\\"")
                                  << QByteArray("\\\"name\\\":\\\"z\\\"");
}

void TstOutlierAtlasFile::refusesWhatIsNoAtlas()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFile stored(QString::fromStdString(file().string()));
    QVERIFY(stored.open(QIODevice::ReadOnly));
    QByteArray bytes = stored.readAll();
    stored.close();
    QVERIFY(bytes.contains(from));
    const qsizetype at = bytes.indexOf(from);
    bytes.replace(at, from.size(), to);
    if (to.size() > from.size()) { // the header keeps its length: a space of the padding goes
        const qsizetype space = bytes.indexOf(' ', at);
        QVERIFY(space > 0);
        bytes.remove(space, to.size() - from.size());
    }
    QVERIFY(stored.open(QIODevice::WriteOnly));
    stored.write(bytes);
    stored.close();
    const auto complaint = complaintOf([&] {
        readOutlierMap(folder(), name);
        readInputSamples(folder(), name);
    });
    QVERIFY2(complaint.isBadInputNaming(name), complaint.text.c_str());
    QVERIFY(complaint.text.find('\n') == std::string::npos);
}

void TstOutlierAtlasFile::refusesCountsThatDoNotFit()
{
    InputSamples samples = m_samples;
    samples.extremes = samples.sampled() + 1;
    writeInputAtlas(file(), m_map, samples);
    QVERIFY(complaintOf([&] { readInputSamples(folder(), name); }).isBadInputNaming("damaged"));
    samples = m_samples;
    samples.layers.front().rows = 3; // fewer than lie there
    writeInputAtlas(file(), m_map, samples);
    QVERIFY(complaintOf([&] { readInputSamples(folder(), name); }).isBadInputNaming("damaged"));
    OutlierMap map = m_map;
    map.rows.front().channel = 20;
    writeInputAtlas(file(), map, m_samples);
    QVERIFY(complaintOf([&] { readOutlierMap(folder(), name); }).isBadInputNaming("damaged"));
}

void TstOutlierAtlasFile::refusesATruncatedFile()
{
    const auto bytes = fs::file_size(file());
    for (const double share : {0.0, 0.01, 0.5, 0.99}) {
        fs::resize_file(file(), static_cast<std::uintmax_t>(share * static_cast<double>(bytes)));
        const auto complaint = complaintOf([&] { readOutlierMap(folder(), name); });
        QVERIFY2(complaint.isBadInputNaming(name), complaint.text.c_str());
        writeInputAtlas(file(), m_map, m_samples);
    }
    fs::remove(file());
    QVERIFY(complaintOf([&] { readInputSamples(folder(), name); }).isBadInputNaming("missing"));
}

void TstOutlierAtlasFile::staysInItsFolder()
{
    for (const char *other : {"", "../atlas-0000-0.safetensors", "/etc/passwd", ".."}) {
        QVERIFY(complaintOf([&] { readOutlierMap(folder(), other); }).code == ErrorCode::BadInput);
    }
}

BITPRISM_TEST(TstOutlierAtlasFile);
#include "tst_outlier_atlas_file.moc"
