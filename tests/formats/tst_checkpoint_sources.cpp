// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/io/companion_files.h"
#include "core/io/gguf.h"
#include "core/io/json_reader.h"
#include "core/io/safetensors.h"
#include "core/tokenize/tokenizer.h"
#include "tests/formats/coded_subject.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitprism;
using test::CodedSubject;
using test::complaintOf;

namespace fs = std::filesystem;

namespace {

QuantizedWeightPtr symmetricCodes(const LayerInfo &, MatrixView<const float> weights)
{
    GridOptions options;
    options.groupSize = 32;
    options.rule = RangeRule::GptqSym;
    return test::uniformCodes(weights, options);
}

} // namespace

/// What checkpoints of other forms than plain values become, and what travels with them.
class TstCheckpointSources : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        test::writeToyLlama(path("toy"), test::dividing());
    }

    /// Scales are multiplied into the values and are no tensors of the result, nor are its inputs'.
    void eightBitFloatsExport_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("dtype");
        for (const char *dtype : {"F8_E4M3", "F8_E5M2"}) {
            QTest::addRow("safetensors, %s", dtype) << "safetensors" << dtype;
            QTest::addRow("gguf, %s", dtype) << "gguf" << dtype;
        }
    }

    void eightBitFloatsExport()
    {
        QFETCH(QString, format);
        QFETCH(QString, dtype);
        writeEightBit(*io::dtypeFromName(dtype.toStdString()));
        const CheckpointSubject subject(path("f8"), /*keepsCodes=*/true);
        const Json request = format.toStdString();
        JobContext context;
        const fs::path output = path(format == "gguf" ? "out.gguf" : "out");
        const std::int64_t predicted = predictedExportBytes(request, subject);
        QCOMPARE(exportTo(request, subject, output, context), predicted);
        const io::Checkpoint source(path("toy"));
        const io::Checkpoint exported(output);
        QCOMPARE(exported.tensors().size(), source.tensors().size());
        for (const io::TensorInfo &tensor : source.tensors()) {
            // Four significant bits times a power of two: exact in BF16.
            QVERIFY2(exported.readFloat(tensor.name) == subject.checkpoint().readFloat(tensor.name),
                     tensor.name.c_str());
        }
        QVERIFY(describeModel(exported).runnable);
    }

    void eightBitFloatsTakeCodes_data()
    {
        QTest::addColumn<QString>("format");
        for (const char *format : {"gptq", "awq", "compressed-tensors", "gguf"}) {
            QTest::newRow(format) << format;
        }
    }

    void eightBitFloatsTakeCodes()
    {
        QFETCH(QString, format);
        writeEightBit();
        const CodedSubject subject(path("f8"), &symmetricCodes);
        JobContext context;
        const fs::path output = path(format == "gguf" ? "out.gguf" : "out");
        exportTo(format.toStdString(), subject, output, context);
        const io::Checkpoint exported(output);
        QCOMPARE(exported.tensors().size(), io::Checkpoint(path("toy")).tensors().size());
        for (const LayerInfo &layer : subject.info().layers) {
            const auto values = subject.values(layer.tensor);
            QVERIFY2(!values || exported.readFloat(layer.tensor) == *values, layer.name.c_str());
        }
    }

    /// Words of codes become rows of values, those of queries and keys in another order.
    void codesInWordsBecomeRows_data()
    {
        QTest::addColumn<QString>("format");
        for (const char *format : {"gptq", "awq", "compressed-tensors"}) {
            QTest::newRow(format) << format;
        }
    }

    void codesInWordsBecomeRows()
    {
        QFETCH(QString, format);
        writeCoded(format.toStdString());
        const CheckpointSubject subject(path("coded"), /*keepsCodes=*/false);
        JobContext context;
        exportTo({{"id", "gguf"}, {"type", "f32"}}, subject, path("out.gguf"), context);
        const io::Checkpoint exported(path("out.gguf"));
        for (const io::TensorInfo &tensor : subject.checkpoint().tensors()) {
            QVERIFY2(exported.readFloat(tensor.name) == subject.checkpoint().readFloat(tensor.name),
                     tensor.name.c_str());
        }
    }

    /// A value of another type is a sentence that names file and key.
    void wrongTypesAreNamed_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *format, const char *place, const char *value) {
            QTest::addRow("%s, %s is %s", format, place, value) << format << place << value;
        };
        for (const char *value : {"4.5", R"("four")", "[]", "18446744073709551615"}) {
            row("awq", "/bits", value);
        }
        row("awq", "/version", "2");
        row("gptq", "/checkpoint_format", "{}");
        row("gptq", "/group_size", R"("128")");
        row("compressed-tensors", "/format", "7");
        row("compressed-tensors", "/config_groups", "[1]");
        row("compressed-tensors", "/config_groups/group_0", "1");
        row("compressed-tensors", "/config_groups/group_0/weights", "true");
        row("compressed-tensors", "/config_groups/group_0/weights/num_bits", R"("4")");
    }

    void wrongTypesAreNamed()
    {
        QFETCH(QString, format);
        QFETCH(QString, place);
        QFETCH(QString, value);
        writeCoded(format.toStdString());
        Json config = io::readJsonFile(path("coded") / "config.json");
        const std::string pointer = "/quantization_config" + place.toStdString();
        config[Json::json_pointer(pointer)] = Json::parse(value.toStdString());
        std::ofstream(path("coded") / "config.json") << config.dump();
        const test::Complaint complaint = complaintOf([&] { io::Checkpoint{path("coded")}; });
        const std::string key = pointer.substr(pointer.rfind('/') + 1);
        QVERIFY2(complaint.isBadInputNaming('"' + key + '"'), complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming("config.json"), complaint.text.c_str());
    }

    /// Codes of a method that nobody here reads are no tensors of a model.
    void unknownMethodsAreNamed()
    {
        for (const char *method : {"\"hqq\"", "7", ""}) {
            writeCoded("gptq");
            Json config = io::readJsonFile(path("coded") / "config.json");
            config["quantization_config"].erase("quant_method");
            if (*method != '\0') {
                config["quantization_config"]["quant_method"] = Json::parse(method);
            }
            std::ofstream(path("coded") / "config.json") << config.dump();
            const test::Complaint complaint = complaintOf([&] { io::Checkpoint{path("coded")}; });
            QVERIFY2(complaint.isBadInputNaming("quant_method"), complaint.text.c_str());
            QVERIFY2(complaint.isBadInputNaming("config.json"), complaint.text.c_str());
            fs::remove_all(path("coded"));
        }
    }

    /// The configuration that a file carries is no more to be trusted than any other.
    void wrongTypesInAFilesConfigurationAreNamed_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("text") << "num_attention_heads"
                              << R"("4")";
        QTest::newRow("negative") << "num_key_value_heads"
                                  << "-2";
        QTest::newRow("fraction") << "num_key_value_heads"
                                  << "1.5";
    }

    void wrongTypesInAFilesConfigurationAreNamed()
    {
        QFETCH(QString, key);
        QFETCH(QString, value);
        Json config = io::readJsonFile(path("toy") / "config.json");
        config[key.toStdString()] = Json::parse(value.toStdString());
        io::GgufWriter writer(
            path("bad.gguf"),
            {{"general.architecture", std::string("llama")}, {"bitprism.config", config.dump()}},
            {{"blk.0.attn_k.weight", 0, {32, 64}}});
        writer.write(std::vector<std::byte>(32 * 64 * sizeof(float)));
        writer.commit();
        const test::Complaint complaint = complaintOf([&] { io::Checkpoint{path("bad.gguf")}; });
        QVERIFY2(complaint.isBadInputNaming(key.toStdString()), complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming("bad.gguf"), complaint.text.c_str());
    }

    /// What other programs read of a file and what it keeps for us must be one model.
    void keysThatContradictTheKeptConfigurationAreNamed_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<double>("number"); // below zero: "linear", a text
        for (const auto &[key, number] :
             {std::pair{"context_length", 31.0}, std::pair{"embedding_length", 32.0},
              std::pair{"block_count", 1.0}, std::pair{"feed_forward_length", 64.0},
              std::pair{"attention.head_count", 2.0}, std::pair{"attention.head_count_kv", 4.0},
              std::pair{"attention.layer_norm_rms_epsilon", 0.5},
              std::pair{"attention.key_length", 8.0}, std::pair{"rope.freq_base", 500.0},
              std::pair{"vocab_size", 3.0}, std::pair{"rope.scaling.type", -1.0}}) {
            QTest::newRow(key) << QString("llama.") + key << number;
        }
    }

    void keysThatContradictTheKeptConfigurationAreNamed()
    {
        QFETCH(QString, key);
        QFETCH(double, number);
        const CheckpointSubject subject(path("toy"), /*keepsCodes=*/true);
        JobContext context;
        exportTo("gguf", subject, path("out.gguf"), context);
        io::GgufMetadata metadata = io::GgufFile(path("out.gguf")).metadata();
        rewriteGguf(path("out.gguf"), metadata, path("same.gguf"));
        io::Checkpoint{path("same.gguf")}; // opens
        const auto entry = std::find_if(metadata.begin(), metadata.end(), [&](const auto &each) {
            return each.first == key.toStdString();
        });
        const bool isNew = entry == metadata.end();
        io::GgufValue &value = isNew
            ? metadata.emplace_back(key.toStdString(), std::string()).second
            : entry->second;
        if (number < 0) {
            value = std::string("linear");
        } else if (std::holds_alternative<float>(value)) {
            value = static_cast<float>(number);
        } else {
            value = static_cast<std::uint32_t>(number);
        }
        rewriteGguf(path("out.gguf"), metadata, path("bad.gguf"));
        const test::Complaint complaint = complaintOf([&] { io::Checkpoint{path("bad.gguf")}; });
        QVERIFY2(complaint.isBadInputNaming(key.toStdString()), complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming("bad.gguf"), complaint.text.c_str());
    }

    /// Whatever a reader opens is part of what is exported, by the one list of such files.
    void whatReadersOpenTravels()
    {
        for (const std::string_view name :
             {io::companions::albertPieces, io::companions::spellings,
              io::companions::sentencePieces, io::companions::wordPieces,
              io::companions::preprocessor, io::companions::generation}) {
            std::ofstream(path("toy") / name) << name;
        }
        std::ofstream(path("toy") / "optimizer.pt") << "not part of the model";
        const CheckpointSubject subject(path("toy"), /*keepsCodes=*/true);
        JobContext context;
        exportTo("safetensors", subject, path("out"), context);
        const std::vector<fs::path> read = io::readFilesOf(path("toy"));
        QCOMPARE(read.size(), std::size_t(9)); // with config, weights and tokenizer.json
        for (const fs::path &file : read) {
            QVERIFY2(fs::exists(path("out") / file.filename()), file.c_str());
        }
        QVERIFY(!fs::exists(path("out") / "optimizer.pt"));
    }

    /// A tokenizer.json beside a GGUF file is read before the file's own, so it is what travels.
    void theTokenizerBesideAFileIsPartOfIt()
    {
        fs::create_directories(path("model"));
        JobContext context;
        const fs::path file = path("model") / "toy.gguf";
        exportTo("gguf", CheckpointSubject(path("toy"), true), file, context);
        QVERIFY(io::readFilesOf(file) == std::vector<fs::path>{file});
        Json tokenizer = io::readJsonFile(path("toy") / "tokenizer.json");
        tokenizer["added_tokens"].push_back({{"id", 270},
                                             {"content", "<|beside|>"},
                                             {"special", true},
                                             {"normalized", false},
                                             {"single_word", false},
                                             {"lstrip", false},
                                             {"rstrip", false}});
        const fs::path beside = path("model") / "tokenizer.json";
        std::ofstream(beside) << tokenizer.dump();
        QVERIFY(io::readFilesOf(file) == (std::vector<fs::path>{file, beside}));
        const auto isBeside = [](const fs::path &checkpoint) {
            return tokenize::Tokenizer::open(checkpoint)->tokenToId("<|beside|>").has_value();
        };
        QVERIFY(isBeside(file));
        const CheckpointSubject subject(file, true);
        const std::int64_t predicted = predictedExportBytes("safetensors", subject);
        QCOMPARE(exportTo("safetensors", subject, path("plain"), context), predicted);
        QVERIFY(isBeside(path("plain")));
        exportTo("gguf", subject, path("again.gguf"), context);
        QVERIFY(isBeside(path("again.gguf")));
    }

