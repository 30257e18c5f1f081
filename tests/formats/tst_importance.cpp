// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/export/importance.h"
#include "core/io/gguf.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/ggml_codec.h"
#include "tests/formats/coded_subject.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>

using namespace bitprism;
using test::complaintOf;

namespace fs = std::filesystem;

class TstImportance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void bothFormsComeBack_data()
    {
        QTest::addColumn<bool>("legacy");
        QTest::newRow("GGUF") << false;
        QTest::newRow("older") << true;
    }

    void bothFormsComeBack()
    {
        QFETCH(bool, legacy);
        const ImportanceMatrix matrix = example();
        if (legacy) {
            writeLegacyImportance(matrix, path("m"));
        } else {
            writeImportance(matrix, path("m"));
        }
        const ImportanceMatrix found = readImportance(path("m"));
        QCOMPARE(found.entries.size(), matrix.entries.size());
        for (const auto &[name, entry] : matrix.entries) {
            QVERIFY(found.entries.at(name).meanSquares == entry.meanSquares);
            QCOMPARE(found.entries.at(name).count, entry.count);
        }
        QVERIFY(found.datasets == matrix.datasets);
        QCOMPARE(found.chunkCount, matrix.chunkCount);
    }

    /// As llama.cpp lays it out: sums and counts apart, sorted by name.
    void writesTheKnownLayout()
    {
        writeImportance(example(), path("m"));
        const io::GgufFile file(path("m"));
        QCOMPARE(file.text("general.type"), std::optional<std::string>("imatrix"));
        const io::GgufTensor *sums = file.find("blk.0.ffn_up.weight.in_sum2");
        QVERIFY(sums != nullptr);
        QVERIFY(sums->shape == (std::vector<std::int64_t>{1, 4}));
        std::vector<float> values(4);
        file.read(*sums, std::as_writable_bytes(std::span(values)));
        QVERIFY(values == (std::vector<float>{8, 4, 2, 0}));
        QVERIFY(file.find("blk.0.ffn_up.weight.counts") != nullptr);
        QCOMPARE(file.tensors().front().name, std::string("blk.0.attn_q.weight.in_sum2"));
    }

    /// The older form by its bytes: Σx²/count times calls.
    void readsTheKnownLegacyBytes()
    {
        std::string bytes;
        const auto put = [&](auto value) {
            bytes.append(reinterpret_cast<const char *>(&value), sizeof value);
        };
        put(1);
        put(1);
        bytes += "w";
        put(4); // calls
        put(2); // values
        put(2.0F);
        put(6.0F);
        put(7); // chunks
        put(3);
        bytes += "set";
        std::ofstream(path("m"), std::ios::binary) << bytes;
        const ImportanceMatrix found = readImportance(path("m"));
        QVERIFY(found.of("w", 2) == (std::vector<float>{0.5F, 1.5F}));
        QCOMPARE(found.chunkCount, std::int64_t(7));
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            std::ofstream(path("m"), std::ios::binary | std::ios::trunc) << bytes.substr(0, size);
            const bool endsWhole = size == bytes.size() - 11; // without chunks: the oldest form
            QVERIFY(endsWhole
                    || complaintOf([&] { readImportance(path("m")); }).code == ErrorCode::BadInput);
        }
    }

    void refusesDamagedEntries()
    {
        ImportanceMatrix matrix = example();
        matrix.entries.begin()->second.meanSquares[0] = -1;
        writeImportance(matrix, path("m"));
        QVERIFY(complaintOf([&] { readImportance(path("m")); }).isBadInputNaming("in_sum2"));
        writeLegacyImportance(matrix, path("m"));
        QVERIFY(complaintOf([&] { readImportance(path("m")); }).isBadInputNaming("attn_q"));
        QVERIFY(complaintOf([&] {
                    example().of("blk.0.ffn_up.weight", 5);
                }).isBadInputNaming("belongs to another model"));
        QVERIFY(example().of("blk.9.ffn_up.weight", 5).empty());
    }

    /// An expert that saw no token: all columns alike.
    void noTokensMeanAllAlike()
    {
        ImportanceMatrix matrix = example();
        matrix.entries["blk.0.attn_q.weight"] = {{0, 0}, 0};
        writeImportance(matrix, path("m"));
        QVERIFY(readImportance(path("m")).of("blk.0.attn_q.weight", 2)
                == (std::vector<float>{1, 1}));
    }

    /// convert --imatrix weighs columns as a run with the same mean squares does.
    void weighsTheBlocksOfAConversion()
    {
        test::writeToyLlama(path("toy"), test::dividing());
        ImportanceMatrix matrix;
        std::vector<float> weights(64);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            weights[i] = i % 7 == 0 ? 100.0F : 0.01F;
        }
        matrix.entries["blk.0.ffn_up.weight"] = {weights, 1};
        writeImportance(matrix, path("m"));
        JobContext context;
        const CheckpointSubject subject(path("toy"), true);
        exportTo({{"id", "gguf"}, {"type", "q4_0"}, {"imatrix", path("m").string()}}, subject,
                 path("out.gguf"), context);
        const CheckpointSubject imported(path("out.gguf"), true);
        const std::string name = "model.layers.0.mlp.up_proj.weight";
        const auto found = std::dynamic_pointer_cast<const GgmlWeight>(imported.codes(name));
        const std::vector<float> stored = subject.checkpoint().readFloat(name);
        const MatrixView<const float> view(stored.data(), 96, 64);
        QVERIFY(found->blocks() == encodeGgml(GgmlType::Q4_0, view, weights));
        QVERIFY(found->blocks() != encodeGgml(GgmlType::Q4_0, view));
    }

private:
    fs::path path(const char *name) const
    {
        return fs::path(m_folder->path().toStdString()) / name;
    }

    static ImportanceMatrix example()
    {
        ImportanceMatrix matrix;
        matrix.datasets = {"text.txt"};
        matrix.chunkCount = 3;
        matrix.chunkSize = 512;
        matrix.entries["blk.0.ffn_up.weight"] = {{4, 2, 1, 0}, 2};
        matrix.entries["blk.0.attn_q.weight"] = {{0.25F, 0.5F}, 8};
        return matrix;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstImportance);
#include "tst_importance.moc"
