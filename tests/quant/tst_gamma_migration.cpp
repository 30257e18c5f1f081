// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/bound_transform.h"
#include "tests/support/expect_error.h"
#include "tests/support/family_subjects.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <set>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 forward passes of one function, the weights edited in FP64 and rounded once
/// (outlier-suppression.md 11.1).
constexpr double functionTolerance = 1e-5;
/// The same with a gain of 40, whose sums cancel less exactly.
constexpr double outlierTolerance = 1e-4;

/// Norms with every gain that could go wrong: an outlier, a negative one, zero and one that is
/// tiny.
class OddGains final : public ModelTransform
{
public:
    OddGains(const ModelInfo &info, bool isOnlyLarge)
        : m_graph(info)
        , m_isOnlyLarge(isOnlyLarge)
    {
    }
    void edit(Block &block) const override
    {
        for (const NormInfo *norm : m_graph.normsOf(block.id())) {
            block.setTensor(norm->gain, odd(block.tensor(norm->gain)));
        }
    }
    at::Tensor editRows(const std::string &tensor, const at::Tensor &rows) const override
    {
        for (const NormInfo &norm : m_graph.info().norms) {
            if (norm.block == NormInfo::embedding && norm.gain == tensor) {
                return odd(rows);
            }
        }
        return rows;
    }

private:
    at::Tensor odd(const at::Tensor &gain) const
    {
        at::Tensor changed = gain.clone();
        changed[1] = 40;
        if (!m_isOnlyLarge) {
            changed[2] = -1;
            changed[3] = 0;
            changed[4] = 1e-6;
        }
        return changed;
    }

    ModelGraph m_graph;
    bool m_isOnlyLarge;
};

/// The largest magnitude that entered each layer.
class InputMaxima final : public BlockHooks
{
public:
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        maxima[layer.name] = input.abs().max().item<double>();
        return input;
    }
    std::map<std::string, double> maxima;
};

struct Migration
{
    const char *norm; ///< without .weight
    int block; ///< whose tensors hold it
    std::vector<const char *> readers; ///< without .weight
    int readingBlock;
};

/// The table of outlier-suppression.md 3 for two blocks.
const std::vector<Migration> ofBert{
    {"bert.embeddings.LayerNorm",
     NormInfo::embedding,
     {"bert.encoder.layer.0.attention.self.query", "bert.encoder.layer.0.attention.self.key",
      "bert.encoder.layer.0.attention.self.value"},
     0},
    {"bert.encoder.layer.0.attention.output.LayerNorm",
     0,
     {"bert.encoder.layer.0.intermediate.dense"},
     0},
    {"bert.encoder.layer.0.output.LayerNorm",
     0,
     {"bert.encoder.layer.1.attention.self.query", "bert.encoder.layer.1.attention.self.key",
      "bert.encoder.layer.1.attention.self.value"},
     1},
    {"bert.encoder.layer.1.attention.output.LayerNorm",
     1,
     {"bert.encoder.layer.1.intermediate.dense"},
     1}};

const char *const albertGroup = "albert.encoder.albert_layer_groups.";

} // namespace

class TstGammaMigration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void keepsTheFunction_data();
    void keepsTheFunction();
    void bertMigratesByTheTable();
    void albertMigratesItsMappingAndNotTheFirstLayer();
    void finalNormMovesOnlyIntoAHeadOfItsOwn();
    void twiceIsOnce();
    void rangesShrinkWhereGainsAreOutliers();
    void guardIsCounted();
    void nothingToMoveIsRefused();
    void aTrainedAlbertKeepsItsFunction();
};

void TstGammaMigration::keepsTheFunction_data()
{
    QTest::addColumn<QString>("subject");
    QTest::addColumn<double>("guard");
    QTest::addColumn<QString>("gains");
    for (const NamedSubject &subject : familySubjects()) {
        for (const double guard : {0.0, 0.05, 0.9}) {
            for (const char *gains : {"as they are", "one large", "odd"}) {
                if (guard > 0 || gains != std::string("odd")) { // 0: 1e-6 is divided by, published
                    QTest::addRow("%s, guard %g, gains %s", subject.name, guard, gains)
                        << QString(subject.name) << guard << QString(gains);
                }
            }
        }
    }
}

