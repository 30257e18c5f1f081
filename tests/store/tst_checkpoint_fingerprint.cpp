// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/companion_files.h"
#include "core/io/gguf.h"
#include "core/store/checkpoint_fingerprint.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <filesystem>

using namespace bitprism;
using store::checkpointFingerprint;

namespace fs = std::filesystem;

/// The identity of a checkpoint follows everything that a reader opens, and nothing else.
class TstCheckpointFingerprint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    /// Stored runs know their checkpoint by it, so it may not change with the program.
    void isTheSha256OfNamesSizesAndBytes()
    {
        write("config.json", "{}");
        write("model.safetensors", std::string(1000, 'w'));
        // SHA-256 of each file's name, NUL, size, NUL and bytes, by Python's hashlib.
        QCOMPARE(checkpointFingerprint(folder()),
                 std::string("844205993c82fe9f6e9fb8ab168f40ad1647ad3e5afbe14578d4c559b0431d53"));
        write("tokenizer.json", "{}");
        QCOMPARE(checkpointFingerprint(folder()),
                 std::string("2282d23647a7ff086a0e8d042f930ab68e8624db2258cf02dbf93fe79c57c005"));
    }

    void followsTheFilesOfEveryReader()
    {
        write("config.json", "{}");
        write("model.safetensors", "weights");
        using namespace io::companions;
        for (const std::string_view name :
             {tokenizer, tokenizerConfig, specialTokens, addedTokens, vocabulary, merges,
              wordPieces, sentencePieces, albertPieces, spellings, preprocessor, generation}) {
            const std::string earlier = checkpointFingerprint(folder());
            write(name, "what a reader opens");
            QVERIFY2(checkpointFingerprint(folder()) != earlier, name.data());
        }
        const std::string earlier = checkpointFingerprint(folder());
        write("LICENSE", "which no reader opens");
        QCOMPARE(checkpointFingerprint(folder()), earlier);
    }

    void followsTheTokenizerBesideAFile()
    {
        const fs::path file = folder() / "model.gguf";
        io::GgufWriter(file, {{"general.architecture", std::string("llama")}}, {}).commit();
        const std::string alone = checkpointFingerprint(file);
        write("config.json", "{}"); // which a file does not need
        QCOMPARE(checkpointFingerprint(file), alone);
        write("tokenizer.json", "{}");
        QVERIFY(checkpointFingerprint(file) != alone);
    }

private:
    fs::path folder() const { return m_folder->path().toStdString(); }

    void write(std::string_view name, const std::string &text) const
    {
        io::writeFileAtomically(folder() / name, text);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

BITPRISM_TEST(TstCheckpointFingerprint);
#include "tst_checkpoint_fingerprint.moc"
