// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/export/gguf_blocks.h"
#include "core/export/gguf_model.h"
#include "core/export/gguf_names.h"
#include "core/io/gguf.h"
#include "core/io/json_reader.h"
#include "core/tokenize/tokenizer.h"
#include "tests/formats/coded_subject.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_families.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitprism;
using test::CodedSubject;
using test::complaintOf;

namespace fs = std::filesystem;

class TstGgufFormat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    /// Every value of the checkpoint comes back, in its place, for each member of the group.
    void plainModelsComeBack_data()
    {
        QTest::addColumn<QString>("modelType");
        QTest::addColumn<int>("dtype");
        QTest::addColumn<bool>("tied");
        QTest::newRow("llama") << "llama" << static_cast<int>(io::Dtype::F32) << false;
        QTest::newRow("llama, tied, BF16") << "llama" << static_cast<int>(io::Dtype::BF16) << true;
        QTest::newRow("mistral, F16") << "mistral" << static_cast<int>(io::Dtype::F16) << false;
        QTest::newRow("qwen2") << "qwen2" << static_cast<int>(io::Dtype::F32) << false;
        QTest::newRow("qwen3") << "qwen3" << static_cast<int>(io::Dtype::F32) << true;
    }

    void plainModelsComeBack()
    {
        QFETCH(QString, modelType);
        QFETCH(int, dtype);
        QFETCH(bool, tied);
        test::ToyLlama toy = test::dividing();
        toy.modelType = modelType.toStdString();
        toy.dtype = static_cast<io::Dtype>(dtype);
        toy.tiedHead = tied;
        toy.attentionBias = toy.modelType == "llama";
        toy.mlpBias = toy.modelType == "llama";
        test::writeToyLlama(path("toy"), toy);
        convert("toy", {{"id", "gguf"}});
        const io::Checkpoint source(path("toy"));
        const io::Checkpoint imported(path("out.gguf"));
        QCOMPARE(imported.tensors().size(), source.tensors().size());
        for (const io::TensorInfo &tensor : source.tensors()) {
            const io::TensorInfo *found = imported.find(tensor.name);
            QVERIFY2(found != nullptr, tensor.name.c_str());
            QVERIFY(found->shape == tensor.shape);
            QVERIFY2(imported.readFloat(tensor.name) == source.readFloat(tensor.name),
                     tensor.name.c_str());
        }
        const std::string query = "model.layers.1.self_attn.q_proj.weight";
        std::vector<float> rows(2 * 64);
        imported.readRowsInto(query, 17, rows); // rows one by one, as they are looked up
        const std::vector<float> whole = source.readFloat(query);
        QVERIFY(std::equal(rows.begin(), rows.end(), whole.begin() + 17 * 64));
        const ModelInfo before = describeModel(source);
        const ModelInfo after = describeModel(imported);
        QVERIFY2(after.runnable, after.problem.c_str());
        QCOMPARE(after.modelType, before.modelType);
        QCOMPARE(after.hasTiedHead, before.hasTiedHead);
        QCOMPARE(after.contextLength, before.contextLength);
        const auto tokenizer = tokenize::Tokenizer::open(path("out.gguf"));
        QVERIFY(tokenizer->encodeIds("Some text.")
                == tokenize::Tokenizer::open(path("toy"))->encodeIds("Some text."));
    }

    /// GPT-2's matrices stand the other way round in a checkpoint, and its masks do not travel.
    void gpt2ComesBackAndIsTurned()
    {
        test::ToyFamily toy;
        toy.modelType = "gpt2";
        test::writeToyFamily(path("toy"), toy);
        convert("toy", {{"id", "gguf"}});
        const io::Checkpoint source(path("toy"));
        const io::GgufFile file(path("out.gguf"));
        const std::string up = "transformer.h.1.mlp.c_fc.weight";
        const std::vector<float> stored = source.readFloat(up);
        const std::int64_t inputs = source.find(up)->shape[0];
        const std::int64_t outputs = source.find(up)->shape[1];
        const io::GgufTensor *tensor = file.find("blk.1.ffn_up.weight");
        QVERIFY(tensor != nullptr);
        QVERIFY(tensor->shape == (std::vector<std::int64_t>{outputs, inputs}));
        std::vector<float> found(stored.size());
        file.read(*tensor, std::as_writable_bytes(std::span(found)));
        for (std::int64_t o = 0; o < outputs; ++o) {
            for (std::int64_t i = 0; i < inputs; ++i) {
                QCOMPARE(found[static_cast<std::size_t>(o * inputs + i)],
                         stored[static_cast<std::size_t>(i * outputs + o)]);
            }
        }
        QCOMPARE(file.text("general.architecture"), std::optional<std::string>("gpt2"));
        QCOMPARE(file.find("position_embd.weight")->type->name, std::string_view("F32"));
        copyWithout("bitprism.", "tokenizer.huggingface"); // as another program's file
        for (const char *name : {"out.gguf", "foreign.gguf"}) {
            const io::Checkpoint imported(path(name));
            const ModelInfo info = describeModel(imported);
            QVERIFY2(info.runnable, info.problem.c_str());
            QCOMPARE(info.contextLength, describeModel(source).contextLength);
            for (const io::TensorInfo &wanted : source.tensors()) {
                QVERIFY2(imported.find(wanted.name)->shape == wanted.shape, wanted.name.c_str());
                QVERIFY2(imported.readFloat(wanted.name) == source.readFloat(wanted.name),
                         wanted.name.c_str());
            }
            std::vector<float> rows(2 * static_cast<std::size_t>(outputs));
            imported.readRowsInto(up, 3, rows);
            QVERIFY(std::equal(rows.begin(), rows.end(), stored.begin() + 3 * outputs));
        }
        QVERIFY(isDerivedTensor("transformer.h.0.attn.bias"));
        QVERIFY(!ggufTensorName("transformer.h.0.attn.bias"));
    }

    /// GGUF has no form for single characters, but ours travel along.
    void aVocabularyOfCharactersComesBack()
    {
        test::ToyFamily toy;
        toy.modelType = "gpt2";
        toy.extraConfig = R"({"bos_token_id": 0, "eos_token_id": 0})";
        test::writeToyFamily(path("toy"), toy);
        std::ofstream(path("toy/vocab.json")) << R"({"<end>": 0, "a": 1, "b": 2, "c": 3})";
        convert("toy", {{"id", "gguf"}});
        QVERIFY(!io::GgufFile(path("out.gguf")).text("tokenizer.ggml.model"));
        const auto ids = tokenize::Tokenizer::open(path("toy"))->encodeIds("abcab");
        QVERIFY(tokenize::Tokenizer::open(path("out.gguf"))->encodeIds("abcab") == ids);
        fs::rename(path("out.gguf"), path("first.gguf"));
        const CheckpointSubject again(path("first.gguf"), /*keepsCodes=*/true);
        const std::vector<std::string> notes = exportNotes("gguf", again);
        QCOMPARE(notes.size(), std::size_t{1});
        QVERIFY(notes.front().find("WordLevel") != std::string::npos);
        convert("first.gguf", {{"id", "gguf"}}); // and once more
        QVERIFY(tokenize::Tokenizer::open(path("out.gguf"))->encodeIds("abcab") == ids);
    }

    void gpt2OfAnotherActivationIsRefused()
    {
        test::ToyFamily toy;
        toy.modelType = "gpt2";
        toy.extraConfig = R"({"activation_function": "relu"})";
        test::writeToyFamily(path("toy"), toy);
        const test::Complaint complaint = complaintOf([&] { convert("toy", {{"id", "gguf"}}); });
        QVERIFY2(complaint.isBadInputNaming("relu"), complaint.text.c_str());
        QVERIFY(!fs::exists(path("out.gguf")));
    }

    /// llama.cpp turns pairs of neighbouring rows, Hugging Face's code halves of a head.
    void rowsOfQueriesAndKeysAreInterleaved()
    {
        test::ToyLlama toy = test::dividing();
        test::writeToyLlama(path("toy"), toy);
        convert("toy", {{"id", "gguf"}});
        const io::GgufFile file(path("out.gguf"));
        const io::Checkpoint source(path("toy"));
        const std::vector<float> stored
            = source.readFloat("model.layers.0.self_attn.k_proj.weight");
        const io::GgufTensor *tensor = file.find("blk.0.attn_k.weight");
        std::vector<float> found(stored.size());
        file.read(*tensor, std::as_writable_bytes(std::span(found)));
        for (std::int64_t head = 0; head < 2; ++head) {
            for (std::int64_t c = 0; c < 8; ++c) {
                for (std::int64_t a = 0; a < 2; ++a) {
                    const std::int64_t ours = head * 16 + a * 8 + c;
                    const std::int64_t theirs = head * 16 + 2 * c + a;
                    QVERIFY(std::equal(found.begin() + theirs * 64,
                                       found.begin() + (theirs + 1) * 64,
                                       stored.begin() + ours * 64));
                    QCOMPARE(interleavedRow(ours, 16), theirs);
                }
            }
        }
        QVERIFY(file.find("output.weight") != nullptr);
        QCOMPARE(file.find("blk.0.attn_norm.weight")->type->name, std::string_view("F32"));
        QCOMPARE(file.integer("general.quantization_version"), std::optional<std::int64_t>(2));
        QCOMPARE(file.text("general.architecture"), std::optional<std::string>("llama"));
        QCOMPARE(file.integer("llama.attention.head_count_kv"), std::optional<std::int64_t>(2));
    }

    /// Without our own key, the file's keys alone must describe the model as other programs' do.
    void otherProgramsFilesOpen()
    {
        test::ToyLlama toy = test::dividing();
        toy.tiedHead = true;
        toy.extraConfig = R"({"rope_theta": 5000.0, "rms_norm_eps": 1e-4})";
        test::writeToyLlama(path("toy"), toy);
        convert("toy", {{"id", "gguf"}, {"type", "q8_0"}});
        copyWithout("bitprism.", "tokenizer.huggingface");
        const io::Checkpoint imported(path("foreign.gguf"));
        const ModelInfo info = describeModel(imported);
        QVERIFY2(info.runnable, info.problem.c_str());
        QCOMPARE(imported.config()["rope_theta"].get<double>(), 5000.0);
        QVERIFY(qAbs(imported.config()["rms_norm_eps"].get<double>() - 1e-4) < 1e-9); // F32
        QCOMPARE(info.vocabularySize, std::int64_t(288));
        QVERIFY(info.hasTiedHead);
        const auto tokenizer = tokenize::Tokenizer::open(path("foreign.gguf"));
        QVERIFY(tokenizer->encodeIds("Some text, 12 words.")
                == tokenize::Tokenizer::open(path("toy"))->encodeIds("Some text, 12 words."));
    }

    /// Llama 3's scaled rotary positions travel as factors, and come back as their rule.
    void scaledPositionsComeBack()
    {
        test::ToyLlama toy = test::dividing();
        toy.extraConfig = R"({"rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3",
            "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192}})";
        test::writeToyLlama(path("toy"), toy);
        convert("toy", {{"id", "gguf"}});
        const io::GgufFile file(path("out.gguf"));
        const io::GgufTensor *factors = file.find("rope_freqs.weight");
        QVERIFY(factors != nullptr);
        std::vector<float> values(8);
        file.read(*factors, std::as_writable_bytes(std::span(values)));
        QCOMPARE(values.front(), 1.0F);
        QCOMPARE(values.back(), 8.0F);
        copyWithout("bitprism.", "-");
        const io::Checkpoint imported(path("foreign.gguf"));
        QCOMPARE(imported.config()["rope_scaling"]["rope_type"].get<std::string>(),
                 std::string("llama3"));
        QCOMPARE(imported.config()["rope_scaling"]["factor"].get<double>(), 8.0);
        QVERIFY(imported.find("rope_freqs.weight") == nullptr);
    }

    void blocksOfARunAreWrittenAsTheyAre_data()
    {
        QTest::addColumn<QString>("type");
        for (const char *type : {"q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "iq4_nl", "q2_k", "q3_k",
                                 "q4_k", "q5_k", "q6_k"}) {
            QTest::newRow(type) << type;
        }
    }

    void blocksOfARunAreWrittenAsTheyAre()
    {
        QFETCH(QString, type);
        test::ToyLlama toy = test::dividing();
        toy.hidden = 256;
        toy.intermediate = 288; // no multiple of 256: falls back to smaller blocks
        toy.headSize = 64;
        test::writeToyLlama(path("toy"), toy);
        const GgmlType wanted = *ggmlTypeFromName(type.toStdString());
        const CodedSubject subject(
            path("toy"), [&](const LayerInfo &layer, MatrixView<const float> weights) {
                const GgmlType fitting = ggmlTypeThatFits(wanted, layer.cols);
                return std::make_shared<GgmlWeight>(fitting, layer.rows, layer.cols,
                                                    encodeGgml(fitting, weights));
            });
        JobContext context;
        const std::int64_t predicted = predictedExportBytes("gguf", subject);
        const std::int64_t bytes = exportTo("gguf", subject, path("out.gguf"), context);
        QCOMPARE(predicted, bytes);
        QCOMPARE(bytes, static_cast<std::int64_t>(fs::file_size(path("out.gguf"))));
        compareCodes(subject);
        const CheckpointSubject imported(path("out.gguf"), true);
        const LayerInfo *layer = imported.info().findLayer("model.layers.0.mlp.up_proj");
        QCOMPARE(layer->dtype, type.toUpper().toStdString());
        const GgmlTypeInfo &info = ggmlTypeInfo(wanted);
        QCOMPARE(layer->bits, 8.0 * info.blockBytes / info.blockWeights);
    }

    void uniformCodesMoveWhereBlocksHoldThem_data()
    {
        QTest::addColumn<int>("bits");
        QTest::addColumn<int>("group");
        QTest::addColumn<QString>("type");
        QTest::newRow("Q4_0") << 4 << 32 << "Q4_0";
        QTest::newRow("Q4_0, longer groups") << 4 << 64 << "Q4_0";
        QTest::newRow("Q4_0, rows") << 4 << 0 << "Q4_0";
        QTest::newRow("Q5_0") << 5 << 32 << "Q5_0";
        QTest::newRow("Q8_0") << 8 << 32 << "Q8_0";
    }

    void uniformCodesMoveWhereBlocksHoldThem()
    {
        QFETCH(int, bits);
        QFETCH(int, group);
        QFETCH(QString, type);
        test::ToyLlama toy = test::dividing();
        toy.intermediate = 128;
        test::writeToyLlama(path("toy"), toy);
        GridOptions options;
        options.bits = bits;
        options.groupSize = group;
        options.granularity = group == 0 ? Granularity::PerRow : Granularity::Group;
        options.rule = RangeRule::GptqSym;
        const CodedSubject subject(path("toy"),
                                   [&](const LayerInfo &, MatrixView<const float> weights) {
                                       return test::uniformCodes(weights, options);
                                   });
        JobContext context;
        exportTo("gguf", subject, path("out.gguf"), context);
        const CheckpointSubject imported(path("out.gguf"), true);
        for (const LayerInfo &layer : subject.info().layers) {
            if (layer.block >= 0) {
                QCOMPARE(imported.info().findLayer(layer.name)->dtype, type.toStdString());
                QVERIFY(imported.checkpoint().readFloat(layer.tensor)
                        == *subject.values(layer.tensor));
            }
        }
    }

    void codesThatNoBlockHoldsAreRefused()
    {
        test::writeToyLlama(path("toy"), test::dividing());
        GridOptions options;
        options.groupSize = 32;
        options.bits = 3;
        const CodedSubject subject(path("toy"),
                                   [&](const LayerInfo &, MatrixView<const float> weights) {
                                       return test::uniformCodes(weights, options);
                                   });
        JobContext context;
        QVERIFY(complaintOf([&] {
                    exportTo("gguf", subject, path("out.gguf"), context);
                }).isBadInputNaming("ggml-*"));
        QVERIFY(!fs::exists(path("out.gguf")));
    }

    /// Quantized files are checkpoints: requantized, or with their codes moved to another format.
    void importedCodesMoveOn()
    {
        test::writeToyLlama(path("toy"), test::dividing());
        convert("toy", {{"id", "gguf"}, {"type", "q8_0"}, {"embedding_type", "f16"}});
        const CheckpointSubject imported(path("out.gguf"), true);
        JobContext context;
        exportTo("gguf", imported, path("again.gguf"), context);
        const CheckpointSubject again(path("again.gguf"), true);
        for (const LayerInfo &layer : imported.info().layers) {
            QCOMPARE(again.info().findLayer(layer.name)->dtype, layer.dtype);
            QVERIFY(again.checkpoint().readFloat(layer.tensor)
                    == imported.checkpoint().readFloat(layer.tensor));
        }
        exportTo({{"id", "safetensors"}, {"dtype", "f32"}}, imported, path("plain"), context);
        const io::Checkpoint plain(path("plain"));
        QVERIFY(plain.readFloat("model.layers.0.mlp.up_proj.weight")
                == imported.checkpoint().readFloat("model.layers.0.mlp.up_proj.weight"));
        QVERIFY(tokenize::Tokenizer::existsIn(path("plain")));
    }

    void splitFilesOpenAsOne()
    {
        test::writeToyLlama(path("toy"), test::dividing());
        convert("toy", {{"id", "gguf"}, {"type", "q4_0"}});
        split();
        const io::Checkpoint whole(path("out.gguf"));
        const io::Checkpoint parts(path("part-00001-of-00002.gguf"));
        QCOMPARE(parts.tensors().size(), whole.tensors().size());
        for (const io::TensorInfo &tensor : whole.tensors()) {
            QVERIFY(parts.readFloat(tensor.name) == whole.readFloat(tensor.name));
        }
        QVERIFY(describeModel(parts).runnable);
    }

    void otherArchitecturesOpenForAnalysis()
    {
        io::GgufWriter writer(path("other.gguf"), {{"general.architecture", std::string("mamba")}},
                              {{"blk.0.ssm_in.weight", 8, {4, 64}}});
        writer.write(std::vector<std::byte>(4 * 68));
        writer.commit();
        const ModelInfo info = describeModel(path("other.gguf"));
        QVERIFY(!info.runnable);
        QCOMPARE(info.layers.size(), std::size_t(1));
        QCOMPARE(info.layers[0].dtype, std::string("Q8_0"));
    }

    void missingKeysAreNamed()
    {
        io::GgufWriter writer(path("bad.gguf"), {{"general.architecture", std::string("llama")}},
                              {{"output_norm.weight", 0, {4}}});
        writer.write(std::vector<std::byte>(16));
        writer.commit();
        QVERIFY(complaintOf([&] {
                    io::Checkpoint(path("bad.gguf"));
                }).isBadInputNaming("llama.attention.head_count"));
    }

    void headsThatDoNotDivideAreRefused()
    {
        test::writeToyLlama(path("toy"), test::dividing());
        convert("toy", {{"id", "gguf"}});
        copyWithout("bitprism.", "-", "llama.attention.head_count");
        QVERIFY(
            complaintOf([&] { io::Checkpoint(path("foreign.gguf")); }).isBadInputNaming("heads"));
    }

    void aCancelledExportLeavesNothing()
    {
        test::writeToyLlama(path("toy"), test::dividing());
        std::stop_source stop;
        stop.request_stop();
        JobContext context(0, stop.get_token());
        const CheckpointSubject subject(path("toy"), true);
        const test::Complaint complaint
            = complaintOf([&] { exportTo("gguf", subject, path("out.gguf"), context); });
        QVERIFY(complaint.code == ErrorCode::Cancelled);
        int files = 0;
        for ([[maybe_unused]] const auto &entry :
             fs::directory_iterator(m_folder->path().toStdString())) {
            ++files;
        }
        QCOMPARE(files, 1); // the toy alone
    }

