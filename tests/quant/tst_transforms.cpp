// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/collect_statistics.h"
#include "core/quant/rotation.h"
#include "core/quant/transform.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <nlohmann/json.hpp>

#include <functional>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 forward passes of two models that are the same function (base-methods.md 13.10, 13.16).
constexpr double functionTolerance = 1e-4;
/// The same through weights that are edited in FP64 and rounded to FP32 once.
constexpr double exactTolerance = 1e-12;

struct Subject
{
    std::unique_ptr<ToyModel> toy;
    at::Tensor tokens;
};

using MakeSubject = std::function<Subject()>;

Subject llamaSubject(const ToyLlama &options)
{
    return {std::make_unique<ToyModel>(options), randomTokens(2, 24, options.vocabulary, 5)};
}

/// Every model the transforms must keep the function of; a family that lands adds its rows here.
struct NamedSubject
{
    const char *name;
    MakeSubject make;
};

std::vector<NamedSubject> subjects()
{
    ToyLlama plain;
    plain.spread = 0.3; // gains far from one
    ToyLlama tied = plain;
    tied.tiedHead = true;
    ToyLlama biased = plain;
    biased.modelType = "qwen2";
    biased.mlpBias = true;
    ToyLlama normed = plain;
    normed.modelType = "qwen3";
    normed.hidden = 24; // 12 x 2
    ToyLlama odd = plain;
    odd.hidden = 44;
    odd.headSize = 12;
    odd.heads = 3;
    odd.keyValueHeads = 1;
    odd.intermediate = 52; // 13 blocks of 4
    return {{"llama", [=] { return llamaSubject(plain); }},
            {"llama, tied head", [=] { return llamaSubject(tied); }},
            {"qwen2, biases", [=] { return llamaSubject(biased); }},
            {"qwen3, query and key norms", [=] { return llamaSubject(normed); }},
            {"llama, sizes 44, 12 and 52", [=] { return llamaSubject(odd); }}};
}

Subject subjectNamed(const QString &name)
{
    for (const NamedSubject &subject : subjects()) {
        if (name == subject.name) {
            return subject.make();
        }
    }
    return {};
}

std::unique_ptr<Transform> makeTransform(const std::string &id, const Json &params)
{
    return create<Transform>(id, params, "test");
}

/// Learns on `tokens` as a run does, block by block on the model as it is, and binds.
std::shared_ptr<const ModelTransform> bound(const Transform &transform, const Model &model,
                                            const at::Tensor &tokens, const ModelGraph &graph,
                                            std::uint64_t seed = 3)
{
    const TransformPlan plan = transform.plan(graph);
    LearnedTensors learned;
    if (plan.needsStatistics) {
        JobContext context;
        Batch batch;
        batch.tokens = tokens;
        std::vector<StreamState> states{model.begin(0, batch)};
        for (const BlockId id : model.blocksOf(0)) {
            const Block block = model.loadBlock(id);
            StatisticsCollector collector(plan.statistics);
            collectStatistics(model, block, states, collector, context);
            learned.merge(transform.learn(
                graph, block, [&](const LayerInfo &layer) { return collector.find(layer); }));
            model.runBlock(block, states.front());
        }
    }
    return transform.bind(graph, seed, learned);
}

double kurtosis(const at::Tensor &x)
{
    const at::Tensor centred = (x - x.mean()).to(at::kDouble);
    const double variance = centred.pow(2).mean().item<double>();
    return centred.pow(4).mean().item<double>() / (variance * variance);
}

/// Keeps what enters the layers of one kind.
class InputsOf final : public BlockHooks
{
public:
    explicit InputsOf(std::string kind)
        : m_kind(std::move(kind))
    {
    }
    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        if (layer.kind == m_kind) {
            m_inputs.push_back(input.clone());
        }
        return input;
    }
    const std::vector<at::Tensor> &inputs() const { return m_inputs; }

private:
    std::string m_kind;
    std::vector<at::Tensor> m_inputs;
};

/// One channel of the first norm a hundred times larger, and the weights behind it smaller: the
/// toy of an outlier, the same function as without.
class WithOutlier final : public ModelTransform
{
public:
    void edit(Block &block) const override
    {
        if (block.id().isHead()) {
            return;
        }
        const std::string prefix = "model.layers." + std::to_string(block.id().index) + ".";
        at::Tensor gain = block.tensor(prefix + "input_layernorm.weight").clone();
        gain[3] *= 100;
        block.setTensor(prefix + "input_layernorm.weight", gain);
        for (const char *name : {"q_proj", "k_proj", "v_proj"}) {
            at::Tensor W = block.tensor(prefix + "self_attn." + name + ".weight").clone();
            W.select(1, 3) /= 100;
            block.setTensor(prefix + "self_attn." + name + ".weight", W);
        }
    }
};

} // namespace

