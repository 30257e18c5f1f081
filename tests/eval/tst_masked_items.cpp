// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/eval/evaluate.h"
#include "core/eval/masked_items.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_families.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <numeric>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// The README of the data states these figures to five digits.
constexpr double maskedTolerance = 1e-5;
/// FP32 losses of some hundred tokens against each other.
constexpr double floatTolerance = 1e-4;

struct Opened
{
    QTemporaryDir folder;
    std::unique_ptr<Model> model;
    std::shared_ptr<const tokenize::Tokenizer> tokenizer;

    explicit Opened(const char *type, bool classifies = false)
    {
        registerEngineComponents();
        ToyFamily toy;
        toy.modelType = type;
        toy.classifies = classifies;
        toy.hasTokenizer = true;
        const std::filesystem::path path = folder.path().toStdString() + "/toy";
        writeToyFamily(path, toy);
        model = Model::open(path);
        tokenizer = tokenize::Tokenizer::open(path);
    }
};

Evaluation measured(const Opened &opened, const Dataset &data, const char *task,
                    const char *params = "", TokenLosses *losses = nullptr)
{
    EvaluateOptions options;
    options.task = task;
    options.taskParams = params;
    options.losses = losses;
    options.tokenizer = opened.tokenizer.get();
    JobContext context;
    return evaluate(*opened.model, opened.tokenizer.get(), data, options, context);
}

} // namespace

