// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/export/packed_words.h"
#include "core/io/json_reader.h"
#include "tests/formats/coded_subject.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitprism;
using test::CodedSubject;
using test::complaintOf;

namespace fs = std::filesystem;

/// GPTQ, AWQ and compressed-tensors: what is exported comes back bit for bit.
class TstIntegerFormats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        test::writeToyLlama(path("toy"), test::dividing());
    }

    void codesScalesAndZeroPointsComeBack_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("group");
        QTest::addColumn<bool>("symmetric");
        for (const char *format : {"gptq", "awq", "compressed-tensors"}) {
            const std::vector<int> widths = std::string(format) == "awq" ? std::vector<int>{4}
                : std::string(format) == "gptq" ? std::vector<int>{2, 3, 4, 8}
                                                : std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8};
            for (const int bits : widths) {
                for (const int group : {0, 32}) {
                    for (const bool symmetric : {false, true}) {
                        QTest::addRow("%s %d bits, groups of %d%s", format, bits, group,
                                      symmetric ? ", symmetric" : "")
                            << format << bits << group << symmetric;
                    }
                }
            }
        }
    }

    void codesScalesAndZeroPointsComeBack()
    {
        QFETCH(QString, format);
        QFETCH(int, bits);
        QFETCH(int, group);
        QFETCH(bool, symmetric);
        GridOptions options;
        options.bits = bits;
        options.groupSize = group;
        options.granularity = group == 0 ? Granularity::PerRow : Granularity::Group;
        options.rule = symmetric ? RangeRule::GptqSym : RangeRule::GptqAsym;
        const CodedSubject subject(path("toy"),
                                   [&](const LayerInfo &, MatrixView<const float> weights) {
                                       return test::uniformCodes(weights, options);
                                   });
        Json request = {{"id", format.toStdString()}};
        if (format == "compressed-tensors") {
            request["other_widths"] = true;
        }
        exportAndCompare(subject, request);
    }

    /// GPTQ's own order of columns: groups that are no neighbours.
    void groupsInAnyOrderComeBack_data()
    {
        QTest::addColumn<QString>("format");
        QTest::newRow("gptq") << "gptq";
        QTest::newRow("compressed-tensors") << "compressed-tensors";
    }

    void groupsInAnyOrderComeBack()
    {
        QFETCH(QString, format);
        const CodedSubject subject(path("toy"), &TstIntegerFormats::orderedCodes);
        exportAndCompare(subject, format.toStdString());
        const Json config = io::readJsonFile(path("out") / "config.json")["quantization_config"];
        if (format == "gptq") {
            QVERIFY(config["desc_act"] == true);
        } else {
            QVERIFY(config["config_groups"]["group_0"]["weights"]["actorder"] == "group");
        }
    }

    /// A zero point of 0 cannot be kept as -1, so the file says version 2.
    void zeroPointsDecideTheVersionOfGptq()
    {
        const auto withZero = [](std::int16_t zero) {
            return [zero](const LayerInfo &, MatrixView<const float> weights) {
                GridSet grids = emptyGrids(weights.rows, weights.cols, {});
                std::fill(grids.zeroPoints.begin(), grids.zeroPoints.end(), zero);
                std::fill(grids.scales.begin(), grids.scales.end(), 0.5F);
                std::vector<std::uint8_t> codes(
                    static_cast<std::size_t>(weights.rows * weights.cols), 3);
                return std::make_shared<UniformAffineWeight>(grids, codes);
            };
        };
        const CodedSubject one(path("toy"), withZero(1));
        exportAndCompare(one, "gptq");
        const auto version = [&] {
            return io::readJsonFile(path("out")
                                    / "config.json")["quantization_config"]["checkpoint_format"]
                .get<std::string>();
        };
        QCOMPARE(version(), std::string("gptq"));
        fs::remove_all(path("out"));
        const CodedSubject none(path("toy"), withZero(0));
        exportAndCompare(none, "gptq");
        QCOMPARE(version(), std::string("gptq_v2"));
        fs::remove_all(path("out"));
        JobContext context;
        QVERIFY(complaintOf([&] {
                    exportTo({{"id", "gptq"}, {"zero_points", "v1"}}, none, path("out"), context);
                }).isBadInputNaming("version 1"));
        QVERIFY(!fs::exists(path("out")));
    }

    void symmetricVersionOneWordsAreTheKnownOnes()
    {
        const CodedSubject subject(path("toy"),
                                   [](const LayerInfo &, MatrixView<const float> weights) {
                                       GridOptions options;
                                       options.rule = RangeRule::GptqSym;
                                       return test::uniformCodes(weights, options);
                                   });
        JobContext context;
        exportTo("gptq", subject, path("out"), context);
        const io::SafetensorsFile file(path("out") / "model.safetensors");
        const io::TensorInfo *zeros = file.find("model.layers.0.mlp.up_proj.qzeros");
        QVERIFY(zeros != nullptr);
        std::vector<std::byte> bytes(zeros->bytes);
        file.read(*zeros, bytes);
        for (const std::uint32_t word : wordsOf(bytes)) {
            QCOMPARE(word, 0x77777777U);
        }
    }

    void mixedWidthsOfMergedLayersAreRefused()
    {
        const CodedSubject subject(path("toy"),
                                   [](const LayerInfo &layer, MatrixView<const float> weights) {
                                       GridOptions options;
                                       options.bits = layer.kind == "attention_query" ? 8 : 4;
                                       return test::uniformCodes(weights, options);
                                   });
        JobContext context;
        for (const char *format : {"gptq", "compressed-tensors"}) {
            QVERIFY(complaintOf([&] {
                        exportTo(format, subject, path("out"), context);
                    }).isBadInputNaming("--target"));
        }
        QVERIFY(!fs::exists(path("out")));
    }

    void mixedWidthsOfOtherLayersComeBack()
    {
        const CodedSubject subject(path("toy"),
                                   [](const LayerInfo &layer, MatrixView<const float> weights) {
                                       GridOptions options;
                                       options.bits = layer.kind == "mlp_down" ? 8 : 4;
                                       return test::uniformCodes(weights, options);
                                   });
        for (const char *format : {"gptq", "compressed-tensors"}) {
            exportAndCompare(subject, format);
            fs::remove_all(path("out"));
        }
    }

    /// Up to compressed-tensors 0.16, codes of 3 bits stood ten to a word.
    void readsTheOlderPacking()
    {
        writeOldPacking("0.16.0");
        const io::Checkpoint old(path("old"));
        const std::string name = "m.weight";
        QCOMPARE(old.storedType(old.require(name)).name, std::string("INT3"));
        const std::vector<float> values = old.readFloat(name);
        for (std::size_t i = 0; i < values.size(); ++i) {
            QCOMPARE(values[i], 0.5F * (static_cast<float>(i % 8) - 4));
        }
    }

    /// The form of the codes is enough to say how many bytes a file will have.
    void sizesAreKnownBeforeTheCodes_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<int>("group");
        QTest::addColumn<bool>("symmetric");
        for (const char *format : {"safetensors", "gptq", "awq", "compressed-tensors", "gguf"}) {
            for (const int group : {0, 32}) {
                for (const bool symmetric : {false, true}) {
                    if (format != std::string("gguf") || symmetric) {
                        QTest::addRow("%s, groups of %d%s", format, group,
                                      symmetric ? ", symmetric" : "")
                            << format << group << symmetric;
                    }
                }
            }
        }
    }

    void sizesAreKnownBeforeTheCodes()
    {
        QFETCH(QString, format);
        QFETCH(int, group);
        QFETCH(bool, symmetric);
        GridOptions options;
        options.groupSize = group;
        options.granularity = group == 0 ? Granularity::PerRow : Granularity::Group;
        options.rule = symmetric ? RangeRule::GptqSym : RangeRule::GptqAsym;
        const CodedSubject planned(path("toy"), [&](const LayerInfo &layer, const auto &) {
            return UniformAffineWeight::outline(layer.rows, layer.cols, options);
        });
        const CodedSubject coded(path("toy"),
                                 [&](const LayerInfo &, MatrixView<const float> weights) {
                                     return test::uniformCodes(weights, options);
                                 });
        const std::int64_t predicted = predictedExportBytes(format.toStdString(), planned);
        JobContext context;
        QCOMPARE(exportTo(format.toStdString(), coded, path("out"), context), predicted);
    }

    void orderAndVersionOfGptqChangeNoSize()
    {
        GridOptions options;
        options.groupSize = 32;
        const CodedSubject planned(path("toy"), [&](const LayerInfo &layer, const auto &) {
            return UniformAffineWeight::outline(layer.rows, layer.cols, options,
                                                /*hasGroupMap=*/true);
        });
        JobContext context;
        for (const std::int16_t zero : {std::int16_t{0}, std::int16_t{1}}) {
            const CodedSubject coded(
                path("toy"), [&](const LayerInfo &layer, MatrixView<const float> weights) {
                    const auto codes = std::dynamic_pointer_cast<const UniformAffineWeight>(
                        orderedCodes(layer, weights));
                    GridSet grids = codes->grids();
                    std::fill(grids.zeroPoints.begin(), grids.zeroPoints.end(), zero);
                    return std::make_shared<UniformAffineWeight>(grids, codes->codes());
                });
            QCOMPARE(exportTo("gptq", coded, path("out"), context),
                     predictedExportBytes("gptq", planned));
            fs::remove_all(path("out"));
        }
    }

    void whatWillNotFitIsSaidOfThePlan_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("group");
        QTest::addColumn<bool>("symmetric");
        QTest::addColumn<QString>("words");
        QTest::newRow("width") << "awq" << 3 << 32 << true << "nearest width is 4";
        QTest::newRow("newer packing") << "compressed-tensors" << 3 << 32 << true
                                       << "nearest width is 4, or export with "
                                          "other_widths";
        QTest::newRow("asymmetric blocks") << "gguf" << 4 << 32 << false << "ggml-*";
        QTest::newRow("short groups") << "gguf" << 4 << 16 << true << "32 columns";
        QTest::newRow("width of blocks") << "gguf" << 3 << 32 << true << "3 bits";
    }

    void whatWillNotFitIsSaidOfThePlan()
    {
        QFETCH(QString, format);
        QFETCH(int, bits);
        QFETCH(int, group);
        QFETCH(bool, symmetric);
        QFETCH(QString, words);
        GridOptions options;
        options.bits = bits;
        options.groupSize = group;
        options.rule = symmetric ? RangeRule::GptqSym : RangeRule::GptqAsym;
        const CodedSubject planned(path("toy"), [&](const LayerInfo &layer, const auto &) {
            return UniformAffineWeight::outline(layer.rows, layer.cols, options);
        });
        const test::Complaint complaint
            = complaintOf([&] { predictedExportBytes(format.toStdString(), planned); });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
    }

    /// gptq_p, with one plane the same words: zero points as they are.
    void readsPlanes()
    {
        GridOptions options;
        options.groupSize = 32;
        const CodedSubject subject(path("toy"),
                                   [&](const LayerInfo &, MatrixView<const float> weights) {
                                       return test::uniformCodes(weights, options);
                                   });
        JobContext context;
        exportTo({{"id", "gptq"}, {"zero_points", "v2"}}, subject, path("out"), context);
        Json config = io::readJsonFile(path("out") / "config.json");
        config["quantization_config"]["checkpoint_format"] = "gptq_p";
        std::ofstream(path("out") / "config.json") << config.dump();
        const CheckpointSubject imported(path("out"), /*keepsCodes=*/true);
        const std::string name = "model.layers.0.mlp.up_proj.weight";
        QVERIFY(imported.checkpoint().readFloat(name) == *subject.values(name));
    }

    void refusesDamagedCheckpoints_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("change");
        for (const char *format : {"gptq", "awq", "compressed-tensors"}) {
            for (const char *change : {"drop scales", "drop zeros", "short scales", "wrong type",
                                       "wrong shape", "bad config"}) {
                QTest::addRow("%s, %s", format, change) << format << change;
            }
        }
    }

    void refusesDamagedCheckpoints()
    {
        QFETCH(QString, format);
        QFETCH(QString, change);
        GridOptions options;
        options.groupSize = 32;
        const CodedSubject subject(path("toy"),
                                   [&](const LayerInfo &, MatrixView<const float> weights) {
                                       return test::uniformCodes(weights, options);
                                   });
        JobContext context;
        exportTo(format.toStdString(), subject, path("out"), context);
        damage(format.toStdString(), change.toStdString());
        const test::Complaint complaint
            = complaintOf([&] { describeModel(io::Checkpoint(path("damaged"))); });
        QVERIFY2(complaint.isBadInputNaming("damaged"), complaint.text.c_str());
        QCOMPARE(complaint.text.find('\n'), std::string::npos);
    }

    /// A last group that is shorter: the number of groups does not tell their size.
    void raggedGroupsComeBack_data()
    {
        QTest::addColumn<QString>("format");
        QTest::newRow("gptq") << "gptq";
        QTest::newRow("compressed-tensors") << "compressed-tensors";
    }
    void raggedGroupsComeBack()
    {
        QFETCH(QString, format);
        GridOptions options;
        options.groupSize = 48;
        const CodedSubject subject(path("toy"),
                                   [&](const LayerInfo &, MatrixView<const float> weights) {
                                       return test::uniformCodes(weights, options);
                                   });
        bool isRagged = false;
        for (const LayerInfo &layer : subject.info().layers) {
            isRagged = isRagged || layer.cols % 48 != 0;
        }
        QVERIFY(isRagged);
        exportAndCompare(subject, format.toStdString());
    }

    void unknownQuantizationsStayWhatTheyAre()
    {
        const fs::path folder = path("toy");
        Json config = io::readJsonFile(folder / "config.json");
        config["quantization_config"]
            = {{"quant_method", "compressed-tensors"}, {"format", "nvfp4-pack-quantized"}};
        std::ofstream(folder / "config.json") << config.dump();
        QVERIFY(
            complaintOf([&] { io::Checkpoint{folder}; }).isBadInputNaming("nvfp4-pack-quantized"));
        config["quantization_config"] = {{"quant_method", "awq"}, {"version", "gemv"}};
        std::ofstream(folder / "config.json") << config.dump();
        QVERIFY(complaintOf([&] { io::Checkpoint{folder}; }).isBadInputNaming("gemv"));
    }