class TstTransforms : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void keepsTheFunction_data();
    void keepsTheFunction();
    void composesInAnyOrder();
    void rotationIsOrthogonal_data();
    void rotationIsOrthogonal();
    void rotationThatKeepsOnesCommutesWithLayerNorm();
    void onlineEqualsOffline();
    void seedsDecideTheSigns();
    void alphaOneEvensActivations();
    void alphaZeroEvensWeights();
    void kurtosisFallsOnAnOutlierToy();
    void postNormModelsAreRefused();
};

void TstTransforms::keepsTheFunction_data()
{
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("params");
    const std::vector<std::pair<const char *, const char *>> transforms{
        {"smoothquant", R"({"alpha":0.5})"},
        {"smoothquant", R"({"alpha":1})"},
        {"hadamard-rotation", R"({})"},
        {"hadamard-rotation", R"({"random_signs":false,"heads":"none"})"},
        {"hadamard-rotation", R"({"heads":"online","online_hidden":true,"online_keys":true})"},
        {"hadamard-rotation", R"({"residual":"online","heads":"none","online_hidden":true})"},
        {"hadamard-rotation", R"({"residual":"none","heads":"offline"})"}};
    for (const NamedSubject &subject : subjects()) {
        for (const auto &[id, params] : transforms) {
            QTest::addRow("%s: %s %s", subject.name, id, params)
                << QString(subject.name) << QString(id) << QString(params);
        }
    }
}

void TstTransforms::keepsTheFunction()
{
    QFETCH(QString, subject);
    QFETCH(QString, id);
    QFETCH(QString, params);
    const Subject made = subjectNamed(subject);
    const Model &model = **made.toy;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform(id.toStdString(), Json::parse(params.toStdString()));
    const auto changed = model.withTransform(bound(*transform, model, made.tokens, graph));
    const at::Tensor expected = logitsOf(model, made.tokens);
    QVERIFY(relativeDifference(logitsOf(*changed, made.tokens), expected) <= functionTolerance);
    const LayerInfo &layer = *model.layersOf({0, 0}).back();
    const LayerInfo &value = *model.layersOf({0, 0}).at(2);
    const Block before = model.loadBlock({0, 0});
    const Block after = changed->loadBlock({0, 0});
    QVERIFY(!at::equal(before.tensor(layer.tensor), after.tensor(layer.tensor))
            || !at::equal(before.tensor(value.tensor), after.tensor(value.tensor)));
}

void TstTransforms::composesInAnyOrder()
{
    const Subject made = subjects().front().make();
    const Model &model = **made.toy;
    const ModelGraph graph(model.info());
    const auto smooth = makeTransform("smoothquant", Json::object());
    const auto rotate = makeTransform("hadamard-rotation", Json::object());
    const at::Tensor expected = logitsOf(model, made.tokens);
    for (const bool smoothsFirst : {true, false}) {
        const Transform &first = smoothsFirst ? *smooth : *rotate;
        const Transform &second = smoothsFirst ? *rotate : *smooth;
        const auto one = bound(first, model, made.tokens, graph);
        const auto once = model.withTransform(one);
        const auto two = bound(second, *once, made.tokens, graph);
        const auto twice = model.withTransform(chainOf({one, two}));
        QVERIFY(relativeDifference(logitsOf(*twice, made.tokens), expected) <= functionTolerance);
    }
}

void TstTransforms::rotationIsOrthogonal_data()
{
    QTest::addColumn<int>("shape");
    QTest::addColumn<int>("size");
    for (const int shape : {0, 1, 2}) {
        for (const int size : {8, 12, 44, 52, 384}) {
            QTest::addRow("shape %d, size %d", shape, size) << shape << size;
        }
    }
}

void TstTransforms::rotationIsOrthogonal()
{
    QFETCH(int, shape);
    QFETCH(int, size);
    const Rotation rotation(size, static_cast<Rotation::Shape>(shape), Random(9, "test"));
    const at::Tensor eye = at::eye(size, at::kDouble);
    const at::Tensor Q = rotation.right(eye);
    QVERIFY((at::mm(Q.t(), Q) - eye).abs().max().item<double>() <= exactTolerance);
    QVERIFY((rotation.rightTransposed(Q) - eye).abs().max().item<double>() <= exactTolerance);
    const at::Tensor W = at::randn({size, 5}, at::kDouble);
    QVERIFY((rotation.left(W) - at::mm(Q.t(), W)).abs().max().item<double>()
            <= exactTolerance * 10);
}

void TstTransforms::rotationThatKeepsOnesCommutesWithLayerNorm()
{
    for (const int size : {16, 48, 52}) {
        const Rotation Q(size, Rotation::Shape::KeepsOnes, Random(9, "test"));
        const at::Tensor ones = at::ones({1, size}, at::kDouble);
        QVERIFY((Q.right(ones) - ones).abs().max().item<double>() <= exactTolerance);
        const at::Tensor x = at::randn({7, size}, at::kDouble) + 3;
        const at::Tensor rotated = at::layer_norm(Q.right(x), {size});
        const at::Tensor expected = Q.right(at::layer_norm(x, {size}));
        QVERIFY((rotated - expected).abs().max().item<double>() <= exactTolerance * 10);
    }
}

