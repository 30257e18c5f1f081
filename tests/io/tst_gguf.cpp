// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <cstring>
#include <fstream>
#include <sstream>

using namespace bitprism;
using namespace bitprism::io;
using test::complaintOf;

namespace {

/// Builds a file by hand, field by field, independently of the writer.
class Bytes
{
public:
    template <typename T> Bytes &put(T value)
    {
        const char *first = reinterpret_cast<const char *>(&value);
        text.append(first, sizeof value);
        return *this;
    }
    Bytes &putText(const std::string &value)
    {
        put<std::uint64_t>(value.size());
        text += value;
        return *this;
    }
    Bytes &pad(std::size_t alignment)
    {
        text.resize((text.size() + alignment - 1) / alignment * alignment, '\0');
        return *this;
    }

    std::string text;
};

/// What a hand-built file says; each damaged case changes one field.
struct Fields
{
    std::string magic = "GGUF";
    std::uint32_t version = 3;
    std::uint64_t tensors = 2;
    std::uint64_t keys = 2;
    std::string key = "a.number";
    std::uint32_t keyType = 4;
    std::string secondKey = "a.list";
    std::uint32_t elementType = 8;
    std::uint64_t elements = 2;
    std::string name = "first.weight";
    std::uint32_t dimensions = 2;
    std::uint64_t columns = 32;
    std::uint64_t rows = 2;
    std::uint32_t type = 2; // Q4_0
    std::uint64_t offset = 0;
    std::string secondName = "second";
    std::uint64_t secondOffset = 64; // 2 blocks of 18 bytes, padded
    std::size_t dataBytes = 96;
};

std::string built(const Fields &f)
{
    Bytes bytes;
    bytes.text = f.magic;
    bytes.put(f.version).put(f.tensors).put(f.keys);
    bytes.putText(f.key).put(f.keyType).put<std::uint32_t>(7);
    bytes.putText(f.secondKey).put<std::uint32_t>(9).put(f.elementType).put(f.elements);
    bytes.putText("x").putText("yy");
    bytes.putText(f.name).put(f.dimensions).put(f.columns).put(f.rows).put(f.type).put(f.offset);
    bytes.putText(f.secondName).put<std::uint32_t>(1).put<std::uint64_t>(8).put<std::uint32_t>(0);
    bytes.put(f.secondOffset);
    bytes.pad(32);
    bytes.text.append(f.dataBytes, '\x5a');
    return bytes.text;
}

} // namespace

