// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_export.h"
#include "app/train/outlier_injection.h"
#include "app/train/sample_task.h"
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "core/jobs/registry.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_families.h"
#include "tests/support/toy_media_families.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
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

void writeToy(const std::string &family, const std::filesystem::path &folder)
{
    if (family == "whisper") {
        test::writeToyWhisper(folder);
    } else if (family == "moonshine") {
        test::writeToyMoonshine(folder);
    } else if (family == "clip") {
        test::writeToyClip(folder);
    } else {
        test::ToyFamily options;
        options.modelType = family;
        test::writeToyFamily(folder, options);
    }
}

/// What leaves a stack's last block for a fixed input.
at::Tensor outputOf(const Model &model, int stack)
{
    const ModelInfo &info = model.info();
    Batch batch;
    if (info.stacks[std::size_t(stack)].readsFeatures) {
        const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(5);
        std::vector<std::int64_t> shape{1, 4000}; // samples of a recording
        if (info.featureKind == featureKinds::logMel) {
            shape = {1, info.featureSize, 3000};
        } else if (info.featureKind == featureKinds::image) {
            shape = {1, 3, info.featureSize, info.featureSize};
        }
        batch.features = at::randn(shape, generator, at::kFloat);
    } else {
        batch.tokens = at::arange(5, 11, at::kLong).unsqueeze(0);
        if (info.stacks[std::size_t(stack)].memoryStack >= 0) {
            batch.memory = at::linspace(-1, 1, 4 * info.hiddenSize).view({1, 4, info.hiddenSize});
        }
    }
    return runStack(model, stack, batch, nullptr);
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
    void outputsStay_data();
    void outputsStay();
    void refusesPostNormModels();
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
    for (const NormReaders &norm :
         normsOf(io::SafetensorsFile(pathOf("plain/model.safetensors")))) {
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
    for (const NormReaders &norm :
         normsOf(io::SafetensorsFile(pathOf("plain/model.safetensors")))) {
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
    const std::vector<double> gain = {1.0, 0.01, 4.0, 1.0};
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

void TstOutlierInjection::outputsStay_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<int>("norms");
    QTest::newRow("opt") << "opt" << 4; // two a block
    QTest::newRow("llada") << "llada" << 4;
    QTest::newRow("clip") << "clip" << 8;
    QTest::newRow("whisper") << "whisper" << 10; // three in a block of the decoder
    QTest::newRow("moonshine") << "moonshine" << 10;
}

void TstOutlierInjection::outputsStay()
{
    QFETCH(QString, family);
    QFETCH(int, norms);
    registerEngineComponents();
    const std::filesystem::path from = pathOf("toy");
    writeToy(family.toStdString(), from);
    const std::filesystem::path to = pathOf("changed");
    std::filesystem::create_directories(to);
    std::filesystem::copy(from / "config.json", to / "config.json");
    const std::size_t found = normsOf(io::SafetensorsFile(from / "model.safetensors")).size();
    QCOMPARE(int(found), norms);
    injectOutliers(from / "model.safetensors", to / "model.safetensors", {2, 128});
    const auto plain = Model::open(from);
    const auto changed = Model::open(to);
    const at::NoGradGuard noGraph;
    for (int stack = 0; stack < int(plain->info().stacks.size()); ++stack) {
        const at::Tensor expected = outputOf(*plain, stack);
        const double largest = expected.abs().max().item<double>();
        const double off = (outputOf(*changed, stack) - expected).abs().max().item<double>();
        // The factor is a power of two: only sums are rounded otherwise, by FP32's 24 bits.
        QVERIFY2(off < 1e-5 * largest, qPrintable(QString::number(off / largest)));
    }
}

void TstOutlierInjection::refusesPostNormModels()
{
    test::writeToyFamily(pathOf("bert"), test::ToyFamily());
    QVERIFY(test::complaintOf([&] {
                injectOutliers(pathOf("bert/model.safetensors"), pathOf("outliers"), {});
            }).isBadInputNaming("pre-norm"));
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