void TstTransforms::onlineEqualsOffline()
{
    for (const int shape : {0, 1, 2}) {
        const Rotation Q(48, static_cast<Rotation::Shape>(shape), Random(9, "test"));
        at::Tensor x = at::randn({2, 3, 48});
        const at::Tensor expected = Q.right(x).to(at::kFloat);
        QVERIFY(at::allclose(Q.online(x), expected, 1e-5, 1e-5));
        QVERIFY(at::allclose(Q.online(Q.online(x), true), x, 1e-5, 1e-5));
        const c10::AutoGradMode gradients(true);
        x.set_requires_grad(true); // takes the way through matrix products
        QVERIFY(at::allclose(Q.online(x), expected, 1e-5, 1e-5));
        QVERIFY(Q.online(x).requires_grad());
    }
}

void TstTransforms::seedsDecideTheSigns()
{
    const Subject made = subjects().front().make();
    const Model &model = **made.toy;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform("hadamard-rotation", Json::object());
    const std::string name = model.layersOf({0, 0}).front()->tensor;
    const auto weight = [&](std::uint64_t seed) {
        return model.withTransform(transform->bind(graph, seed, {}))
            ->loadBlock({0, 0})
            .tensor(name);
    };
    QVERIFY(at::equal(weight(1), weight(1)));
    QVERIFY(!at::equal(weight(1), weight(2)));
}

void TstTransforms::alphaOneEvensActivations()
{
    const Subject made = subjects().front().make();
    const Model &model = **made.toy;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform("smoothquant", {{"alpha", 1.0}});
    const auto changed = model.withTransform(bound(*transform, model, made.tokens, graph));
    for (const char *kind : {"attention_query", "mlp_gate"}) {
        InputsOf inputs(kind);
        static_cast<void>(logitsOf(*changed, made.tokens, &inputs));
        for (const at::Tensor &input : inputs.inputs()) {
            const at::Tensor largest = input.abs().amax({0, 1});
            QVERIFY(at::allclose(largest, at::ones_like(largest), 1e-4, 0));
        }
    }
}

void TstTransforms::alphaZeroEvensWeights()
{
    const Subject made = subjects().front().make();
    const Model &model = **made.toy;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform("smoothquant", {{"alpha", 0.0}});
    const Block block
        = model.withTransform(bound(*transform, model, made.tokens, graph))->loadBlock({0, 1});
    for (const NormInfo *norm : graph.normsOf({0, 1})) {
        at::Tensor largest;
        for (const LayerInfo *layer : graph.readersOf(*norm)) {
            const at::Tensor own = block.tensor(layer->tensor).abs().amax(0);
            largest = largest.defined() ? at::maximum(largest, own) : own;
        }
        QVERIFY(at::allclose(largest, at::ones_like(largest), 1e-4, 0));
    }
}

void TstTransforms::kurtosisFallsOnAnOutlierToy()
{
    const Subject made = subjects().front().make();
    const auto model = (*made.toy)->withTransform(std::make_shared<WithOutlier>());
    const ModelGraph graph(model->info());
    InputsOf before("attention_query");
    static_cast<void>(logitsOf(*model, made.tokens, &before));
    for (const char *id : {"smoothquant", "hadamard-rotation"}) {
        const auto transform = makeTransform(id, Json::object());
        const auto changed = model->withTransform(chainOf(
            {std::make_shared<WithOutlier>(), bound(*transform, *model, made.tokens, graph)}));
        InputsOf after("attention_query");
        static_cast<void>(logitsOf(*changed, made.tokens, &after));
        for (std::size_t i = 0; i < after.inputs().size(); ++i) {
            QVERIFY(kurtosis(after.inputs()[i]) < 0.5 * kurtosis(before.inputs()[i]));
        }
    }
}

void TstTransforms::postNormModelsAreRefused()
{
    const Subject made = subjects().front().make();
    ModelInfo info = (*made.toy)->info();
    info.stacks.front().isPreNorm = false;
    for (NormInfo &norm : info.norms) {
        norm.feedsLayersOnly = false;
    }
    const ModelGraph graph(info);
    const auto planOf = [&](const char *id) {
        return complaintOf([&] { makeTransform(id, Json::object())->plan(graph); });
    };
    QVERIFY(planOf("smoothquant").isBadInputNaming("smoothquant: no norm of"));
    QVERIFY(planOf("hadamard-rotation").isBadInputNaming("\"residual\" to online"));
    const Json online{{"residual", "online"}};
    QVERIFY(!makeTransform("hadamard-rotation", online)->plan(graph).online.empty());
}

BITPRISM_TEST(TstTransforms);
#include "tst_transforms.moc"

#include <c10/core/GradMode.h>