class TstGguf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void readsAFileBuiltByHand()
    {
        const GgufFile file(written(built({})));
        QCOMPARE(file.integer("a.number"), std::optional<std::int64_t>(7));
        QVERIFY(file.array("a.list")->texts == (std::vector<std::string>{"x", "yy"}));
        QCOMPARE(file.tensors().size(), std::size_t(2));
        const GgufTensor *tensor = file.find("first.weight");
        QVERIFY(tensor != nullptr);
        QVERIFY(tensor->shape == (std::vector<std::int64_t>{2, 32})); // dimensions in reverse
        QCOMPARE(tensor->bytes, std::uint64_t(36));
        QCOMPARE(tensor->type->name, std::string_view("Q4_0"));
        std::vector<std::byte> data(36);
        file.read(*tensor, data);
        QVERIFY(data[35] == std::byte(0x5a));
        QVERIFY(!file.value("nothing"));
        QVERIFY(complaintOf([&] { file.text("a.number"); }).isBadInputNaming("a.number"));
    }

    void refusesEachDamagedField_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto add = [](const char *name, auto change) {
            Fields fields;
            change(fields);
            QTest::newRow(name) << QByteArray::fromStdString(built(fields));
        };
        add("magic", [](Fields &f) { f.magic = "GGML"; });
        add("version 1", [](Fields &f) { f.version = 1; });
        add("big-endian", [](Fields &f) { f.version = 0x03000000; });
        add("too many tensors", [](Fields &f) { f.tensors = std::uint64_t{1} << 60; });
        add("one tensor more", [](Fields &f) { f.tensors = 3; });
        add("too many keys", [](Fields &f) { f.keys = std::uint64_t{1} << 60; });
        add("one key more", [](Fields &f) { f.keys = 3; });
        add("empty key", [](Fields &f) { f.key.clear(); });
        add("long key", [](Fields &f) { f.key = std::string(65536, 'k'); });
        add("repeated key", [](Fields &f) { f.secondKey = f.key; });
        add("unknown value type", [](Fields &f) { f.keyType = 13; });
        add("flag that is 7", [](Fields &f) { f.keyType = 7; });
        add("array of arrays", [](Fields &f) { f.elementType = 9; });
        add("array of nothing known", [](Fields &f) { f.elementType = 99; });
        add("endless array", [](Fields &f) { f.elements = std::uint64_t{1} << 61; });
        add("no name", [](Fields &f) { f.name.clear(); });
        add("name of 64 bytes", [](Fields &f) { f.name = std::string(64, 'n'); });
        add("name that is no text", [](Fields &f) { f.name = "\xff\xfe"; });
        add("the same name", [](Fields &f) { f.secondName = f.name; });
        add("no dimensions", [](Fields &f) { f.dimensions = 0; });
        add("five dimensions", [](Fields &f) { f.dimensions = 5; });
        add("zero rows", [](Fields &f) { f.rows = 0; });
        add("overflowing rows", [](Fields &f) { f.rows = std::uint64_t{1} << 60; });
        add("product that overflows", [](Fields &f) {
            f.rows = std::uint64_t{1} << 32;
            f.columns = std::uint64_t{1} << 32;
        });
        add("half a block", [](Fields &f) { f.columns = 16; });
        add("retired type", [](Fields &f) { f.type = 4; });
        add("unknown type", [](Fields &f) { f.type = 1000; });
        add("gap before the first", [](Fields &f) { f.offset = 32; });
        add("gap before the second", [](Fields &f) { f.secondOffset = 96; });
        add("overlap", [](Fields &f) { f.secondOffset = 32; });
        add("data cut off", [](Fields &f) { f.dataBytes = 80; });
    }

    void refusesEachDamagedField()
    {
        QFETCH(QByteArray, bytes);
        const std::string path = written(bytes.toStdString());
        const test::Complaint complaint = complaintOf([&] { GgufFile{path}; });
        QVERIFY2(complaint.isBadInputNaming("file.gguf"), complaint.text.c_str());
        QCOMPARE(complaint.text.find('\n'), std::string::npos);
    }

    /// Elements are wider in memory than in the file: a small file may not ask for gigabytes.
    void namesTheTensorThatLiesWrongAndItsNeighbour()
    {
        Fields fields;
        fields.secondOffset = 32;
        const std::string path = written(built(fields));
        const test::Complaint complaint = complaintOf([&] { GgufFile{path}; });
        QVERIFY2(
            complaint.isBadInputNaming("\"second\" does not begin where \"first.weight\" ends"),
            complaint.text.c_str());
    }

    void refusesArraysThatWouldFillTheMemory_data()
    {
        QTest::addColumn<quint32>("elementType");
        QTest::addColumn<quint64>("elements");
        QTest::newRow("bytes") << quint32{0} << quint64{33'554'433};
        QTest::newRow("texts") << quint32{8} << quint64{8'388'609};
    }

    void refusesArraysThatWouldFillTheMemory()
    {
        QFETCH(quint32, elementType);
        QFETCH(quint64, elements);
        Bytes bytes;
        bytes.text = "GGUF";
        bytes.put<std::uint32_t>(3).put<std::uint64_t>(0).put<std::uint64_t>(1);
        bytes.putText("a.list").put<std::uint32_t>(9).put(elementType).put(elements);
        const std::string path = written(bytes.text);
        std::filesystem::resize_file(path, std::uintmax_t{68} << 20); // a hole: zeros
        const test::Complaint complaint = complaintOf([&] { GgufFile{path}; });
        QVERIFY2(complaint.isBadInputNaming("a.list"), complaint.text.c_str());
    }

    void refusesAFileCutAnywhere()
    {
        const std::string whole = built({});
        for (std::size_t size = 0; size < whole.size(); ++size) {
            if (size >= whole.size() - 32 + 0 && size >= headerAnd(64 + 32)) {
                break; // what follows the last tensor's data is padding
            }
            const std::string path = written(whole.substr(0, size));
            QVERIFY(complaintOf([&] { GgufFile{path}; }).isBadInputNaming("file.gguf"));
        }
    }

    void writtenFilesReadBack()
    {
        const GgufMetadata metadata{{"general.architecture", std::string("llama")},
                                    {"u8", std::uint8_t{200}},
                                    {"i8", std::int8_t{-5}},
                                    {"u16", std::uint16_t{60000}},
                                    {"i16", std::int16_t{-30000}},
                                    {"u32", std::uint32_t{4000000000}},
                                    {"i32", std::int32_t{-2000000000}},
                                    {"f32", 0.1F},
                                    {"flag", true},
                                    {"u64", std::uint64_t{1} << 40},
                                    {"i64", -(std::int64_t{1} << 40)},
                                    {"f64", 0.1},
                                    {"texts", GgufArray::ofTexts({"a", "", "\u2581b"})},
                                    {"numbers", GgufArray::ofInt32({1, -2, 3})},
                                    {"reals", GgufArray::ofFloat32({0.5, -1.25})}};
        const std::vector<GgufDeclaration> tensors{
            {"m", 8, {3, 64}}, {"v", 0, {5}}, {"half", 1, {1, 1}}};
        const std::string path = m_folder->path().toStdString() + "/file.gguf";
        std::vector<std::vector<std::byte>> data;
        GgufWriter writer(path, metadata, tensors);
        for (const GgufDeclaration &tensor : tensors) {
            data.emplace_back(ggufDataBytes(tensor), std::byte(data.size() + 1));
            const std::span<const std::byte> bytes = data.back();
            writer.write(bytes.first(1)); // in pieces
            writer.write(bytes.subspan(1));
        }
        QVERIFY(!std::filesystem::exists(path)); // not before it is complete
        writer.commit();
        QCOMPARE(std::filesystem::file_size(path), ggufFileBytes(metadata, tensors));
        QCOMPARE(writer.fileBytes(), ggufFileBytes(metadata, tensors));
        const GgufFile file(path);
        QVERIFY(file.metadata() == metadata);
        for (std::size_t i = 0; i < tensors.size(); ++i) {
            const GgufTensor &tensor = file.tensors()[i];
            QCOMPARE(tensor.name, tensors[i].name);
            QVERIFY(tensor.shape == tensors[i].shape);
            QCOMPARE(tensor.begin % 32, std::uint64_t(0));
            std::vector<std::byte> bytes(tensor.bytes);
            file.read(tensor, bytes);
            QVERIFY(bytes == data[i]);
        }
    }

    void refusesNamesThatReadersRefuse()
    {
        const std::string path = m_folder->path().toStdString() + "/long.gguf";
        const std::string name(64, 'n');
        QVERIFY(complaintOf([&] {
                    GgufWriter(path, {}, {{name, 0, {1}}});
                }).isBadInputNaming(name));
        QVERIFY(!std::filesystem::exists(path));
    }

    void findsThePartsOfASplitFile()
    {
        const std::string stem = m_folder->path().toStdString() + "/m";
        for (const char *part : {"-00001-of-00002.gguf", "-00002-of-00002.gguf"}) {
            std::ofstream(stem + part) << "GGUF";
        }
        QCOMPARE(ggufParts(stem + "-00001-of-00002.gguf").size(), std::size_t(2));
        QCOMPARE(ggufParts(stem + ".gguf").size(), std::size_t(1));
        QVERIFY(complaintOf([&] {
                    ggufParts(stem + "-00002-of-00002.gguf");
                }).isBadInputNaming("-00001-of-00002.gguf"));
        std::filesystem::remove(stem + "-00002-of-00002.gguf");
        QVERIFY(complaintOf([&] {
                    ggufParts(stem + "-00001-of-00002.gguf");
                }).isBadInputNaming("-00002-of-00002.gguf"));
    }

    void readsRealFiles()
    {
        const std::string folder = test::sharedData("tokenizers/gguf");
        if (folder.empty()) {
            QSKIP("no shared data");
        }
        const GgufFile file(folder + "/ggml-vocab-phi-3.gguf");
        QCOMPARE(file.text("general.architecture"), std::optional<std::string>("phi3"));
        QCOMPARE(file.integer("phi3.block_count"), std::optional<std::int64_t>(32));
        QCOMPARE(file.array("tokenizer.ggml.scores")->reals.size(), std::size_t(32064));
        QCOMPARE(file.flag("tokenizer.ggml.add_bos_token"), std::optional<bool>(true));
    }

private:
    static std::size_t headerAnd(std::size_t data) { return built({}).size() - 96 + data; }

    std::string written(const std::string &bytes) const
    {
        const std::string path = m_folder->path().toStdString() + "/file.gguf";
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        return path;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstGguf);
#include "tst_gguf.moc"