private:
    /// The tensors of a file under other metadata.
    static void rewriteGguf(const fs::path &from, const io::GgufMetadata &metadata,
                            const fs::path &to)
    {
        const io::GgufFile source(from);
        std::vector<io::GgufDeclaration> declarations;
        for (const io::GgufTensor &tensor : source.tensors()) {
            declarations.push_back({tensor.name, tensor.type->id, tensor.shape});
        }
        io::GgufWriter writer(to, metadata, declarations);
        for (const io::GgufTensor &tensor : source.tensors()) {
            std::vector<std::byte> bytes(tensor.bytes);
            source.read(tensor, bytes);
            writer.write(bytes);
        }
        writer.commit();
    }
    fs::path path(const char *name) const
    {
        return fs::path(m_folder->path().toStdString()) / name;
    }

    void writeCoded(const std::string &format) const
    {
        const CodedSubject subject(path("toy"), &symmetricCodes);
        JobContext context;
        exportTo(format, subject, path("coded"), context);
    }

    /// The toy's shape with the weights of its layers as 8-bit floats, in blocks of 32 x 32 with
    /// scales, and a scale of each one's inputs.
    void writeEightBit(io::Dtype dtype = io::Dtype::F8E4M3) const
    {
        using io::Dtype;
        const io::Checkpoint toy(path("toy"));
        fs::create_directories(path("f8"));
        Json config = toy.config();
        config["quantization_config"]
            = {{"quant_method", "fp8"}, {"weight_block_size", {blockSize, blockSize}}};
        std::ofstream(path("f8") / "config.json") << config.dump();
        fs::copy_file(path("toy") / "tokenizer.json", path("f8") / "tokenizer.json");
        std::vector<io::TensorDeclaration> declarations;
        std::vector<std::vector<std::byte>> contents;
        for (const io::TensorInfo &tensor : toy.tensors()) {
            if (tensor.name.find("_proj.weight") == std::string::npos) {
                declarations.push_back({tensor.name, Dtype::F32, tensor.shape});
                contents.push_back(toy.readRaw(tensor.name));
                continue;
            }
            const std::string module = tensor.name.substr(0, tensor.name.rfind('.'));
            const std::vector<std::int64_t> blocks{tensor.shape[0] / blockSize,
                                                   tensor.shape[1] / blockSize};
            declarations.push_back({tensor.name, dtype, tensor.shape});
            contents.push_back(eightBitCodes(tensor.elements()));
            declarations.push_back({module + ".weight_scale_inv", Dtype::F32, blocks});
            contents.push_back(powersOfTwo(blocks[0] * blocks[1]));
            declarations.push_back({module + ".input_scale", Dtype::F32, {1}});
            contents.push_back(powersOfTwo(1));
        }
        io::SafetensorsWriter writer(path("f8") / "model.safetensors", declarations);
        for (const std::vector<std::byte> &bytes : contents) {
            writer.write(bytes);
        }
        writer.commit();
    }

    static std::vector<std::byte> eightBitCodes(std::int64_t count)
    {
        std::vector<std::byte> codes;
        for (std::int64_t i = 0; i < count; ++i) {
            const auto magnitude = static_cast<unsigned>(i * 37 % 0x48); // up to 2, no NaN
            codes.push_back(std::byte(magnitude | (i % 3 == 0 ? 0x80U : 0U)));
        }
        return codes;
    }

    static std::vector<std::byte> powersOfTwo(std::int64_t count)
    {
        std::vector<float> scales;
        for (std::int64_t i = 0; i < count; ++i) {
            scales.push_back(i % 2 == 0 ? 0.0625F : 0.125F);
        }
        const auto bytes = std::as_bytes(std::span(scales));
        return {bytes.begin(), bytes.end()};
    }

    static constexpr std::int64_t blockSize = 32;
    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstCheckpointSources);
#include "tst_checkpoint_sources.moc"
