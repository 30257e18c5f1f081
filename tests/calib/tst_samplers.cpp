// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/sampler.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// A toy model and its byte-level tokenizer: BOS, then one token for each of 300 letters.
class SampledModel
{
public:
    SampledModel()
        : m_toy(ToyLlama{.vocabulary = 258, .hasTokenizer = true})
        , m_tokenizer(tokenize::Tokenizer::open(m_toy.folder()))
    {
    }

    SampleSet draw(const std::string &id, const Json &params, std::uint64_t seed = 1,
                   bool hasModel = true) const
    {
        JobContext context(seed);
        Random random = context.random("sampler");
        return create<Sampler>(id, params, "test")
            ->draw(text(), m_tokenizer.get(), hasModel ? &*m_toy : nullptr, random, context);
    }

    Dataset text() const
    {
        std::string letters;
        for (int i = 0; i < 300; ++i) {
            letters += static_cast<char>('a' + i * i % 26);
        }
        return Dataset::fromText(letters);
    }

    std::vector<tokenize::TokenId> tokens() const { return text().tokens(*m_tokenizer); }

    bool isWindow(const at::Tensor &sample) const
    {
        const std::vector<tokenize::TokenId> all = tokens();
        const std::int64_t *ids = sample.data_ptr<std::int64_t>();
        return std::search(all.begin(), all.end(), ids, ids + sample.numel()) != all.end();
    }

private:
    ToyModel m_toy;
    std::shared_ptr<const tokenize::Tokenizer> m_tokenizer;
};

at::Tensor joined(const SampleSet &set)
{
    std::vector<at::Tensor> rows;
    for (const Batch &sample : set.samples) {
        rows.push_back(sample.tokens);
    }
    return at::cat(rows, 0);
}

} // namespace

class TstSamplers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void samplesAreWindowsOfTheText_data()
    {
        QTest::addColumn<QString>("sampler");
        QTest::newRow("random") << "random-windows";
        QTest::newRow("sequential") << "sequential";
    }

    void samplesAreWindowsOfTheText()
    {
        QFETCH(QString, sampler);
        const SampledModel subject;
        const SampleSet set = subject.draw(sampler.toStdString(), {{"samples", 9}, {"length", 30}});
        QCOMPARE(set.samples.size(), std::size_t{9});
        QCOMPARE(set.tokens, 270);
        QCOMPARE(set.length, 30);
        QVERIFY(set.notes.empty());
        for (const Batch &sample : set.samples) {
            QCOMPARE(sample.tokens.sizes(), (at::IntArrayRef{1, 30}));
            QVERIFY(subject.isWindow(sample.tokens));
        }
    }

    void lengthsAreCutToTheContextWithANote_data() { samplesAreWindowsOfTheText_data(); }

    void lengthsAreCutToTheContextWithANote()
    {
        QFETCH(QString, sampler);
        const SampledModel subject;
        const SampleSet set
            = subject.draw(sampler.toStdString(), {{"samples", 2}, {"length", 100}});
        QCOMPARE(set.length, 64);
        QCOMPARE(set.notes,
                 std::vector<std::string>{"length 100 was cut to the model's context, 64"});
        QCOMPARE(
            subject.draw(sampler.toStdString(), {{"samples", 2}, {"length", 100}}, 1, false).length,
            100);
    }

    void tooLittleTextIsBadInput_data() { samplesAreWindowsOfTheText_data(); }

    void tooLittleTextIsBadInput()
    {
        QFETCH(QString, sampler);
        const SampledModel subject;
        const Complaint complaint = complaintOf([&] {
            subject.draw(sampler.toStdString(), {{"samples", 2}, {"length", 302}}, 1, false);
        });
        QVERIFY2(complaint.isBadInputNaming("301 tokens"), complaint.text.c_str());
    }

    void randomWindowsFollowTheSeed()
    {
        const SampledModel subject;
        const Json params{{"samples", 20}, {"length", 40}};
        const at::Tensor once = joined(subject.draw("random-windows", params, 1));
        QVERIFY(once.equal(joined(subject.draw("random-windows", params, 1))));
        QVERIFY(!once.equal(joined(subject.draw("random-windows", params, 2))));
    }

    void randomWindowsReachBothEnds()
    {
        const SampledModel subject;
        const SampleSet set
            = subject.draw("random-windows", {{"samples", 200}, {"length", 300}}, 3, false);
        const std::vector<tokenize::TokenId> all = subject.tokens();
        std::set<std::int64_t> firsts;
        for (const Batch &sample : set.samples) {
            firsts.insert(sample.tokens[0][0].item<std::int64_t>());
        }
        QCOMPARE(firsts, (std::set<std::int64_t>{all[0], all[1]}));
    }

    void sequentialWindowsFollowEachOther()
    {
        const SampledModel subject;
        const SampleSet set = subject.draw("sequential", {{"samples", 50}, {"length", 60}});
        const std::vector<tokenize::TokenId> all = subject.tokens();
        const at::Tensor flat = joined(set).flatten();
        QCOMPARE(flat.numel(), 300);
        for (std::int64_t i = 0; i < 300; ++i) {
            QCOMPARE(flat[i].item<std::int64_t>(),
                     static_cast<std::int64_t>(all[static_cast<std::size_t>(i)]));
        }
        QCOMPARE(set.notes.size(), std::size_t{1}); // five samples instead of fifty
    }

    void batchesKeepOrderAndSize()
    {
        SampleSet set;
        for (const int length : {8, 8, 8, 5, 5, 20}) {
            Batch sample;
            sample.tokens
                = at::full({1, length}, static_cast<std::int64_t>(set.samples.size()), at::kLong);
            set.samples.push_back(sample);
        }
        const std::vector<Batch> batches = batchesOf(set, 16);
        std::vector<std::int64_t> order;
        for (const Batch &batch : batches) {
            QVERIFY(batch.tokens.numel() <= 16 || batch.tokens.size(0) == 1);
            for (std::int64_t i = 0; i < batch.tokens.size(0); ++i) {
                order.push_back(batch.tokens[i][0].item<std::int64_t>());
            }
        }
        QCOMPARE(order, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
        QCOMPARE(batches.size(), std::size_t{4});
    }

    void datasetsRefuseWhatIsNoText_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("blank") << QByteArray(" \n\t");
        QTest::newRow("not UTF-8") << QByteArray("abc\xff");
    }

    void datasetsRefuseWhatIsNoText()
    {
        QFETCH(QByteArray, bytes);
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString() + "/text.txt";
        std::ofstream(path, std::ios::binary) << bytes.toStdString();
        QVERIFY(complaintOf([&] { Dataset::openText(path); }).isBadInputNaming("text.txt"));
    }

    void datasetsGiveDocumentsAndLines()
    {
        const Dataset data = Dataset::fromText("one\n two \n--\n\nthree\n");
        QCOMPARE(data.lines(), (std::vector<std::string_view>{"one", "two", "--", "three"}));
        QCOMPARE(data.documents("--"), (std::vector<std::string_view>{"one\n two", "three"}));
    }
};

BITPRISM_TEST(TstSamplers);
#include "tst_samplers.moc"
