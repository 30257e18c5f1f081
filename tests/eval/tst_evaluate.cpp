// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluate.h"
#include "core/eval/generate.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <stop_token>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// Sums of FP32 losses, batched in another order.
constexpr double lossTolerance = 1e-5;
/// The shared data's README gives the published loss to five decimals.
constexpr double publishedTolerance = 2e-5;

std::vector<tokenize::TokenId> randomText(int count, std::int64_t vocabulary, std::uint64_t seed)
{
    const at::Tensor tokens = randomTokens(1, count, vocabulary, seed);
    const std::int64_t *first = tokens.data_ptr<std::int64_t>();
    std::vector<tokenize::TokenId> ids;
    for (int i = 0; i < count; ++i) {
        ids.push_back(static_cast<tokenize::TokenId>(first[i]));
    }
    return ids;
}

/// -log softmax at the target, in double, one window at a time.
double windowLoss(const Model &model, const EvaluationItem &item)
{
    const at::Tensor logits
        = logitsOf(model, at::tensor(item.tokens, at::kLong).unsqueeze(0)).squeeze(0);
    const at::Tensor logProbabilities = at::log_softmax(logits.to(at::kDouble), -1);
    double sum = 0;
    for (std::size_t i = 0; i < item.targets.size(); ++i) {
        sum -= logProbabilities[item.positions[i]][item.targets[i]].item<double>();
    }
    return sum;
}

class Noisy final : public WeightOverlay
{
public:
    explicit Noisy(const Model &model)
        : m_name("model.layers.1.mlp.up_proj.weight")
        , m_weight(model.loadTensor(m_name) * 1.5)
    {
    }
    std::optional<at::Tensor> tensor(const std::string &name) const override
    {
        return name == m_name ? std::optional(m_weight) : std::nullopt;
    }

private:
    std::string m_name;
    at::Tensor m_weight;
};

