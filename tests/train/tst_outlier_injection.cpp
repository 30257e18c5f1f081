// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_export.h"
#include "app/train/outlier_injection.h"
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>

using namespace bitprism;
using namespace bitprism::train;

namespace {

const LlamaConfig toy{32, 2, 4, 2, 48, 40, 16};

std::vector<std::byte> bytesIn(const std::filesystem::path &path, const std::string &name)
{
    const io::SafetensorsFile file(path);
    std::vector<std::byte> bytes(file.find(name)->bytes);
    file.read(*file.find(name), bytes);
    return bytes;
}

std::vector<float> valuesIn(const std::filesystem::path &path, const std::string &name)
{
    const std::vector<std::byte> bytes = bytesIn(path, name);
    std::vector<float> values(bytes.size() / io::dtypeBytes(io::Dtype::BF16));
    io::widen(io::Dtype::BF16, bytes, values);
    return values;
}

std::set<int> changedChannels(const std::vector<float> &before, const std::vector<float> &after,
                              std::size_t cols)
{
    std::set<int> channels;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] != after[i]) {
            channels.insert(int(i % cols));
        }
    }
    return channels;
}

} // namespace

class TstOutlierInjection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void gainTimesColumnStaysExactly();
    void onlyNormsAndTheirReadersChange();
    void picksTheLeastImportantChannels();
    void scalesAsManyChannelsAsAsked_data();
    void scalesAsManyChannelsAsAsked();
    void sampleFolderIsComplete();
    void refusesDamagedFiles_data();
    void refusesDamagedFiles();
    void namesTheMissingTensor();

private:
    std::filesystem::path pathOf(const char *name) const
    {
        return m_folder->filePath(name).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TstOutlierInjection::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    writeWeights(pathOf("plain"), toy, initialParameters(toy, 3));
}

void TstOutlierInjection::gainTimesColumnStaysExactly()
{
    injectOutliers(pathOf("plain/model.safetensors"), pathOf("outliers"), {2, 64});
    for (const NormReaders &norm : normsOfLlama(toy.blockCount)) {
        const auto gain = valuesIn(pathOf("plain/model.safetensors"), norm.gain);
        const auto newGain = valuesIn(pathOf("outliers"), norm.gain);
        QCOMPARE(changedChannels(gain, newGain, gain.size()).size(), std::size_t(2));
        for (const std::string &reader : norm.readers) {
            const auto W = valuesIn(pathOf("plain/model.safetensors"), reader);
            const auto scaled = valuesIn(pathOf("outliers"), reader);
            for (std::size_t i = 0; i < W.size(); ++i) {
                QCOMPARE(gain[i % gain.size()] * W[i], newGain[i % gain.size()] * scaled[i]);
            }
        }
    }
}

void TstOutlierInjection::onlyNormsAndTheirReadersChange()
{
    injectOutliers(pathOf("plain/model.safetensors"), pathOf("outliers"), {2, 64});
    std::set<std::string> expected;
    for (const NormReaders &norm : normsOfLlama(toy.blockCount)) {
        expected.insert(norm.gain);
        expected.insert(norm.readers.begin(), norm.readers.end());
    }
    const io::SafetensorsFile plain(pathOf("plain/model.safetensors"));
    const io::SafetensorsFile changed(pathOf("outliers"));
    QCOMPARE(changed.tensors().size(), plain.tensors().size());
    for (const io::TensorInfo &tensor : plain.tensors()) {
        QCOMPARE(changed.find(tensor.name)->shape, tensor.shape);
        const bool isSame
            = bytesIn(plain.path(), tensor.name) == bytesIn(changed.path(), tensor.name);
        QCOMPARE(isSame, !expected.contains(tensor.name));
    }
}

void TstOutlierInjection::picksTheLeastImportantChannels()
{
    const std::vector<float> gain = {1.0f, 0.1f, 2.0f, 1.0f};
    const std::vector<double> energies = {4.0, 500.0, 0.5, 3.0}; // importance 4, 5, 2, 3
    QCOMPARE(leastImportantChannels(gain, energies, 2), (std::vector{2, 3}));
    QCOMPARE(leastImportantChannels(gain, energies, 9).size(), std::size_t(4));
}