void TstGammaMigration::keepsTheFunction()
{
    QFETCH(QString, subject);
    QFETCH(double, guard);
    QFETCH(QString, gains);
    const Subject made = subjectNamed(subject);
    const ModelGraph graph(made.model->info());
    const auto odd = std::make_shared<OddGains>(made.model->info(), gains == "one large");
    const bool isPlain = gains == "as they are";
    const auto model = made.model->withTransform(isPlain ? nullptr : odd);
    const auto transform = makeTransform("gamma-migration", {{"guard", guard}});
    const auto migration = bound(*transform, *model, made.batch, graph);
    const auto changed = made.model->withTransform(isPlain ? migration : chainOf({odd, migration}));
    const std::vector<at::Tensor> expected = outputsOf(*model, made.batch);
    const std::vector<at::Tensor> found = outputsOf(*changed, made.batch);
    for (const at::Tensor &output : found) {
        QVERIFY(output.isfinite().all().item<bool>());
    }
    const double difference = relativeDifference(found, expected);
    const double tolerance = isPlain ? functionTolerance : outlierTolerance;
    QVERIFY2(difference <= tolerance, qPrintable(QString::number(difference)));
}

void TstGammaMigration::bertMigratesByTheTable()
{
    const Subject made = subjectNamed("bert");
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform("gamma-migration", {{"guard", 0.0}});
    const auto changed = model.withTransform(bound(*transform, model, made.batch, graph));
    std::set<std::string> expectedChanges;
    const auto tensorOf = [](const Model &of, int block, const std::string &name) {
        return block == NormInfo::embedding ? of.loadTensor(name)
                                            : of.loadBlock({0, block}).tensor(name);
    };
    for (const Migration &migration : ofBert) {
        const std::string norm = migration.norm;
        const at::Tensor gain = tensorOf(model, migration.block, norm + ".weight");
        const at::Tensor bias = tensorOf(model, migration.block, norm + ".bias");
        const at::Tensor quotient = (bias.to(at::kDouble) / gain.to(at::kDouble)).to(at::kFloat);
        QVERIFY(
            at::equal(tensorOf(*changed, migration.block, norm + ".weight"), at::ones_like(gain)));
        QVERIFY(at::equal(tensorOf(*changed, migration.block, norm + ".bias"), quotient));
        expectedChanges.insert(norm + ".weight");
        expectedChanges.insert(norm + ".bias");
        for (const std::string reader : migration.readers) {
            const at::Tensor weight = tensorOf(model, migration.readingBlock, reader + ".weight");
            QVERIFY(at::equal(tensorOf(*changed, migration.readingBlock, reader + ".weight"),
                              weight * gain));
            expectedChanges.insert(reader + ".weight");
        }
    }
    for (const BlockId id : {BlockId{0, 0}, BlockId{0, 1}, headOf(0)}) {
        const Block before = id.isHead() ? model.loadHead(0) : model.loadBlock(id);
        const Block after = id.isHead() ? changed->loadHead(0) : changed->loadBlock(id);
        for (const auto &[name, tensor] : before.tensors()) {
            QVERIFY2(expectedChanges.contains(name) || at::equal(after.tensor(name), tensor),
                     name.c_str());
        }
    }
}

void TstGammaMigration::albertMigratesItsMappingAndNotTheFirstLayer()
{
    const Subject made = subjectNamed("albert");
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform("gamma-migration", {{"guard", 0.0}});
    const LearnedTensors learned = learnedOn(*transform, model, made.batch, graph);
    const auto changed = model.withTransform(transform->bind(graph, 3, learned));
    const at::Tensor gain = model.loadTensor("albert.embeddings.LayerNorm.weight");
    const std::string mapping = "albert.encoder.embedding_hidden_mapping_in.weight";
    const Block before = model.loadBlock({0, 0});
    const Block after = changed->loadBlock({0, 0});
    QVERIFY(at::equal(after.tensor(mapping), before.tensor(mapping) * gain));
    for (const char *name : {"query", "key", "value"}) {
        const std::string full
            = std::string(albertGroup) + "0.albert_layers.0.attention." + name + ".weight";
        QVERIFY(at::equal(after.tensor(full), before.tensor(full)));
    }
    // The last layer's second norm feeds the task's head.
    const std::string last = std::string(albertGroup) + "1.albert_layers.0.full_layer_layer_norm";
    QVERIFY(!learned.contains(last + ".weight"));
    QVERIFY(learned.contains(std::string(albertGroup)
                             + "1.albert_layers.0.attention.LayerNorm.weight"));
    QVERIFY(!learned.contains("predictions.LayerNorm.weight"));
}

void TstGammaMigration::finalNormMovesOnlyIntoAHeadOfItsOwn()
{
    for (const bool isTied : {false, true}) {
        const Subject made = subjectNamed(isTied ? "llama, tied head" : "llama");
        const Model &model = *made.model;
        const ModelGraph graph(model.info());
        const auto transform = makeTransform("gamma-migration", Json::object());
        const auto changed = model.withTransform(bound(*transform, model, made.batch, graph));
        const Block before = model.loadHead(0);
        const Block after = changed->loadHead(0);
        QCOMPARE(at::equal(after.tensor("model.norm.weight"), before.tensor("model.norm.weight")),
                 isTied);
        QVERIFY(transform->plan(graph).online.empty());
        QVERIFY(at::equal(model.loadTensor("model.embed_tokens.weight"),
                          changed->loadTensor("model.embed_tokens.weight")));
    }
}

