// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cstring>

using namespace bitprism;
using io::Dtype;
using test::Complaint;
using test::complaintOf;
namespace fs = std::filesystem;

namespace {

std::string withLength(const std::string &header, const std::string &data,
                       std::optional<std::uint64_t> length = std::nullopt)
{
    const std::uint64_t bytes = length.value_or(header.size());
    std::string text(sizeof bytes, '\0');
    std::memcpy(text.data(), &bytes, sizeof bytes);
    return text + header + data;
}

/// One F32 tensor "a" of shape [2] with these offsets.
std::string entry(const char *dtype, const char *shape, const char *offsets)
{
    return std::string(R"("a":{"dtype":")") + dtype + R"(","shape":)" + shape
        + R"(,"data_offsets":)" + offsets + "}";
}

} // namespace

class TstSafetensors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void survivesWritingAndReading()
    {
        const std::vector<float> first{1, 2, 3, 4, 5, 6};
        const std::vector<float> second{0.5F, -0.25F};
        {
            io::SafetensorsWriter writer(path(),
                                         {{"z.weight", Dtype::F32, {2, 3}},
                                          {"a.weight", Dtype::BF16, {2}},
                                          {"scalar", Dtype::F32, {}},
                                          {"none", Dtype::F16, {0, 4}}},
                                         {{"maker", "test"}});
            writer.writeFloats(std::span(first).first(4));
            writer.writeFloats(std::span(first).subspan(4));
            writer.writeFloats(second);
            writer.writeFloats(std::vector<float>{7});
            writer.commit();
            QCOMPARE(writer.fileBytes(), static_cast<std::uint64_t>(fs::file_size(path())));
        }
        const io::SafetensorsFile file(path());
        QCOMPARE(file.metadata().at("format"), std::string("pt"));
        QCOMPARE(file.metadata().at("maker"), std::string("test"));
        QCOMPARE(file.tensors().size(), std::size_t{4});
        QCOMPARE(file.tensors()[0].name, std::string("z.weight"));
        QVERIFY(file.find("z.weight")->shape == (std::vector<std::int64_t>{2, 3}));
        QVERIFY(read(file, "z.weight") == first);
        QVERIFY(read(file, "a.weight") == second);
        QVERIFY(read(file, "scalar") == std::vector<float>{7});
        QVERIFY(read(file, "none").empty());
        QVERIFY(file.find("b") == nullptr);
        file.announce(*file.find("z.weight"));
    }

    void dataAreAligned()
    {
        const std::string header = io::safetensorsHeader({{"abc", Dtype::F32, {1}}}, {});
        QCOMPARE(header.size() % 8, std::size_t{0});
        QCOMPARE(header[8], '{');
    }

    void anUncommittedFileLeavesNothing()
    {
        {
            io::SafetensorsWriter writer(path(), {{"a", Dtype::F32, {2}}});
        }
        QVERIFY(!fs::exists(path()));
    }

    void commitAsksForEveryByte()
    {
        io::SafetensorsWriter writer(path(), {{"a", Dtype::F32, {2}}});
        writer.writeFloats(std::vector<float>{1});
        QVERIFY(complaintOf([&] { writer.commit(); }).code == ErrorCode::Internal);
        QVERIFY(!fs::exists(path()));
    }