private:
    fs::path path(const char *name) const
    {
        return fs::path(m_folder->path().toStdString()) / name;
    }

    void convert(const char *model, const Json &request) const
    {
        JobContext context;
        const CheckpointSubject subject(path(model), /*keepsCodes=*/true);
        const std::int64_t predicted = predictedExportBytes(request, subject);
        const std::int64_t bytes = exportTo(request, subject, path("out.gguf"), context);
        QCOMPARE(predicted, bytes);
        QCOMPARE(bytes, static_cast<std::int64_t>(fs::file_size(path("out.gguf"))));
    }

    void compareCodes(const CodedSubject &subject) const
    {
        const CheckpointSubject imported(path("out.gguf"), true);
        for (const LayerInfo &layer : subject.info().layers) {
            const auto expected
                = std::dynamic_pointer_cast<const GgmlWeight>(subject.codes(layer.tensor));
            if (expected == nullptr) {
                continue;
            }
            const QuantizedWeightPtr codes = imported.codes(layer.tensor);
            if (isPlain(expected->type())) {
                QVERIFY(codes == nullptr);
            } else {
                const auto found = std::dynamic_pointer_cast<const GgmlWeight>(codes);
                QVERIFY(found != nullptr);
                QVERIFY(found->type() == expected->type());
                QVERIFY(found->blocks() == expected->blocks());
            }
            QVERIFY(imported.checkpoint().readFloat(layer.tensor) == *subject.values(layer.tensor));
        }
    }

    /// The written file as another program would have made it: without the keys that begin with
    /// `first` or `second`, and with `halved` set to 3.
    void copyWithout(std::string_view first, std::string_view second, std::string_view odd = "-")
    {
        const io::GgufFile file(path("out.gguf"));
        io::GgufMetadata metadata;
        for (const auto &[key, value] : file.metadata()) {
            if (key == odd) {
                metadata.emplace_back(key, std::uint32_t{3});
            } else if (!key.starts_with(first) && !key.starts_with(second)) {
                metadata.emplace_back(key, value);
            }
        }
        copyTensors(file, metadata, 0, file.tensors().size(), path("foreign.gguf"));
    }

    static void copyTensors(const io::GgufFile &file, const io::GgufMetadata &metadata,
                            std::size_t begin, std::size_t end, const fs::path &target)
    {
        std::vector<io::GgufDeclaration> declarations;
        for (std::size_t i = begin; i < end; ++i) {
            const io::GgufTensor &tensor = file.tensors()[i];
            declarations.push_back({tensor.name, tensor.type->id, tensor.shape});
        }
        io::GgufWriter writer(target, metadata, declarations);
        for (std::size_t i = begin; i < end; ++i) {
            std::vector<std::byte> bytes(file.tensors()[i].bytes);
            file.read(file.tensors()[i], bytes);
            writer.write(bytes);
        }
        writer.commit();
    }

    void split()
    {
        const io::GgufFile file(path("out.gguf"));
        const std::size_t half = file.tensors().size() / 2;
        io::GgufMetadata metadata = file.metadata();
        metadata.emplace_back("split.no", std::uint16_t{0});
        copyTensors(file, metadata, 0, half, path("part-00001-of-00002.gguf"));
        copyTensors(file, {{"split.no", std::uint16_t{1}}}, half, file.tensors().size(),
                    path("part-00002-of-00002.gguf"));
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstGgufFormat);
#include "tst_gguf_format.moc"