std::string readAll(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

class TstEvaluate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void perplexityIsTheExponentOfTheMeanLoss_data()
    {
        QTest::addColumn<int>("stride");
        QTest::newRow("side by side") << 16;
        QTest::newRow("overlapping") << 5;
    }

    void perplexityIsTheExponentOfTheMeanLoss()
    {
        QFETCH(int, stride);
        const ToyModel toy;
        const ItemSet items = windowItems(randomText(100, 64, 1), 16, stride);
        JobContext context;
        const Evaluation result = evaluateItems(*toy, items, {}, context);
        double sum = 0;
        for (const EvaluationItem &item : items.items) {
            const double loss = windowLoss(*toy, item);
            QVERIFY(std::abs(result.windowNll[static_cast<std::size_t>(item.unit)] - loss)
                    < lossTolerance * loss);
            sum += loss;
        }
        const double mean = sum / static_cast<double>(items.scoredTokens());
        QVERIFY(std::abs(result.nll.value() - mean) < lossTolerance);
        QVERIFY(std::abs(result.value - std::exp(mean)) < lossTolerance * result.value);
        QCOMPARE(result.standardError, result.value * result.nllStandardError.value());
        QVERIFY(result.standardError > 0);
        QCOMPARE(result.tokens, items.scoredTokens());
        QCOMPARE(result.items, items.units);
    }

    void aUniformModelHasItsVocabularyAsPerplexity()
    {
        ToyLlama options;
        options.spread = 0; // all logits are zero
        const ToyModel toy(options);
        JobContext context;
        const Evaluation result
            = evaluateItems(*toy, windowItems(randomText(64, 64, 2), 16, 16), {}, context);
        QVERIFY(std::abs(result.value - 64) < 1e-3);
        QVERIFY(result.standardError < 1e-3);
    }

    void paddedDocumentsCountAsIfAlone()
    {
        const ToyModel toy;
        ItemSet items;
        for (const int length : {5, 30, 12, 2}) {
            const ItemSet one = windowItems(
                randomText(length, 64, static_cast<std::uint64_t>(length)), length, length);
            items.items.push_back(one.items.front());
            items.items.back().unit = items.units++;
        }
        JobContext context;
        const Evaluation result = evaluateItems(*toy, items, {}, context);
        for (const EvaluationItem &item : items.items) {
            const double loss = windowLoss(*toy, item);
            QVERIFY(std::abs(result.windowNll[static_cast<std::size_t>(item.unit)] - loss)
                    < lossTolerance * loss);
        }
        QCOMPARE(result.windowTokens, (std::vector<std::int64_t>{4, 29, 11, 1}));
    }

    void divergenceFromItselfIsZero()
    {
        const ToyModel toy;
        EvaluateOptions options;
        options.reference = &*toy;
        JobContext context;
        const Evaluation result
            = evaluateItems(*toy, windowItems(randomText(64, 64, 3), 16, 16), options, context);
        QCOMPARE(result.divergence->mean, 0.0);
        QCOMPARE(result.divergence->top1Agreement, 1.0);
        QCOMPARE(result.divergence->percentiles.at("max"), 0.0);
    }

    void divergenceEqualsItsDefinition()
    {
        const ToyModel toy(ToyLlama{.spread = 0.3});
        const auto changed = toy->withOverlay(std::make_shared<Noisy>(*toy));
        const ItemSet items = windowItems(randomText(64, 64, 4), 16, 16);
        EvaluateOptions options;
        options.task = "kl-divergence";
        options.reference = &*toy;
        JobContext context;
        const Evaluation result = evaluateItems(*changed, items, options, context);
        std::vector<double> perToken;
        double agreeing = 0;
        for (const EvaluationItem &item : items.items) {
            const at::Tensor tokens = at::tensor(item.tokens, at::kLong).unsqueeze(0);
            const at::Tensor p = at::softmax(logitsOf(*toy, tokens).to(at::kDouble), -1)[0];
            const at::Tensor q = at::softmax(logitsOf(*changed, tokens).to(at::kDouble), -1)[0];
            for (const std::int64_t position : item.positions) {
                perToken.push_back(
                    (p[position] * (p[position] / q[position]).log()).sum().item<double>());
                agreeing += p[position].argmax().item<std::int64_t>()
                        == q[position].argmax().item<std::int64_t>()
                    ? 1
                    : 0;
            }
        }
        const double count = static_cast<double>(perToken.size());
        double sum = 0;
        for (const double value : perToken) {
            sum += value;
        }
        std::sort(perToken.begin(), perToken.end());
        QVERIFY(sum / count > 1e-4);
        QVERIFY(std::abs(result.value - sum / count) < 1e-6);
        QCOMPARE(result.unit, std::string("nats"));
        QCOMPARE(result.divergence->mean, result.value);
        QCOMPARE(result.windowDivergence.size(), static_cast<std::size_t>(items.units));
        QCOMPARE(result.windowTokens.size(), result.windowDivergence.size());
        const MeanWithError windows = meanOverWindows(result.windowDivergence, result.windowTokens);
        QCOMPARE(windows.mean, result.value);
        QCOMPARE(windows.standardError, result.standardError);
        QCOMPARE(result.divergence->top1Agreement, agreeing / count);
        QVERIFY(std::abs(result.divergence->percentiles.at("50") - perToken[29]) < 1e-6);
        QVERIFY(std::abs(result.divergence->percentiles.at("max") - perToken.back()) < 1e-6);
    }

    void shardsMerge()
    {
        const ToyModel toy;
        const auto changed = toy->withOverlay(std::make_shared<Noisy>(*toy));
        const ItemSet items = windowItems(randomText(96, 64, 5), 16, 16);
        const auto parts = [&](const std::string &id, bool isMerged) {
            auto whole = create<Metric>(id, Json::object(), "test");
            auto shard = create<Metric>(id, Json::object(), "test");
            whole->begin(items.units);
            shard->begin(items.units);
            for (const ItemBatch &batch : batchItems(items.items, 16)) {
                const auto scores = [&](const Model &model) {
                    return at::log_softmax(logitsOf(model, batch.batch.tokens).flatten(0, 1), -1)
                        .index_select(0, batch.rows);
                };
                const MetricBatch piece{
                    scores(*changed), scores(*toy), batch.targets, batch.units, {}};
                const bool goesAside = isMerged && batch.units[0].item<std::int64_t>() % 2 == 1;
                (goesAside ? shard : whole)->add(piece);
            }
            whole->merge(*shard);
            Evaluation result;
            whole->report(result, true);
            return result;
        };
        for (const char *id : {"perplexity", "kl-divergence"}) {
            const Evaluation apart = parts(id, true);
            const Evaluation together = parts(id, false);
            QCOMPARE(apart.value, together.value);
            QCOMPARE(apart.standardError, together.standardError);
        }
    }

    void refusesWhatItCannotMeasure()
    {
        const ToyModel toy;
        const ToyModel other(ToyLlama{.vocabulary = 80});
        const ItemSet items = windowItems(randomText(64, 64, 6), 16, 16);
        JobContext context;
        const auto complaint = [&](const EvaluateOptions &options) {
            return complaintOf([&] { evaluateItems(*toy, items, options, context); });
        };
        QVERIFY(complaint({.task = "no-such-task"}).isBadInputNaming("no-such-task"));
        QVERIFY(complaint({.task = "kl-divergence"}).isBadInputNaming("reference"));
        EvaluateOptions options;
        options.reference = &*other;
        QVERIFY(complaint(options).isBadInputNaming("a reference needs the same tokenizer"));
    }

    void stopsWhenCancelled()
    {
        const ToyModel toy;
        std::stop_source source;
        source.request_stop();
        JobContext context(0, source.get_token());
        const Complaint complaint = complaintOf(
            [&] { evaluateItems(*toy, windowItems(randomText(64, 64, 7), 16, 16), {}, context); });
        QCOMPARE(complaint.code.value(), ErrorCode::Cancelled);
    }

    void generationEqualsRecomputation_data()
    {
        QTest::addColumn<QString>("modelType");
        QTest::addColumn<QString>("config");
        QTest::newRow("llama") << "llama"
                               << "{}";
        QTest::newRow("mistral, window of 6") << "mistral"
                                              << R"({"sliding_window": 6})";
        QTest::newRow("qwen3") << "qwen3"
                               << "{}";
    }

    void generationEqualsRecomputation()
    {
        QFETCH(QString, modelType);
        QFETCH(QString, config);
        ToyLlama options;
        options.modelType = modelType.toStdString();
        options.extraConfig = config.toStdString();
        options.spread = 0.4; // a flat toy would repeat one token
        const ToyModel toy(options);
        JobContext context;
        std::vector<std::int64_t> sequence{5, 9, 33};
        const std::vector<std::int64_t> generated
            = generateGreedy(*toy, sequence, {.tokens = 20}, context);
        QCOMPARE(generated.size(), std::size_t{20});
        for (const std::int64_t token : generated) {
            const at::Tensor logits = logitsOf(*toy, at::tensor(sequence, at::kLong).unsqueeze(0));
            QCOMPARE(logits[0][-1].argmax().item<std::int64_t>(), token);
            sequence.push_back(token);
        }
        QVERIFY(std::set<std::int64_t>(generated.begin(), generated.end()).size() > 2);
    }

    void generationStopsAtStopTokensAndTheContext()
    {
        const ToyModel toy(ToyLlama{.context = 16, .spread = 0.4});
        JobContext context;
        const std::vector<std::int64_t> prompt{5, 9, 33};
        const std::vector<std::int64_t> all = generateGreedy(*toy, prompt, {.tokens = 50}, context);
        QCOMPARE(all.size(), std::size_t{13});
        std::vector<std::int64_t> seen;
        GenerateOptions options;
        options.stopIds = {all.at(3)};
        options.onToken = [&seen](std::int64_t token) { seen.push_back(token); };
        const std::vector<std::int64_t> some = generateGreedy(*toy, prompt, options, context);
        const auto end = std::find(all.begin(), all.end(), all[3]);
        QCOMPARE(some, std::vector<std::int64_t>(all.begin(), end));
        QCOMPARE(seen, some);
        const std::vector<std::int64_t> full(16, 1);
        QVERIFY(complaintOf([&] {
                    generateGreedy(*toy, full, {}, context);
                }).isBadInputNaming("context"));
    }

    void tellsThePublishedStory()
    {
        const std::string folder = sharedData("stories260k");
        if (folder.empty()) {
            QSKIP("the shared data are absent");
        }
        registerEngineComponents();
        const auto model = Model::open(folder);
        const auto tokenizer = tokenize::Tokenizer::open(folder);
        JobContext context;
        const std::vector<std::int64_t> ids
            = generateGreedy(*model, {tokenizer->bosId().value()}, {.tokens = 200}, context);
        const std::string text
            = tokenizer->decode(std::vector<tokenize::TokenId>(ids.begin(), ids.end()));
        const QString expected
            = QString::fromStdString(readAll(folder + "/expected_greedy_200.txt"));
        QCOMPARE(QString::fromStdString(text).trimmed(), expected.trimmed());
    }

    void meetsThePublishedLoss()
    {
        const std::string folder = sharedData("stories260k");
        const std::string stories = sharedData("text/tinystories-sample.txt");
        if (folder.empty() || stories.empty()) {
            QSKIP("the shared data are absent");
        }
        registerEngineComponents();
        const auto model = Model::open(folder);
        EvaluateOptions options;
        options.data.documents = "<|endoftext|>";
        options.data.samples = 100;
        JobContext context;
        const Evaluation result = evaluate(*model, tokenize::Tokenizer::open(folder).get(),
                                           Dataset::openText(stories), options, context);
        QCOMPARE(result.tokens, 37072);
        QVERIFY(std::abs(result.nll.value() - 1.40762) < publishedTolerance);
    }
};

BITPRISM_TEST(TstEvaluate);
#include "tst_evaluate.moc"