class TstMaskedItems : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sevenPassesScoreEveryTokenOnce()
    {
        const Opened opened("bert");
        const Dataset data = Dataset::fromText("abc 12, d.\n\nlonger line of many letters\nx");
        const TaskInput input{data, *opened.model, opened.tokenizer.get()};
        const ItemSet set = maskedLineItems(input);
        QCOMPARE(set.units, 3);
        std::map<std::pair<std::int64_t, std::int64_t>, int> scored;
        for (const EvaluationItem &item : set.items) {
            for (std::size_t i = 0; i < item.positions.size(); ++i) {
                const std::int64_t position = item.positions[i];
                QCOMPARE(item.tokens[static_cast<std::size_t>(position)], 4); // [MASK]
                QCOMPARE(position % 7, item.positions.front() % 7);
                ++scored[{item.unit, position}];
            }
        }
        std::size_t expected = 0;
        for (const std::string_view line : data.lines()) {
            for (const auto id : opened.tokenizer->encodeIds(line, false)) {
                // [PAD] to [MASK]. "12" is the unknown token (the toy has no "##2"): no text of its
                // own, and a special in every BERT tokenizer, so nothing to be scored.
                expected += id > 4 ? 1 : 0;
            }
        }
        QCOMPARE(scored.size(), expected);
        QVERIFY(std::all_of(scored.begin(), scored.end(),
                            [](const auto &entry) { return entry.second == 1; }));
        const ItemSet one = maskedLineItems(input, 5);
        QVERIFY(std::all_of(one.items.begin(), one.items.end(), [](const EvaluationItem &item) {
            return item.positions.front() % 7 == 5;
        }));
    }

    void lossesOfAllPassesFillTheText()
    {
        const Opened opened("bert");
        TokenLosses losses;
        const Evaluation result
            = measured(opened, Dataset::fromText("abc 12, d.\nxyz"), "masked-nll", "", &losses);
        QCOMPARE(losses.items.size(), std::size_t{2});
        QCOMPARE(losses.scored, result.tokens);
        QCOMPARE(losses.items[0].pieces.size(), losses.items[0].losses.size());
        QVERIFY(std::isnan(losses.items[0].losses.front())); // [CLS]
        double sum = 0;
        for (const float loss : losses.items[0].losses) {
            sum += std::isnan(loss) ? 0 : static_cast<double>(loss);
        }
        QVERIFY(std::abs(sum - result.windowNll[0]) < floatTolerance);
        const TokenLosses back = TokenLosses::fromJson(losses.toJson());
        QCOMPARE(back.items[0].pieces, losses.items[0].pieces);
        QVERIFY(std::isnan(back.items[0].losses.front()));
        QCOMPARE(back.items[0].losses[1], losses.items[0].losses[1]);
    }

    void maskCountsAreUniform()
    {
        for (const int length : {1, 5, 10, 20}) {
            for (const int samples : {1, 4, 16}) {
                std::vector<int> seen(static_cast<std::size_t>(length) + 1, 0);
                Random random(7, "counts");
                constexpr int draws = 4000;
                for (int i = 0; i < draws; ++i) {
                    for (const std::int64_t count :
                         maskCounts(length, samples, MaskCounts::Uniform, random)) {
                        QVERIFY(count >= 1 && count <= length);
                        ++seen[static_cast<std::size_t>(count)];
                    }
                }
                const double expected = static_cast<double>(draws) * samples / length;
                for (int count = 1; count <= length; ++count) { // four standard deviations
                    QVERIFY(std::abs(seen[static_cast<std::size_t>(count)] - expected)
                            < 4 * samples * std::sqrt(static_cast<double>(draws) / length) + 1);
                }
            }
        }
    }

    /// Equation 1 of dllmquant.md by enumeration of all subsets, against many samples.
    void monteCarloMeetsTheExactBound()
    {
        const Opened opened("llada");
        const std::vector<std::int64_t> tokens{9, 30, 12};
        const auto lossOf = [&](const EvaluationItem &item) {
            ItemSet set;
            set.items = {item};
            set.items.front().unit = 0;
            set.units = 1;
            set.length = 3;
            EvaluateOptions options;
            options.task = "masked-nll";
            JobContext context;
            return evaluateItems(*opened.model, set, options, context).windowNll.front();
        };
        double exact = 0;
        for (int subset = 1; subset < 8; ++subset) {
            EvaluationItem item;
            item.tokens = tokens;
            item.targetKind = TargetKind::SameToken;
            for (int i = 0; i < 3; ++i) {
                if ((subset >> i) & 1) {
                    item.positions.push_back(i);
                    item.targets.push_back(tokens[static_cast<std::size_t>(i)]);
                    item.tokens[static_cast<std::size_t>(i)] = 4;
                }
            }
            const double count = static_cast<double>(item.targets.size());
            const double subsets = count == 3 ? 1 : 3;
            item.weights.assign(item.targets.size(), 3 / count);
            exact += lossOf(item) / subsets / 3;
        }
        constexpr int samples = 300;
        Random random(3, "masks");
        std::vector<double> values;
        for (int i = 0; i < samples; ++i) {
            const auto count = maskCounts(3, 1, MaskCounts::Uniform, random).front();
            values.push_back(lossOf(monteCarloItem(tokens, count, 1, 4, 0, random)));
        }
        const double mean = std::accumulate(values.begin(), values.end(), 0.0) / samples;
        double squares = 0;
        for (const double value : values) {
            squares += (value - mean) * (value - mean);
        }
        QVERIFY(std::abs(mean - exact) < 4 * std::sqrt(squares / samples / samples));
    }

    void masksDependOnSeedWindowAndSampleOnly()
    {
        const Opened opened("llada");
        const Dataset data
            = Dataset::fromText(std::string(200, 'q').append(" and some more words"));
        const TaskInput input{data, *opened.model, opened.tokenizer.get(), {.length = 16}};
        const ItemSet first = monteCarloItems(input, {.samples = 4});
        const ItemSet again = monteCarloItems(input, {.samples = 4});
        const ItemSet other = monteCarloItems(input, {.samples = 4, .seed = 1});
        QCOMPARE(first.items.size(), again.items.size());
        bool differs = false;
        std::map<std::int64_t, double> weights;
        for (std::size_t i = 0; i < first.items.size(); ++i) {
            QCOMPARE(first.items[i].positions, again.items[i].positions);
            differs = differs || first.items[i].positions != other.items[i].positions;
            for (const double weight : first.items[i].weights) {
                weights[first.items[i].unit] += weight;
            }
        }
        QVERIFY(differs);
        for (const auto &[unit, weight] : weights) {
            QVERIFY(std::abs(weight - 16) < 1e-9);
        }
    }

    void classifiersAreMeasuredByTheirLabels()
    {
        const Opened opened("roberta", true);
        std::vector<DataRecord> records;
        for (const char *text : {"abc", "some words", "x y z", "0 1 2 3"}) {
            records.push_back({text, "maybe", {}});
        }
        const Dataset data = Dataset::fromRecords(records, "data.jsonl");
        TokenLosses losses;
        const Evaluation maybe = measured(opened, data, "accuracy", "", &losses);
        QCOMPARE(maybe.items, 4);
        QCOMPARE(maybe.unit, std::string("accuracy"));
        QCOMPARE(losses.items.front().reference, std::string("maybe"));
        double total = 0;
        for (const char *label : {"no", "1", "yes"}) { // each text has one class that is likeliest
            for (DataRecord &record : records) {
                record.label = label;
            }
            total += measured(opened, Dataset::fromRecords(records, "d"), "accuracy").value;
        }
        QVERIFY(std::abs(total - 1) < 1e-9);
        records.front().label = "perhaps";
        QVERIFY(complaintOf([&] {
                    measured(opened, Dataset::fromRecords(records, "d.csv"), "accuracy");
                }).isBadInputNaming("perhaps"));
    }

    void tasksRefuseModelsThatTheyDoNotFit()
    {
        const Dataset data = Dataset::fromText(std::string(300, 'a'));
        const Opened bert("bert");
        QVERIFY(complaintOf([&] {
                    measured(bert, data, "perplexity");
                }).isBadInputNaming("masked-token"));
        QVERIFY(complaintOf([&] {
                    measured(bert, data, "accuracy");
                }).isBadInputNaming("classification"));
        const Opened gpt2("gpt2");
        QVERIFY(complaintOf([&] {
                    measured(gpt2, data, "masked-nll");
                }).isBadInputNaming("next-token"));
    }

    void rxnmapperMeetsItsReadme()
    {
        const std::string folder = sharedData("rxnmapper-albert");
        if (folder.empty()) {
            QSKIP("no shared data");
        }
        registerEngineComponents();
        const auto model = Model::open(folder);
        const auto tokenizer = tokenize::Tokenizer::open(folder);
        EvaluateOptions options;
        options.task = "masked-nll";
        options.taskParams = R"({"pass": 5})";
        options.data.samples = 100;
        JobContext context;
        const Evaluation result = evaluate(
            *model, tokenizer.get(), Dataset::open(folder + "/reactions.txt"), options, context);
        QCOMPARE(result.tokens, 1668);
        QVERIFY(std::abs(result.value - 0.063302) < maskedTolerance);
        QVERIFY(std::abs(result.accuracy.value() - 0.98141) < maskedTolerance);
    }

    void namesMeetTheirReadme()
    {
        const std::string folder = sharedData("makemore-names-gpt");
        if (folder.empty()) {
            QSKIP("no shared data");
        }
        registerEngineComponents();
        const auto model = Model::open(folder);
        const auto tokenizer = tokenize::Tokenizer::open(folder);
        EvaluateOptions options;
        options.data.documents = "\n";
        JobContext context;
        const Evaluation result = evaluate(*model, tokenizer.get(),
                                           Dataset::open(folder + "/names.txt"), options, context);
        QCOMPARE(result.tokens, 228'146);
        QVERIFY(std::abs(result.nll.value() - 1.902476) < maskedTolerance);
    }
};

BITPRISM_TEST(TstMaskedItems);
#include "tst_masked_items.moc"
