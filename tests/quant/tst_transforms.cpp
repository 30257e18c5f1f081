// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/rotation.h"
#include "core/quant/transform.h"
#include "tests/support/bound_transform.h"
#include "tests/support/expect_error.h"
#include "tests/support/family_subjects.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// FP32 forward passes of two models that are the same function (base-methods.md 13.10, 13.16).
constexpr double functionTolerance = 1e-4;
/// The same through weights that are edited in FP64 and rounded to FP32 once.
constexpr double exactTolerance = 1e-12;
/// What the specification asks of rotations that cancel, in FP64.
constexpr double cancellingTolerance = 1e-9;

/// Whether any tensor of any block differs.
bool differs(const Model &a, const Model &b)
{
    for (const BlockId id : a.allBlocks()) {
        const Block one = a.loadBlock(id);
        const Block other = b.loadBlock(id);
        for (const auto &[name, tensor] : one.tensors()) {
            if (!at::equal(tensor, other.tensor(name))) {
                return true;
            }
        }
    }
    return false;
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

/// Multiplies and shifts what shortcuts take.
class AtShortcuts final : public ModelTransform, private BlockHooks
{
public:
    AtShortcuts(double shift, double factor)
        : m_shift(shift)
        , m_factor(factor)
    {
    }
    BlockHooks *hooks() const override { return const_cast<AtShortcuts *>(this); }

private:
    at::Tensor shortcut(BlockId, ShortcutPart, const at::Tensor &tensor) override
    {
        return tensor * m_factor + m_shift;
    }

    double m_shift;
    double m_factor;
};

} // namespace

class TstTransforms : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void keepsTheFunction_data();
    void keepsTheFunction();
    void composesInAnyOrder_data();
    void composesInAnyOrder();
    void shortcutsAreUndoneInReverse();
    void normsNameWhatReadsThem();
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
    QTest::addColumn<bool>("isPostNorm");
    QTest::addColumn<QString>("id");
    QTest::addColumn<QString>("params");
    const std::vector<std::pair<const char *, const char *>> transforms{
        {"smoothquant", R"({"alpha":0.5})"},
        {"smoothquant", R"({"alpha":1})"},
        {"gamma-migration", R"({})"},
        {"gamma-migration", R"({"guard":0})"},
        {"hadamard-rotation", R"({})"},
        {"hadamard-rotation", R"({"random_signs":false,"heads":"none"})"},
        {"hadamard-rotation", R"({"heads":"online","online_hidden":true,"online_keys":true})"},
        {"hadamard-rotation", R"({"residual":"online","heads":"none","online_hidden":true})"},
        {"hadamard-rotation", R"({"residual":"none","heads":"offline"})"},
        {"hadamard-rotation", R"({"residual":"none","heads":"online","online_keys":true})"}};
    for (const NamedSubject &subject : familySubjects()) {
        for (const auto &[id, params] : transforms) {
            QTest::addRow("%s: %s %s", subject.name, id, params)
                << QString(subject.name) << subject.isPostNorm << QString(id) << QString(params);
        }
    }
}

void TstTransforms::keepsTheFunction()
{
    QFETCH(QString, subject);
    QFETCH(bool, isPostNorm);
    QFETCH(QString, id);
    QFETCH(QString, params);
    const Subject made = subjectNamed(subject);
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const Json values = Json::parse(params.toStdString());
    const auto transform = makeTransform(id.toStdString(), values);
    const bool isOffline = values.value("residual", "offline") == "offline";
    if (isPostNorm && isOffline && id == "hadamard-rotation") {
        QVERIFY(complaintOf([&] {
                    transform->plan(graph);
                }).isBadInputNaming("its norms stand behind the additions"));
        return;
    }
    const auto changed = model.withTransform(bound(*transform, model, made.batch, graph));
    const std::vector<at::Tensor> expected = outputsOf(model, made.batch);
    QCOMPARE(expected.size(), model.info().stacks.size());
    QVERIFY(relativeDifference(outputsOf(*changed, made.batch), expected) <= functionTolerance);
    QVERIFY(differs(model, *changed));
}

void TstTransforms::composesInAnyOrder_data()
{
    QTest::addColumn<QString>("subject");
    QTest::addColumn<QString>("rotation");
    QTest::newRow("pre-norm") << "llama"
                              << "{}";
    QTest::newRow("pre-norm with shifts") << "opt"
                                          << "{}";
    QTest::newRow("post-norm") << "bert"
                               << R"({"residual":"online"})";
    QTest::newRow("shared blocks") << "albert"
                                   << R"({"residual":"none"})";
    QTest::newRow("two stacks") << "whisper"
                                << "{}";
}

void TstTransforms::composesInAnyOrder()
{
    QFETCH(QString, subject);
    QFETCH(QString, rotation);
    const Subject made = subjectNamed(subject);
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const auto smooth = makeTransform("smoothquant", Json::object());
    const auto rotate = makeTransform("hadamard-rotation", Json::parse(rotation.toStdString()));
    const std::vector<at::Tensor> expected = outputsOf(model, made.batch);
    for (const bool smoothsFirst : {true, false}) {
        if (!smoothsFirst && rotate->plan(graph).standsBehindNorms) {
            continue; // refused in a recipe: nothing can fold behind an online rotation
        }
        const Transform &first = smoothsFirst ? *smooth : *rotate;
        const Transform &second = smoothsFirst ? *rotate : *smooth;
        const auto one = bound(first, model, made.batch, graph);
        const auto once = model.withTransform(one);
        const auto two = bound(second, *once, made.batch, graph);
        const auto twice = model.withTransform(chainOf({one, two}));
        QVERIFY(relativeDifference(outputsOf(*twice, made.batch), expected) <= functionTolerance);
    }
}

