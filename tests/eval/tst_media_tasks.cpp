// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/cancellation.h"
#include "core/calib/feature_reader.h"
#include "core/eval/evaluate.h"
#include "core/eval/transcribe.h"
#include "core/jobs/registry.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_media_families.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

using namespace bitprism;
using namespace bitprism::test;

namespace {

namespace fs = std::filesystem;

/// Doubles one tensor.
class Doubled final : public WeightOverlay
{
public:
    Doubled(const Model &model, std::string name)
        : m_name(std::move(name))
        , m_value(model.loadTensor(m_name) * 2)
    {
    }
    std::optional<at::Tensor> tensor(const std::string &name) const override
    {
        return name == m_name ? std::optional(m_value) : std::nullopt;
    }

private:
    std::string m_name;
    at::Tensor m_value;
};

} // namespace

class TstMediaTasks : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Model> m_whisper;
    std::unique_ptr<Model> m_clip;
    std::shared_ptr<const tokenize::Tokenizer> m_whisperTokenizer;
    std::shared_ptr<const tokenize::Tokenizer> m_clipTokenizer;
    std::vector<std::string> m_said; ///< what the toy writes for the tones

    fs::path at(const std::string &name) const
    {
        return m_folder.path().toStdString() + "/" + name;
    }

    Evaluation measured(const Model &model, const tokenize::Tokenizer *tokenizer,
                        const Dataset &data, const std::string &task,
                        const Model *reference = nullptr, TokenLosses *losses = nullptr,
                        const std::string &params = {}) const
    {
        EvaluateOptions options;
        options.task = task;
        options.taskParams = params;
        options.reference = reference;
        options.losses = losses;
        JobContext context;
        return evaluate(model, tokenizer, data, options, context);
    }

    /// The tones with these transcripts.
    Dataset tones(const std::vector<std::string> &texts) const
    {
        std::vector<DataRecord> records;
        for (std::size_t i = 0; i < texts.size(); ++i) {
            DataRecord record;
            record.text = texts[i];
            record.file = at("tones") / ("1-2-" + std::to_string(i) + ".wav");
            records.push_back(record);
        }
        return Dataset::fromRecords(records, at("tones"));
    }

