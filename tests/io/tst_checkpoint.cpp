// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "core/io/checkpoint.h"
#include "core/io/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_checkpoint.h"

#include <nlohmann/json.hpp>

#include <limits>

using namespace bitprism;
using io::Checkpoint;
using io::Dtype;
using test::Complaint;
using test::complaintOf;
namespace fs = std::filesystem;

class TstCheckpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void shardsReadLikeOneFile()
    {
        test::writeToyLlama(inFolder("one"));
        test::writeToyLlama(inFolder("three"), {.shards = 3});
        const Checkpoint one(inFolder("one"));
        const Checkpoint three(inFolder("three"));
        QCOMPARE(one.tensors().size(), three.tensors().size());
        QCOMPARE(one.bytes(), three.bytes());
        for (const io::TensorInfo &tensor : one.tensors()) {
            QVERIFY(three.find(tensor.name)->shape == tensor.shape);
            QVERIFY(one.readFloat(tensor.name) == three.readFloat(tensor.name));
            QVERIFY(one.readRaw(tensor.name) == three.readRaw(tensor.name));
        }
        three.announce("lm_head.weight");
        QVERIFY(one.find("nothing") == nullptr);
        QVERIFY(complaintOf([&] { one.readFloat("nothing"); }).isBadInputNaming("\"nothing\""));
    }

    void followsSymbolicLinksAsInACache()
    {
        test::writeToyLlama(inFolder("blobs"));
        fs::create_directory(inFolder("snapshot"));
        for (const char *name : {"config.json", "model.safetensors"}) {
            fs::create_symlink(fs::path("../blobs") / name, inFolder("snapshot") / name);
        }
        QVERIFY(!Checkpoint(inFolder("snapshot")).tensors().empty());
    }

    void namesALinkWhoseTargetIsGone()
    {
        test::writeToyLlama(inFolder("blobs"));
        fs::create_directory(inFolder("snapshot"));
        fs::create_symlink("../blobs/config.json", inFolder("snapshot") / "config.json");
        fs::create_symlink("../blobs/gone", inFolder("snapshot") / "model.safetensors");
        const Complaint weights = complaintOf([&] { Checkpoint(inFolder("snapshot")); });
        QVERIFY2(weights.isBadInputNaming("model.safetensors is a link to ../blobs/gone"),
                 weights.text.c_str());
        const Complaint file
            = complaintOf([&] { io::File(inFolder("snapshot") / "model.safetensors"); });
        QVERIFY2(file.isBadInputNaming("is a link to ../blobs/gone"), file.text.c_str());
        fs::create_symlink("round", inFolder("round")); // to itself: that is another matter
        const Complaint round = complaintOf([&] { io::File(inFolder("round")); });
        QVERIFY2(round.isBadInputNaming("cannot be opened"), round.text.c_str());
    }

    void refusesWhatIsNoCheckpoint_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("words");
        QTest::newRow("missing") << "missing"
                                 << "no such folder";
        QTest::newRow("empty") << "empty"
                               << "neither model.safetensors";
        QTest::newRow("pickle folder") << "pickle"
                                       << "can run code";
        QTest::newRow("pickle file") << "pickle/pytorch_model.bin"
                                     << "can run code";
        QTest::newRow("gguf") << "model.gguf"
                              << "GGUF header is damaged";
        QTest::newRow("text") << "notes.txt"
                              << "not a checkpoint";
        QTest::newRow("no config") << "bare"
                                   << "config.json: no such file";
    }

    void refusesWhatIsNoCheckpoint()
    {
        QFETCH(QString, name);
        QFETCH(QString, words);
        fs::create_directory(inFolder("empty"));
        fs::create_directory(inFolder("pickle"));
        io::writeFileAtomically(inFolder("pickle") / "pytorch_model.bin", "x");
        io::writeFileAtomically(inFolder("model.gguf"), "GGUF");
        io::writeFileAtomically(inFolder("notes.txt"), "x");
        test::writeToyLlama(inFolder("bare"));
        fs::remove(inFolder("bare") / "config.json");
        expectRefusal(name.toStdString(), words.toStdString());
    }

    void refusesBadIndices_data()
    {
        QTest::addColumn<QString>("map");
        QTest::addColumn<QString>("words");
        QTest::newRow("outside") << R"({"a": "../m.safetensors"})"
                                 << "plain file name";
        QTest::newRow("absolute") << R"({"a": "/etc/passwd"})"
                                  << "plain file name";
        QTest::newRow("dots") << R"({"a": ".."})"
                              << "plain file name";
        QTest::newRow("number") << R"({"a": 1})"
                                << "plain file name";
        QTest::newRow("empty name") << R"({"a": ""})"
                                    << "plain file name";
        QTest::newRow("missing shards") << R"({"a": "m-1.safetensors", "b": "m-2.safetensors"})"
                                        << "missing: m-1.safetensors, m-2.safetensors";
        QTest::newRow("no tensors") << "{}"
                                    << "names no tensors";
        QTest::newRow("not a map") << "[]"
                                   << "weight_map";
        QTest::newRow("promise") << R"({"a": "model-00001-of-00002.safetensors"})"
                                 << "promises tensor \"a\"";
    }

    void refusesBadIndices()
    {
        QFETCH(QString, map);
        QFETCH(QString, words);
        test::writeToyLlama(inFolder("m"), {.shards = 2});
        io::writeFileAtomically(inFolder("m") / "model.safetensors.index.json",
                                R"({"weight_map": )" + map.toStdString() + "}");
        expectRefusal("m", words.toStdString());
    }

    void eightBitFloatsTakeTheirScales_data()
    {
        QTest::addColumn<QByteArray>("suffix");
        QTest::addColumn<std::vector<std::int64_t>>("shape");
        QTest::addColumn<std::vector<float>>("scales");
        QTest::addColumn<std::vector<float>>("expected");
        using Shape = std::vector<std::int64_t>;
        using Values = std::vector<float>;
        // Stored: ones in [3, 4]; the config says blocks of 2 x 3.
        QTest::newRow("none") << QByteArray("_other") << Shape{1} << Values{5} << Values(12, 1);
        QTest::newRow("one") << QByteArray("_scale") << Shape{} << Values{2} << Values(12, 2);
        QTest::newRow("one in a list")
            << QByteArray("_scale_inv") << Shape{1} << Values{3} << Values(12, 3);
        QTest::newRow("rows") << QByteArray("_scale") << Shape{3, 1} << Values{1, 2, 3}
                              << Values{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3};
        QTest::newRow("blocks") << QByteArray("_scale_inv") << Shape{2, 2} << Values{1, 2, 3, 4}
                                << Values{1, 1, 1, 2, 1, 1, 1, 2, 3, 3, 3, 4};
    }

    void eightBitFloatsTakeTheirScales()
    {
        QFETCH(QByteArray, suffix);
        QFETCH(std::vector<std::int64_t>, shape);
        QFETCH(std::vector<float>, scales);
        QFETCH(std::vector<float>, expected);
        writeEightBit(suffix.toStdString(), shape, scales);
        QVERIFY(Checkpoint(inFolder("f8")).readFloat("w.weight") == expected);
    }

    void scalesThatDoNotFitAreRefused()
    {
        writeEightBit("_scale", {5, 1}, {1, 2, 3, 4, 5});
        const Checkpoint checkpoint(inFolder("f8"));
        const Complaint complaint = complaintOf([&] { checkpoint.readFloat("w.weight"); });
        QVERIFY2(complaint.isBadInputNaming("w.weight_scale"), complaint.text.c_str());
    }

    void valuesThatAreNotFiniteAreNamed()
    {
        test::writeToyLlama(inFolder("m"));
        const Checkpoint checkpoint(inFolder("m"));
        std::vector<float> values = checkpoint.readFloat("model.norm.weight");
        checkpoint.requireFinite("model.norm.weight", values);
        values[3] = std::numeric_limits<float>::quiet_NaN();
        const Complaint complaint
            = complaintOf([&] { checkpoint.requireFinite("model.norm.weight", values); });
        QVERIFY2(complaint.isBadInputNaming("\"model.norm.weight\" holds NaN at index 3"),
                 complaint.text.c_str());
    }

    void readingEndsWithTheWorkItBelongsTo_data()
    {
        QTest::addColumn<bool>("isHalf");
        QTest::newRow("F32") << false;
        QTest::newRow("BF16") << true;
    }

    void readingEndsWithTheWorkItBelongsTo()
    {
        QFETCH(bool, isHalf);
        test::writeToyLlama(inFolder("m"), {.dtype = isHalf ? Dtype::BF16 : Dtype::F32});
        const Checkpoint checkpoint(inFolder("m"));
        std::stop_source work;
        const CancellationScope scope(work.get_token());
        QVERIFY(!checkpoint.readFloat("model.norm.weight").empty());
        work.request_stop();
        QVERIFY(complaintOf([&] { checkpoint.readFloat("model.norm.weight"); }).code
                == ErrorCode::Cancelled);
    }

    void realModelReads()
    {
        const std::string folder = test::sharedData("stories260k");
        if (folder.empty()) {
            QSKIP("real data are absent");
        }
        const Checkpoint checkpoint(folder);
        QCOMPARE(checkpoint.bytes(), std::uint64_t{260032 * 4});
        QVERIFY(checkpoint.tokenizerPath().has_value());
        const std::string name = "model.layers.4.mlp.down_proj.weight";
        checkpoint.requireFinite(name, checkpoint.readFloat(name));
    }

private:
    fs::path inFolder(const std::string &name) const
    {
        return fs::path(m_folder->path().toStdString()) / name;
    }

    void expectRefusal(const std::string &name, const std::string &words) const
    {
        const Complaint complaint = complaintOf([&] { Checkpoint checkpoint(inFolder(name)); });
        QVERIFY2(complaint.isBadInputNaming(words), complaint.text.c_str());
    }

    void writeEightBit(const std::string &suffix, const std::vector<std::int64_t> &shape,
                       const std::vector<float> &scales) const
    {
        fs::create_directories(inFolder("f8"));
        io::writeFileAtomically(
            inFolder("f8") / "config.json",
            R"({"quantization_config": {"quant_method": "fp8", "weight_block_size": [2, 3]}})");
        io::SafetensorsWriter writer(
            inFolder("f8") / "model.safetensors",
            {{"w.weight", Dtype::F8E4M3, {3, 4}}, {"w.weight" + suffix, Dtype::F32, shape}});
        writer.write(std::vector<std::byte>(12, std::byte{0x38}));
        writer.writeFloats(scales);
        writer.commit();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstCheckpoint);
#include "tst_checkpoint.moc"