void TstTransforms::shortcutsAreUndoneInReverse()
{
    const auto add = std::make_shared<AtShortcuts>(3, 1);
    const auto scale = std::make_shared<AtShortcuts>(0, 2);
    const at::Tensor x = at::ones({1});
    const auto chain = chainOf({add, scale}); // norm: (x - 3) / 2, so the shortcut: 2 x, then + 3
    const at::Tensor y = chain->hooks()->shortcut({0, 0}, ShortcutPart::Mlp, x);
    QCOMPARE(y.item<double>(), 5.0);
}

void TstTransforms::normsNameWhatReadsThem()
{
    for (const NamedSubject &subject : familySubjects()) {
        const Subject made = subject.make();
        const ModelInfo &info = made.model->info();
        const ModelGraph graph(info);
        std::set<std::pair<BlockId, ShortcutPart>> shortcuts;
        for (const NormInfo &norm : info.norms) {
            QVERIFY2(norm.epsilon > 0, norm.gain.c_str());
            QVERIFY2(made.model->checkpoint().find(norm.gain) != nullptr || subject.isPostNorm,
                     norm.gain.c_str()); // albert's are shared
            QVERIFY(!(norm.feedsLayersOnly && norm.shortcut));
            if (norm.shortcut) {
                const BlockId block{norm.stack, norm.shortcut->block};
                QVERIFY(shortcuts.insert({block, norm.shortcut->part}).second);
            }
        }
        // Each block of a post-norm stack has two; the first one's input may come from elsewhere.
        const auto most = static_cast<std::size_t>(2 * info.blocks);
        QVERIFY2(subject.isPostNorm ? shortcuts.size() + 1 >= most : shortcuts.empty(),
                 subject.name);
        for (const LayerInfo &layer : info.layers) {
            const bool entersBlock = layer.inputGroup == "attention_input"
                || layer.inputGroup == "mlp_input" || layer.inputGroup == "cross_attention_input";
            const bool isNorm
                = std::any_of(info.norms.begin(), info.norms.end(),
                              [&](const NormInfo &norm) { return norm.gain == layer.producer; });
            const bool isExempt = info.family == "albert" || layer.block == 0 || layer.stack == 0;
            QVERIFY2(!entersBlock || isNorm || isExempt, layer.name.c_str());
        }
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
    // A rotated input meets rotated columns: the layer's output, in FP64 (base-methods.md 13.16).
    const at::Tensor x = at::randn({3, size}, at::kDouble);
    const at::Tensor expected = at::mm(x, W);
    const at::Tensor found = at::mm(rotation.right(x), rotation.right(W.t()).t());
    QVERIFY(relativeDifference(found, expected) <= cancellingTolerance);
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
    const Subject made = familySubjects().front().make();
    const Model &model = *made.model;
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
    const Subject made = familySubjects().front().make();
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform("smoothquant", {{"alpha", 1.0}});
    const auto changed = model.withTransform(bound(*transform, model, made.batch, graph));
    for (const char *kind : {"attention_query", "mlp_gate"}) {
        InputsOf inputs(kind);
        static_cast<void>(outputsOf(*changed, made.batch, &inputs));
        for (const at::Tensor &input : inputs.inputs()) {
            const at::Tensor largest = input.abs().amax({0, 1});
            QVERIFY(at::allclose(largest, at::ones_like(largest), 1e-4, 0));
        }
    }
}

void TstTransforms::alphaZeroEvensWeights()
{
    const Subject made = familySubjects().front().make();
    const Model &model = *made.model;
    const ModelGraph graph(model.info());
    const auto transform = makeTransform("smoothquant", {{"alpha", 0.0}});
    const Block block
        = model.withTransform(bound(*transform, model, made.batch, graph))->loadBlock({0, 1});
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
    const Subject made = familySubjects().front().make();
    const auto model = made.model->withTransform(std::make_shared<WithOutlier>());
    const ModelGraph graph(model->info());
    InputsOf before("attention_query");
    static_cast<void>(outputsOf(*model, made.batch, &before));
    for (const char *id : {"smoothquant", "hadamard-rotation"}) {
        const auto transform = makeTransform(id, Json::object());
        const auto changed = model->withTransform(chainOf(
            {std::make_shared<WithOutlier>(), bound(*transform, *model, made.batch, graph)}));
        InputsOf after("attention_query");
        static_cast<void>(outputsOf(*changed, made.batch, &after));
        for (std::size_t i = 0; i < after.inputs().size(); ++i) {
            QVERIFY(kurtosis(after.inputs()[i]) < 0.5 * kurtosis(before.inputs()[i]));
        }
    }
}

void TstTransforms::postNormModelsAreRefused()
{
    const Subject made = familySubjects().front().make();
    ModelInfo info = made.model->info();
    info.stacks.front().isPreNorm = false;
    for (NormInfo &norm : info.norms) {
        norm.feedsLayersOnly = false; // and no shortcut that could undo a scale
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