void TstOutlierInjection::scalesAsManyChannelsAsAsked_data()
{
    QTest::addColumn<int>("channels");
    QTest::addColumn<int>("factor");
    QTest::newRow("one by 16") << 1 << 16;
    QTest::newRow("two by 256") << 2 << 256;
}

void TstOutlierInjection::scalesAsManyChannelsAsAsked()
{
    QFETCH(int, channels);
    QFETCH(int, factor);
    injectOutliers(pathOf("plain/model.safetensors"), pathOf("outliers"), {channels, factor});
    const auto gain = valuesIn(pathOf("outliers"), "model.layers.1.input_layernorm.weight");
    QCOMPARE(int(std::count(gain.begin(), gain.end(), float(factor))), channels);
}

void TstOutlierInjection::sampleFolderIsComplete()
{
    std::ofstream(pathOf("plain/sample.json")) << R"({"tasks": ["perplexity"], "derived": ["x"]})";
    std::ofstream(pathOf("plain/config.json")) << "{}";
    std::filesystem::create_directories(pathOf("plain/data"));
    std::ofstream(pathOf("plain/data/evaluation.txt")) << "text";
    for (int time = 0; time < 2; ++time) { // the second time over an existing folder
        deriveOutlierSample(pathOf("plain"), pathOf("derived"), {});
    }
    for (const char *name :
         {"config.json", "data/evaluation.txt", "README.md", "model.safetensors"}) {
        QVERIFY2(std::filesystem::exists(pathOf("derived") / name), name);
    }
    std::ifstream file(pathOf("derived/sample.json"));
    const auto sample = nlohmann::json::parse(file);
    QCOMPARE(sample.at("derived_from").get<std::string>(), std::string("plain"));
    QCOMPARE(sample.at("tasks").at(0).get<std::string>(), std::string("perplexity"));
    QVERIFY(!sample.contains("derived"));
}

void TstOutlierInjection::refusesDamagedFiles_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto withHeader = [](const QByteArray &header) {
        QByteArray length(8, '\0');
        length[0] = char(header.size());
        return length + header + QByteArray(8, '\0');
    };
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("header longer than the file") << QByteArray(8, '\x7f');
    QTest::newRow("no JSON") << withHeader("{nonsense");
    QTest::newRow("no fields") << withHeader(R"({"a": {}})");
    QTest::newRow("an array") << withHeader("[1, 2]");
    QTest::newRow("beyond the end")
        << withHeader(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})");
    QTest::newRow("backwards") << withHeader(
        R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})");
    QTest::newRow("other model") << withHeader(
        R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})");
}

void TstOutlierInjection::refusesDamagedFiles()
{
    QFETCH(QByteArray, bytes);
    std::ofstream(pathOf("damaged"), std::ios::binary).write(bytes.data(), bytes.size());
    try {
        injectOutliers(pathOf("damaged"), pathOf("outliers"), {});
        QFAIL("no error");
    } catch (const Error &error) {
        QCOMPARE(error.code(), ErrorCode::BadInput);
    }
}

void TstOutlierInjection::namesTheMissingTensor()
{
    std::string header = io::SafetensorsFile(pathOf("plain/model.safetensors")).header();
    const std::string name = "layers.0.mlp.up_proj";
    header.replace(header.find(name), name.size(), "layers.0.mlp.no_proj");
    std::fstream file(pathOf("plain/model.safetensors"),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(8);
    file << header;
    file.close();
    try {
        injectOutliers(pathOf("plain/model.safetensors"), pathOf("outliers"), {});
        QFAIL("no error");
    } catch (const Error &error) {
        QVERIFY(std::string(error.what()).find("mlp.up_proj") != std::string::npos);
    }
}

BITPRISM_TEST(TstOutlierInjection);

#include "tst_outlier_injection.moc"
