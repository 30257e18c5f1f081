// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/export/importance.h"
#include "core/io/gguf.h"
#include "core/io/json_reader.h"
#include "tests/formats/coded_subject.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>

using namespace bitprism;
using test::CodedSubject;
using test::complaintOf;

namespace fs = std::filesystem;

namespace {

/// What a value of a configuration is replaced by, one at a time; a pointer to nothing: removed.
const char *const otherValues[]
    = {nullptr, "null",          "true", R"("text")", "-1", "0",        "3",
       "2.5",   "1000000000000", "[]",   "[0]",       "{}", R"({"":1})"};

void addPlaces(const Json &json, const Json::json_pointer &at, std::vector<Json::json_pointer> &to)
{
    to.push_back(at);
    if (json.is_structured()) {
        for (const auto &[key, value] : json.items()) {
            addPlaces(value, json.is_array() ? at / std::stoul(key) : at / key, to);
        }
    }
}

void removeAt(Json &json, const Json::json_pointer &place)
{
    Json &parent = json[place.parent_pointer()];
    if (parent.is_array()) {
        parent.erase(std::stoul(place.back()));
    } else {
        parent.erase(place.back());
    }
}

std::string textOf(const fs::path &file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const fs::path &file, const std::string &text)
{
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

} // namespace

/// Files damaged in one place: each field of a header in turn. Whatever is read of them, it is read
/// as a whole or refused in one line that names where it lies.
class TstDamagedFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        test::ToyLlama toy = test::dividing();
        toy.hasTokenizer = false; // its words are no fields
        test::writeToyLlama(path("toy"), toy);
    }

    void eachValueOfAQuantizationConfig_data() { addFolderFormats(); }

    void eachValueOfAQuantizationConfig()
    {
        writeCoded();
        const Json config = io::readJsonFile(path("coded") / "config.json");
        std::vector<Json::json_pointer> places;
        addPlaces(config["quantization_config"], Json::json_pointer("/quantization_config"),
                  places);
        QVERIFY(places.size() > 6);
        int refused = 0;
        for (const Json::json_pointer &place : places) {
            for (const char *value : otherValues) {
                Json changed = config;
                if (value == nullptr) {
                    removeAt(changed, place);
                } else {
                    changed[place] = Json::parse(value);
                }
                write(path("coded") / "config.json", changed.dump());
                refused += readOrRefused(path("coded"), place.to_string(), value) ? 0 : 1;
                if (QTest::currentTestFailed()) {
                    return;
                }
            }
        }
        QVERIFY(refused >= 10); // where a value decides about the layout
    }

    /// What the configuration says must be what the tensors show: other programs go by it.
    void contradictionsAreNamed_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("value");
        const auto add = [](const char *format, const char *place, const char *value) {
            QTest::addRow("%s %s %s", format, place, value)
                << format << QString("/quantization_config/") + place << value;
        };
        for (const char *value : {"-1", "0", "3", "8", "1000000000000", "\"x\"", "null"}) {
            add("gptq", "bits", value);
            add("awq", "bits", value);
            add("compressed-tensors", "config_groups/group_0/weights/num_bits", value);
        }
        for (const char *value : {"0", "3", "-2", "64", "\"x\""}) {
            add("gptq", "group_size", value);
            add("awq", "group_size", value);
            add("compressed-tensors", "config_groups/group_0/weights/group_size", value);
        }
        add("gptq", "sym", "true");
        add("gptq", "sym", "\"x\"");
        add("gptq", "desc_act", "\"x\"");
        add("gptq", "pack_dtype", "\"int16\"");
        add("awq", "zero_point", "false");
        add("awq", "zero_point", "\"x\"");
        add("compressed-tensors", "config_groups/group_0/weights/symmetric", "true");
        add("compressed-tensors", "config_groups/group_0/weights/strategy", "\"channel\"");
        add("compressed-tensors", "config_groups/group_0/weights/strategy", "\"nonsense\"");
        add("compressed-tensors", "config_groups/group_0/weights/type", "\"float\"");
        add("compressed-tensors", "config_groups/group_0/format", "\"nonsense\"");
        add("compressed-tensors", "config_groups/group_0/targets", "\"x\"");
    }

    void contradictionsAreNamed()
    {
        QFETCH(QString, place);
        QFETCH(QString, value);
        writeCoded();
        const Json config = io::readJsonFile(path("coded") / "config.json");
        Json changed = config;
        const Json::json_pointer where(place.toStdString());
        QVERIFY(changed.contains(where));
        changed[where] = Json::parse(value.toStdString());
        QVERIFY(changed != config);
        QVERIFY(readOrRefused(path("coded"), "as written", ""));
        write(path("coded") / "config.json", changed.dump());
        QVERIFY(!readOrRefused(path("coded"), place.toStdString(), value.toUtf8().constData()));
    }

    /// Layers that "dynamic" excepts have other widths and groups.
    void exceptionsAreNoContradictions()
    {
        const CodedSubject subject(
            path("toy"), [&](const LayerInfo &layer, MatrixView<const float> weights) {
                GridOptions options;
                options.bits = layer.kind == "mlp_down" ? 8 : 4;
                options.groupSize = layer.kind == "mlp_down" ? 16 : 32;
                options.rule
                    = layer.kind == "attention_out" ? RangeRule::GptqSym : RangeRule::GptqAsym;
                return test::uniformCodes(weights, options);
            });
        for (const char *format : {"gptq", "compressed-tensors"}) {
            JobContext context;
            exportTo(format, subject, path(format), context);
            QVERIFY(readOrRefused(path(format), format, ""));
        }
    }

    void bytesBehindTheEndAreRefused()
    {
        JobContext context;
        const CheckpointSubject subject(path("toy"), true);
        exportTo({{"id", "gguf"}, {"type", "q4_0"}}, subject, path("m.gguf"), context);
        const std::string whole = textOf(path("m.gguf"));
        write(path("longer.gguf"), whole + "more");
        QVERIFY(complaintOf([&] {
                    io::GgufFile{path("longer.gguf")};
                }).isBadInputNaming("4 bytes behind"));
        const io::GgufFile file(path("m.gguf"));
        const io::GgufTensor &last = file.tensors().back();
        write(path("unpadded.gguf"), whole.substr(0, last.begin + last.bytes));
        QVERIFY(readOrRefused(path("unpadded.gguf"), "last padding", nullptr));
    }

    void eachTensorOfAQuantizedLayer_data() { addFolderFormats(); }

    void eachTensorOfAQuantizedLayer()
    {
        writeCoded();
        const fs::path file = path("coded") / "model.safetensors";
        const std::string whole = textOf(file);
        std::uint64_t length = 0;
        std::memcpy(&length, whole.data(), sizeof length);
        const Json header = Json::parse(whole.substr(sizeof length, length));
        const std::string module = "model.layers.0.mlp.down_proj.";
        for (const auto &[name, entry] : header.items()) {
            if (!name.starts_with(module)) {
                continue;
            }
            std::vector<Json> changes;
            for (const char *dtype : {"F32", "F16", "BF16", "I32", "I64", "U8", "F8_E4M3", "X"}) {
                changes.push_back({{"dtype", dtype}});
            }
            Json shape = entry["shape"];
            std::reverse(shape.begin(), shape.end());
            for (const Json &other : {shape, Json::array(), Json{1}, Json{-1, -1}, Json{0, 7},
                                      Json{std::uint64_t{1} << 40, std::uint64_t{1} << 40}}) {
                changes.push_back({{"shape", other}});
            }
            for (const Json &other :
                 {Json{0, 0}, Json{8, 4}, Json{0, std::uint64_t{1} << 60}, Json{-4, 4}, Json{0}}) {
                changes.push_back({{"data_offsets", other}});
            }
            for (const Json &change : changes) {
                Json changed = header;
                changed[name].update(change);
                write(file, packed(changed, whole.substr(sizeof length + length)));
                readOrRefused(path("coded"), name, change.dump().c_str());
                if (QTest::currentTestFailed()) {
                    return;
                }
            }
            Json changed = header;
            changed.erase(name); // its bytes stay as a hole, which is damage too
            write(file, packed(changed, whole.substr(sizeof length + length)));
            QVERIFY(!readOrRefused(path("coded"), name, "erased"));
        }
    }

    /// Each byte of the header: counts, lengths, types, dimensions, offsets, keys and values.
    void eachByteOfAGgufHeader()
    {
        JobContext context;
        const CheckpointSubject subject(path("toy"), true);
        exportTo({{"id", "gguf"}, {"type", "q4_0"}}, subject, path("m.gguf"), context);
        const std::string whole = textOf(path("m.gguf"));
        const auto header
            = static_cast<std::size_t>(io::GgufFile(path("m.gguf")).tensors().front().begin);
        int refused = 0;
        for (std::size_t i = 0; i < header; ++i) {
            for (const char flip : {'\x01', '\x80'}) {
                std::string changed = whole;
                changed[i] = static_cast<char>(changed[i] ^ flip);
                write(path("d.gguf"), changed);
                refused += readOrRefused(path("d.gguf"), std::to_string(i), "byte") ? 0 : 1;
                if (QTest::currentTestFailed()) {
                    return;
                }
            }
        }
        QVERIFY(refused > static_cast<int>(header) / 2);
    }

    void eachByteOfAnImportanceMatrix_data()
    {
        QTest::addColumn<bool>("legacy");
        QTest::newRow("GGUF") << false;
        QTest::newRow("older") << true;
    }

    void eachByteOfAnImportanceMatrix()
    {
        QFETCH(bool, legacy);
        ImportanceMatrix matrix;
        matrix.datasets = {"text.txt"};
        matrix.chunkCount = 3;
        matrix.chunkSize = 512;
        matrix.entries["blk.0.ffn_up.weight"] = {{4, 2, 1, 0}, 2};
        matrix.entries["blk.0.attn_q.weight"] = {{0.25F, 0.5F}, 8};
        if (legacy) {
            writeLegacyImportance(matrix, path("m"));
        } else {
            writeImportance(matrix, path("m"));
        }
        const std::string whole = textOf(path("m"));
        for (std::size_t i = 0; i < whole.size(); ++i) {
            for (const char flip : {'\x01', '\x40', '\x80', '\x7f'}) {
                std::string changed = whole;
                changed[i] = static_cast<char>(changed[i] ^ flip);
                write(path("d"), changed);
                const test::Complaint complaint = complaintOf([&] { readImportance(path("d")); });
                QVERIFY2(!complaint.code || complaint.isBadInputNaming(path("d").string()),
                         complaint.text.c_str());
                QCOMPARE(complaint.text.find('\n'), std::string::npos);
            }
        }
    }