private Q_SLOTS:
    void initTestCase()
    {
        registerEngineComponents();
        writeToyWhisper(at("whisper"));
        writeToyClip(at("clip"));
        m_whisper = Model::open(at("whisper"));
        m_clip = Model::open(at("clip"));
        m_whisperTokenizer = tokenize::Tokenizer::open(at("whisper"));
        m_clipTokenizer = tokenize::Tokenizer::open(at("clip"));
        fs::create_directories(at("tones"));
        for (int i = 0; i < 3; ++i) {
            writeToyTone(at("tones") / ("1-2-" + std::to_string(i) + ".wav"), 300 + 400 * i, 16000);
        }
        TokenLosses losses;
        measured(*m_whisper, m_whisperTokenizer.get(), tones({"x", "x", "x"}), "wer", nullptr,
                 &losses, R"({"normalize": false})");
        for (const ScoredItem &item : losses.items) {
            m_said.push_back(item.hypothesis);
        }
        for (const char *name : {"cat", "dog_big"}) {
            fs::create_directories(at("images") / name);
            for (const char *file : {"rgb.png", "colour.jpg", "grey.png"}) {
                fs::copy_file(fs::path(sourceDir()) / "tests/data/media" / file,
                              at("images") / name / file);
            }
        }
    }

    void readingIsRefusedWhereMemoryIsShort_data()
    {
        QTest::addColumn<QString>("task");
        QTest::newRow("wer") << "wer";
        QTest::newRow("output-error") << "output-error";
        QTest::newRow("zero-shot-images") << "zero-shot-images";
    }

    void readingIsRefusedWhereMemoryIsShort()
    {
        QFETCH(QString, task);
        const bool isImages = task == "zero-shot-images";
        const Dataset data
            = isImages ? Dataset::open(at("images")) : tones({"first", "second", "third"});
        const Model &model = isImages ? *m_clip : *m_whisper;
        const auto metric = create<Metric>(task.toStdString(), Json::object(), "test");
        TaskInput input{data, model, isImages ? m_clipTokenizer.get() : m_whisperTokenizer.get()};
        std::vector<std::int64_t> asked;
        input.requireMemory = [&](std::int64_t bytes) { asked.push_back(bytes); };
        const ItemSet items = metric->items(input);
        std::int64_t taken = 0; // after the first
        for (std::size_t i = 1; i < items.items.size(); ++i) {
            taken += 4 * items.items[i].features.numel();
        }
        QCOMPARE(asked, std::vector<std::int64_t>{taken});
        input.requireMemory = [](std::int64_t) { throw std::runtime_error("too little"); };
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, metric->items(input));
    }

    void readingStopsWhenAsked_data() { readingIsRefusedWhereMemoryIsShort_data(); }

    void readingStopsWhenAsked()
    {
        QFETCH(QString, task);
        const bool isImages = task == "zero-shot-images";
        const Dataset data
            = isImages ? Dataset::open(at("images")) : tones({"first", "second", "third"});
        const Model &model = isImages ? *m_clip : *m_whisper;
        const auto metric = create<Metric>(task.toStdString(), Json::object(), "test");
        std::stop_source source;
        source.request_stop();
        const CancellationScope scope(source.get_token());
        const TaskInput input{data, model,
                              isImages ? m_clipTokenizer.get() : m_whisperTokenizer.get()};
        const Complaint complaint = complaintOf([&] { static_cast<void>(metric->items(input)); });
        QVERIFY2(complaint.code == ErrorCode::Cancelled, complaint.text.c_str());
    }

    void ownWordsAreNoErrors()
    {
        QCOMPARE(m_said.size(), std::size_t(3));
        TokenLosses losses;
        const Evaluation result = measured(*m_whisper, m_whisperTokenizer.get(), tones(m_said),
                                           "wer", nullptr, &losses, R"({"normalize": false})");
        QCOMPARE(result.value, 0.0);
        QCOMPARE(result.items, 3);
        QCOMPARE(losses.items.size(), std::size_t(3));
        QCOMPARE(losses.items[0].alignment, std::string(losses.items[0].alignment.size(), 'C'));
        QCOMPARE(losses.items[0].pieces.size(), losses.items[0].losses.size());
    }

    void oneWordMoreIsOneDeletion()
    {
        std::vector<std::string> texts = m_said;
        texts[1] += " more";
        const Evaluation result = measured(*m_whisper, m_whisperTokenizer.get(), tones(texts),
                                           "wer", nullptr, nullptr, R"({"normalize": false})");
        std::int64_t words = 0;
        for (const std::int64_t count : result.windowTokens) {
            words += count;
        }
        QCOMPARE(result.counts.at("deletions"), 1);
        QCOMPARE(result.counts.at("insertions"), 0);
        QVERIFY(std::abs(result.value - 100.0 / static_cast<double>(words)) < 1e-9);
        QVERIFY(result.standardError > 0);
        QCOMPARE(result.windowNll, (std::vector<double>{0, 100, 0}));
    }

    void recordingsWithoutWordsAreLeftOut()
    {
        const Evaluation result = measured(*m_whisper, m_whisperTokenizer.get(),
                                           tones({"", m_said[1], "(noise)"}), "wer");
        QCOMPARE(result.items, 1);
        QVERIFY(complaintOf([&] {
                    measured(*m_whisper, m_whisperTokenizer.get(), tones({"", ""}), "wer");
                }).isBadInputNaming("transcript"));
    }

    void readsLibriSpeechFolders()
    {
        std::ofstream(at("tones") / "1-2.trans.txt")
            << "1-2-0 ONE TWO\n1-2-1 THREE\n1-2-2 FOUR FIVE SIX\n";
        const Dataset data = Dataset::open(at("tones"));
        QCOMPARE(data.records().size(), std::size_t(3));
        QCOMPARE(data.records()[2].text, std::string("FOUR FIVE SIX"));
        QCOMPARE(data.records()[2].file.filename().string(), std::string("1-2-2.wav"));
        std::ofstream(at("tones") / "1-2.trans.txt") << "1-2-7 NOTHING\n";
        QVERIFY(complaintOf([&] { Dataset::open(at("tones")); }).isBadInputNaming("1-2-7"));
        fs::remove(at("tones") / "1-2.trans.txt");
        QCOMPARE(Dataset::open(at("tones")).records().size(), std::size_t(3));
    }

    void chunkLengthIsTheWindowOfRecordings()
    {
        const fs::path folder = at("short");
        fs::copy(at("whisper"), folder);
        const auto framesWith = [&](const std::string &length) {
            std::ofstream(folder / "preprocessor_config.json")
                << R"({"chunk_length": )" << length << "}";
            return FeatureReader(*Model::open(folder))
                .read(at("tones") / "1-2-0.wav")
                .values.size(1);
        };
        QCOMPARE(framesWith("30"), std::int64_t(3000));
        QCOMPARE(framesWith("5"), std::int64_t(500));
        for (const char *bad : {"0", "31", "2.5", "\"5\"", "-1"}) {
            QVERIFY(complaintOf([&] { framesWith(bad); }).isBadInputNaming("chunk_length"));
        }
    }

    void refusesDamagedRecordings()
    {
        std::ofstream(at("bad.wav")) << "no sound";
        DataRecord record;
        record.text = "a";
        record.file = at("bad.wav");
        QVERIFY(complaintOf([&] {
                    measured(*m_whisper, m_whisperTokenizer.get(),
                             Dataset::fromRecords({record}, at("list.csv")), "wer");
                }).isBadInputNaming("bad.wav"));
    }

    void anUnchangedEncoderHasNoError()
    {
        const Evaluation same = measured(*m_whisper, nullptr, Dataset::open(at("tones")),
                                         "output-error", m_whisper.get());
        QCOMPARE(same.value, 0.0);
        QCOMPARE(same.items, 3);
        const auto changed = m_whisper->withOverlay(
            std::make_shared<Doubled>(*m_whisper, "model.encoder.layers.1.fc2.weight"));
        const Evaluation other = measured(*changed, nullptr, Dataset::open(at("tones")),
                                          "output-error", m_whisper.get());
        QVERIFY(other.value > 1e-3 && other.value < 2);
        QVERIFY(other.standardError > 0);
        QCOMPARE(other.windowNll.size(), std::size_t(3));
    }

    void doublingTheLastProjectionDoublesTheOutput()
    {
        for (const char *name : {"visual_projection.weight", "text_projection.weight"}) {
            const auto changed = m_clip->withOverlay(std::make_shared<Doubled>(*m_clip, name));
            const bool isText = std::string(name).starts_with("text");
            const Dataset data
                = isText ? Dataset::fromText("w1 w2\nw4 w5 w6\n") : Dataset::open(at("images"));
            const Evaluation result
                = measured(*changed, m_clipTokenizer.get(), data, "output-error", m_clip.get());
            QVERIFY(std::abs(result.value - 1) < 1e-6);
            QCOMPARE(result.items, isText ? 2 : 6);
        }
    }

    void tasksThatRunTheModelCountTheBlocksTheyKeep()
    {
        EvaluateOptions options;
        options.task = "output-error";
        options.reference = m_whisper.get();
        const ItemSet items = create<Metric>(options.task, Json::object(), "test")
                                  ->items({Dataset::open(at("tones")), *m_whisper, nullptr, {}});
        std::int64_t features = 0;
        for (const EvaluationItem &item : items.items) {
            features += item.features.numel() * 4;
        }
        // The toy is small enough for all blocks of both models to be kept.
        QVERIFY(evaluationMemory(*m_whisper, items, options)
                >= 2 * m_whisper->loadedBytes() + features);
        options.task = "wer";
        options.reference = nullptr;
        QVERIFY(evaluationMemory(*m_whisper, items, options)
                >= m_whisper->loadedBytes() + features);
    }

    void classesOfTheSameImagesShareThem()
    {
        TokenLosses losses;
        const Dataset data = Dataset::open(at("images"));
        QCOMPARE(data.records().size(), std::size_t(6));
        const Evaluation result = measured(*m_clip, m_clipTokenizer.get(), data, "zero-shot-images",
                                           nullptr, &losses, R"({"prompts": "cifar"})");
        // Both folders hold the same three images, so that each is right in one of them.
        QCOMPARE(result.value, 0.5);
        QCOMPARE(result.accuracy.value(), 0.5);
        QCOMPARE(result.top5Accuracy.value(), 1.0);
        QCOMPARE(losses.items.size(), std::size_t(6));
        for (const ScoredItem &item : losses.items) {
            QVERIFY(item.reference == "cat" || item.reference == "dog_big");
            QVERIFY(!item.source.empty());
        }
    }

    void tasksRefuseModelsTheyDoNotFit()
    {
        const Dataset images = Dataset::open(at("images"));
        const Dataset text = Dataset::fromText("w1 w2");
        QVERIFY(complaintOf([&] {
                    measured(*m_clip, m_clipTokenizer.get(), images, "wer");
                }).isBadInputNaming("speech"));
        QVERIFY(complaintOf([&] {
                    measured(*m_whisper, m_whisperTokenizer.get(), images, "zero-shot-images");
                }).isBadInputNaming("tower"));
        QVERIFY(complaintOf([&] {
                    measured(*m_clip, m_clipTokenizer.get(), text, "zero-shot-images");
                }).isBadInputNaming("images"));
    }
};

BITPRISM_TEST(TstMediaTasks);
#include "tst_media_tasks.moc"