private:
    fs::path path(const char *name) const
    {
        return fs::path(m_folder->path().toStdString()) / name;
    }

    /// Columns dealt out to groups like cards.
    static QuantizedWeightPtr orderedCodes(const LayerInfo &, MatrixView<const float> weights)
    {
        GridOptions options;
        options.groupSize = 32;
        GridSet grids = fitGrids(weights, options);
        for (std::int64_t col = 0; col < weights.cols; ++col) {
            grids.groupOfColumn.push_back(static_cast<std::uint16_t>(col % grids.groupsPerRow));
        }
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(weights.rows * weights.cols));
        quantizeCodes(weights, grids, codes);
        return std::make_shared<UniformAffineWeight>(grids, codes);
    }

    void exportAndCompare(const CodedSubject &subject, const Json &request)
    {
        JobContext context;
        const std::int64_t predicted = predictedExportBytes(request, subject);
        const std::int64_t bytes = exportTo(request, subject, path("out"), context);
        QCOMPARE(bytes, exportedBytes(path("out")));
        QCOMPARE(predicted, bytes);
        const CheckpointSubject imported(path("out"), /*keepsCodes=*/true);
        QVERIFY(imported.info().runnable);
        QCOMPARE(imported.info().parameters, subject.info().parameters);
        for (const LayerInfo &layer : subject.info().layers) {
            const auto expected
                = std::dynamic_pointer_cast<const UniformAffineWeight>(subject.codes(layer.tensor));
            const auto found = std::dynamic_pointer_cast<const UniformAffineWeight>(
                imported.codes(layer.tensor));
            QCOMPARE(found == nullptr, expected == nullptr);
            if (expected == nullptr) {
                QVERIFY(imported.checkpoint().readRaw(layer.tensor)
                        == subject.checkpoint().readRaw(layer.tensor));
                continue;
            }
            QVERIFY(found->codes() == expected->codes());
            QVERIFY(found->grids().scales == expected->grids().scales);
            QVERIFY(found->grids().zeroPoints == expected->grids().zeroPoints);
            QCOMPARE(found->grids().groupSize, expected->grids().groupSize);
            QVERIFY(found->grids().groupOfColumn == expected->grids().groupOfColumn);
            QVERIFY(imported.checkpoint().readFloat(layer.tensor) == *subject.values(layer.tensor));
            const LayerInfo *shown = imported.info().findLayer(layer.name);
            QCOMPARE(shown->dtype, "INT" + std::to_string(expected->bits()));
            QVERIFY(shown->bits >= expected->bits() && shown->bits < 16 + expected->bits());
        }
    }

    void damage(const std::string &format, const std::string &change)
    {
        const bool isPacked = format == "compressed-tensors";
        const std::string module = "model.layers.0.mlp.down_proj.";
        const std::string scales = module + (isPacked ? "weight_scale" : "scales");
        const std::string zeros = module + (isPacked ? "weight_zero_point" : "qzeros");
        const std::string codes = module + (isPacked ? "weight_packed" : "qweight");
        const io::SafetensorsFile source(path("out") / "model.safetensors");
        std::vector<io::TensorDeclaration> tensors;
        std::vector<std::vector<std::byte>> data;
        for (const io::TensorInfo &tensor : source.tensors()) {
            if ((change == "drop scales" && tensor.name == scales)
                || (change == "drop zeros" && tensor.name == zeros)) {
                continue;
            }
            io::TensorDeclaration declared{tensor.name, tensor.dtype, tensor.shape};
            std::vector<std::byte> bytes(tensor.bytes);
            source.read(tensor, bytes);
            if (change == "short scales" && tensor.name == scales) {
                declared.shape[1] -= 1;
                bytes.resize(bytes.size() / static_cast<std::size_t>(tensor.shape[1])
                             * static_cast<std::size_t>(declared.shape[1]));
            }
            if (change == "wrong type" && tensor.name == codes) {
                declared.dtype = io::Dtype::F32;
            }
            if (change == "wrong shape" && tensor.name == codes) {
                std::swap(declared.shape[0], declared.shape[1]);
                declared.shape[0] *= 2;
                bytes.resize(bytes.size() * 2);
            }
            tensors.push_back(declared);
            data.push_back(bytes);
        }
        fs::create_directory(path("damaged"));
        io::SafetensorsWriter writer(path("damaged") / "model.safetensors", tensors);
        for (const std::vector<std::byte> &bytes : data) {
            writer.write(bytes);
        }
        writer.commit();
        Json config = io::readJsonFile(path("out") / "config.json");
        if (change == "bad config") {
            config["quantization_config"] = {{"quant_method", format},
                                             {"checkpoint_format", "x"},
                                             {"version", "x"},
                                             {"format", "x"}};
        }
        std::ofstream(path("damaged") / "config.json") << config.dump();
    }

    /// One module of 2 x 20 codes 0 .. 7, packed ten to a word.
    void writeOldPacking(const std::string &version)
    {
        constexpr std::size_t count = 40;
        std::vector<std::uint32_t> words(4);
        for (std::size_t i = 0; i < count; ++i) {
            words[i / 10] |= static_cast<std::uint32_t>(i % 8) << (i % 10 * 3);
        }
        fs::create_directory(path("old"));
        io::SafetensorsWriter writer(path("old") / "model.safetensors",
                                     {{"m.weight_packed", io::Dtype::I32, {2, 2}},
                                      {"m.weight_scale", io::Dtype::F32, {2, 1}},
                                      {"m.weight_shape", io::Dtype::I64, {2}}});
        writer.write(bytesOf(words));
        writer.writeFloats(std::vector<float>{0.5F, 0.5F});
        const std::vector<std::int64_t> shape{2, 20};
        writer.write(std::as_bytes(std::span(shape)));
        writer.commit();
        const Json weights = {{"num_bits", 3}, {"type", "int"}, {"symmetric", true}};
        const Json config = {
            {"quantization_config",
             {{"quant_method", "compressed-tensors"},
              {"format", "pack-quantized"},
              {"version", version},
              {"config_groups", {{"group_0", {{"targets", {"Linear"}}, {"weights", weights}}}}}}}};
        std::ofstream(path("old") / "config.json") << config.dump();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstIntegerFormats);
#include "tst_integer_formats.moc"