private:
    fs::path path(const char *name) const
    {
        return fs::path(m_folder->path().toStdString()) / name;
    }

    static void addFolderFormats()
    {
        QTest::addColumn<QString>("format");
        for (const char *format : {"gptq", "awq", "compressed-tensors"}) {
            QTest::newRow(format) << format;
        }
    }

    void writeCoded() const
    {
        QFETCH(QString, format);
        GridOptions options;
        options.groupSize = 32;
        const CodedSubject subject(path("toy"),
                                   [&](const LayerInfo &, MatrixView<const float> weights) {
                                       return test::uniformCodes(weights, options);
                                   });
        JobContext context;
        exportTo(format.toStdString(), subject, path("coded"), context);
    }

    static std::string packed(const Json &header, const std::string &data)
    {
        const std::string text = header.dump();
        const auto length = static_cast<std::uint64_t>(text.size());
        return std::string(reinterpret_cast<const char *>(&length), sizeof length) + text + data;
    }

    /// Reads everything that `file` holds; false where it was refused. Fails the test for a refusal
    /// that is not a line naming the file.
    static bool readOrRefused(const fs::path &file, const std::string &place, const char *value)
    {
        const test::Complaint complaint = complaintOf([&] {
            const CheckpointSubject subject(file, /*keepsCodes=*/true);
            for (const LayerInfo &layer : subject.info().layers) {
                static_cast<void>(subject.codes(layer.tensor));
                static_cast<void>(subject.checkpoint().readFloat(layer.tensor));
            }
        });
        const std::string what
            = place + " = " + (value == nullptr ? "removed" : value) + ": " + complaint.text;
        const bool isClear = !complaint.code
            || (complaint.code == ErrorCode::BadInput
                && complaint.text.find(file.string()) != std::string::npos
                && complaint.text.find('\n') == std::string::npos);
        [&] { QVERIFY2(isClear, what.c_str()); }();
        return !complaint.code;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstDamagedFiles);
#include "tst_damaged_files.moc"