void TstGammaMigration::twiceIsOnce()
{
    for (const char *name : {"bert", "albert", "llama", "opt"}) {
        const Subject made = subjectNamed(name);
        const ModelGraph graph(made.model->info());
        const auto odd = std::make_shared<OddGains>(made.model->info(), false);
        const auto model = made.model->withTransform(odd);
        // The guard's limit stays below one, which migrated gains are: the median is about one.
        const auto transform = makeTransform("gamma-migration", Json::object());
        const auto first = bound(*transform, *model, made.batch, graph);
        const auto once = made.model->withTransform(chainOf({odd, first}));
        const auto second = bound(*transform, *once, made.batch, graph);
        const auto twice = made.model->withTransform(chainOf({odd, first, second}));
        for (const BlockId id : made.model->allBlocks()) {
            const Block a = once->loadBlock(id);
            const Block b = twice->loadBlock(id);
            for (const auto &[tensor, values] : a.tensors()) {
                QVERIFY2(at::equal(values, b.tensor(tensor)), tensor.c_str());
            }
        }
    }
}

void TstGammaMigration::rangesShrinkWhereGainsAreOutliers()
{
    for (const char *name : {"bert", "roberta", "albert", "opt", "gpt2", "llama"}) {
        const Subject made = subjectNamed(name);
        const ModelGraph graph(made.model->info());
        const auto odd = std::make_shared<OddGains>(made.model->info(), true);
        const auto model = made.model->withTransform(odd);
        const auto transform = makeTransform("gamma-migration", Json::object());
        const auto migration = bound(*transform, *model, made.batch, graph);
        const auto changed = made.model->withTransform(chainOf({odd, migration}));
        InputMaxima before;
        InputMaxima after;
        static_cast<void>(outputsOf(*model, made.batch, &before));
        static_cast<void>(outputsOf(*changed, made.batch, &after));
        int migrated = 0;
        for (const NormInfo &norm : made.model->info().norms) {
            for (const LayerInfo *layer : graph.readersOf(norm)) {
                if (norm.canMove() && layer->block >= 0 && norm.gain == layer->producer) {
                    QVERIFY2(after.maxima.at(layer->name) <= before.maxima.at(layer->name),
                             layer->name.c_str());
                    ++migrated;
                }
            }
        }
        QVERIFY(migrated > 0);
    }
}

void TstGammaMigration::guardIsCounted()
{
    const Subject made = subjectNamed("bert");
    const ModelGraph graph(made.model->info());
    const auto model
        = made.model->withTransform(std::make_shared<OddGains>(made.model->info(), false));
    const auto transform = makeTransform("gamma-migration", Json::object());
    QVERIFY(transform->findings({}).empty());
    const std::vector<std::string> found
        = transform->findings(learnedOn(*transform, *model, made.batch, graph));
    QCOMPARE(found.size(), 1U);
    // Four norms of 16 channels, each with a gain of zero and one of 1e-6.
    QVERIFY2(found.front().find("held back 8 of 64 channels") != std::string::npos,
             found.front().c_str());
}

void TstGammaMigration::nothingToMoveIsRefused()
{
    const Subject made = subjectNamed("llama");
    ModelInfo info = made.model->info();
    for (NormInfo &norm : info.norms) {
        norm.feedsLayersOnly = false;
    }
    const ModelGraph graph(info);
    const auto transform = makeTransform("gamma-migration", Json::object());
    QVERIFY(complaintOf([&] {
                transform->plan(graph);
            }).isBadInputNaming("gamma-migration: no norm of"));
}

void TstGammaMigration::aTrainedAlbertKeepsItsFunction()
{
    const std::string path = sharedData("rxnmapper-albert");
    if (path.empty()) {
        QSKIP("../shared/data/rxnmapper-albert is not there");
    }
    const auto model = Model::open(path);
    Batch batch;
    batch.tokens = randomTokens(2, 60, model->info().vocabularySize, 3);
    const ModelGraph graph(model->info());
    const auto transform = makeTransform("gamma-migration", Json::object());
    const LearnedTensors learned = learnedOn(*transform, *model, batch, graph);
    // Twelve layers of two norms and that of the embedding, without the last (each with a count).
    QCOMPARE(learned.size(), 2U * 24);
    const auto changed = model->withTransform(transform->bind(graph, 0, learned));
    const double difference
        = relativeDifference(outputsOf(*changed, batch), outputsOf(*model, batch));
    QVERIFY2(difference <= functionTolerance, qPrintable(QString::number(difference)));
}

BITPRISM_TEST(TstGammaMigration);
#include "tst_gamma_migration.moc"