    void refusesDamage_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("words");
        const auto add = [](const char *name, const std::string &content, const char *words) {
            QTest::newRow(name) << QByteArray::fromStdString(content) << QByteArray(words);
        };
        const std::string good = entry("F32", "[2]", "[0,8]");
        const std::string eight(8, '\0');
        add("empty file", "", "truncated");
        add("seven bytes", "1234567", "truncated");
        add("header longer than file", withLength("{}", "", 3), "truncated");
        add("huge header", withLength("{}", "", ~std::uint64_t{0}), "header of");
        add("header above 100 MB", withLength("{}", "", 100'000'001), "header of 100000001");
        add("no JSON", withLength("hello world", ""), "not valid JSON");
        add("an array", withLength("[]", ""), "not a JSON object");
        add("leading space", withLength(" {}", ""), "not a JSON object");
        add("invalid UTF-8", withLength("{\"\xff\":1}", ""), "invalid UTF-8");
        add("duplicate tensor", withLength("{" + good + "," + good + "}", eight), "stands twice");
        add("unknown dtype", withLength("{" + entry("F99", "[2]", "[0,8]") + "}", eight),
            "unknown dtype F99");
        add("wrong dtype size", withLength("{" + entry("F16", "[2]", "[0,8]") + "}", eight),
            "takes 4");
        add("negative dimension", withLength("{" + entry("F32", "[-2]", "[0,8]") + "}", eight),
            "list of dimensions");
        add("fraction", withLength("{" + entry("F32", "[2.0]", "[0,8]") + "}", eight),
            "list of dimensions");
        add("overflowing shape",
            withLength("{" + entry("F32", "[4294967296,4294967296]", "[0,8]") + "}", eight),
            "overflows");
        add("overflow to a plausible size",
            withLength("{" + entry("F32", "[9223372036854775807,9]", "[0,8]") + "}", eight),
            "overflows");
        add("seventeen dimensions",
            withLength("{" + entry("F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2]", "[0,8]") + "}",
                       eight),
            "list of dimensions");
        add("offsets reversed", withLength("{" + entry("F32", "[2]", "[8,0]") + "}", eight),
            "spans bytes");
        add("three offsets", withLength("{" + entry("F32", "[2]", "[0,8,9]") + "}", eight),
            "two positions");
        add("negative offset", withLength("{" + entry("F32", "[2]", "[-8,0]") + "}", eight),
            "two positions");
        add("beyond the file", withLength("{" + good + "}", "1234"), "truncated");
        add("wrapping offset",
            withLength("{" + entry("F32", "[2]", "[18446744073709551608,18446744073709551615]")
                           + "}",
                       eight),
            "spans bytes");
        add("bytes left over", withLength("{" + good + "}", eight + "x"), "belong to none");
        add("hole", withLength("{" + entry("F32", "[2]", "[8,16]") + "}", eight + eight),
            "unused bytes");
        add("overlap",
            withLength("{" + good + R"(,"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                       eight + "1234"),
            "overlaps");
        const std::string bad = R"("bad":{"dtype":"F32","shape":[2],"data_offsets":)";
        const std::string last = R"("z":{"dtype":"F32","shape":[2],"data_offsets":[16,24]})";
        add("the second of three moved up",
            withLength("{" + good + "," + bad + "[4,12]}," + last + "}", eight + eight + eight),
            R"("bad" at bytes 4 to 12 overlaps tensor "a" at 0 to 8)");
        add("the first of three moved down",
            withLength("{" + bad + "[4,12]}," + R"("a":{"dtype":"F32","shape":[2],)"
                           + R"("data_offsets":[8,16]},)" + last + "}",
                       eight + eight + eight),
            R"("bad" at bytes 4 to 12 overlaps tensor "a" at 8 to 16)");
        add("the first of three outside",
            withLength("{" + bad + "[96,104]}," + R"("a":{"dtype":"F32","shape":[2],)"
                           + R"("data_offsets":[8,16]},)" + last + "}",
                       eight + eight + eight),
            "\"bad\" ends 80 bytes behind");
        add("missing shape", withLength(R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", eight),
            "needs exactly");
        add("tensor is a number", withLength(R"({"a":1})", ""), "needs exactly");
        add("metadata of numbers", withLength(R"({"__metadata__":{"a":1}})", ""), "__metadata__");
    }

    void refusesDamage()
    {
        QFETCH(QByteArray, content);
        QFETCH(QByteArray, words);
        io::writeFileAtomically(path(), content.toStdString());
        const Complaint complaint = complaintOf([&] { io::SafetensorsFile file(path()); });
        QVERIFY2(complaint.isBadInputNaming(words.toStdString()), complaint.text.c_str());
        QVERIFY2(complaint.isBadInputNaming("t.safetensors"), complaint.text.c_str());
        QVERIFY2(complaint.text.find('\n') == std::string::npos, complaint.text.c_str());
    }

    void acceptsPaddingAndNoTensors()
    {
        io::writeFileAtomically(path(), withLength("{}      ", ""));
        QVERIFY(io::SafetensorsFile(path()).tensors().empty());
    }

    void everyTruncationIsRefused()
    {
        const std::string whole
            = withLength("{" + entry("F32", "[2]", "[0,8]") + "}", std::string(8, 'x'));
        for (std::size_t length = 0; length < whole.size(); ++length) {
            io::writeFileAtomically(path(), whole.substr(0, length));
            const Complaint complaint = complaintOf([&] { io::SafetensorsFile file(path()); });
            QVERIFY2(complaint.code == ErrorCode::BadInput, complaint.text.c_str());
        }
    }

private:
    fs::path path() const { return m_folder->filePath("t.safetensors").toStdString(); }

    static std::vector<float> read(const io::SafetensorsFile &file, const char *name)
    {
        const io::TensorInfo &tensor = *file.find(name);
        std::vector<std::byte> bytes(tensor.bytes);
        file.read(tensor, bytes);
        std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
        io::widen(tensor.dtype, bytes, values);
        return values;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstSafetensors);
#include "tst_safetensors.moc"
