// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/models/run_states.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_model.h"

#include <stop_token>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// Central differences in FP32 with a loss of about 4 nats a token: step and rounding both matter.
constexpr double differenceTolerance = 2e-2;

std::vector<StreamState> beginAll(const Model &model, const std::vector<at::Tensor> &samples)
{
    std::vector<StreamState> states;
    for (const at::Tensor &tokens : samples) {
        Batch batch;
        batch.tokens = tokens;
        states.push_back(model.begin(0, batch));
    }
    return states;
}

double nllOf(const Model &model, const at::Tensor &tokens)
{
    const std::int64_t scored = tokens.size(1) - 1;
    const at::Tensor logits = logitsOf(model, tokens).narrow(1, 0, scored).to(at::kDouble);
    return -at::log_softmax(logits, -1)
                .gather(-1, tokens.narrow(1, 1, scored).unsqueeze(-1))
                .sum()
                .item<double>();
}

class Replaced final : public WeightOverlay
{
public:
    std::string name;
    at::Tensor value;
    std::optional<at::Tensor> tensor(const std::string &wanted) const override
    {
        return wanted == name ? std::optional(value) : std::nullopt;
    }
};

class GradientKeeper final : public GradientVisitor
{
public:
    std::map<std::string, std::vector<at::Tensor>> gradients;
    std::vector<int> blocksLeft;

    void visit(const Block &, std::size_t sample, std::int64_t,
               const std::map<std::string, at::Tensor> &found) override
    {
        for (const auto &[name, gradient] : found) {
            gradients[name].resize(std::max(gradients[name].size(), sample + 1));
            gradients[name][sample] = gradient;
        }
    }
    void leave(const Block &block, JobContext &) override
    {
        blocksLeft.push_back(block.id().index);
    }
};

class Recorder final : public BlockVisitor
{
public:
    std::vector<std::string> calls;

    void enter(Block &block, std::vector<StreamState> &, JobContext &) override
    {
        calls.push_back("enter " + std::to_string(block.id().index));
    }
    BlockHooks *hooks(const Block &, std::size_t index) override
    {
        calls.push_back("run " + std::to_string(index));
        return nullptr;
    }
    void leave(Block &block, std::vector<StreamState> &, JobContext &) override
    {
        calls.push_back("leave " + std::to_string(block.id().index));
    }
};

/// Cancels itself when a block is entered.
class Stopper final : public BlockVisitor
{
public:
    explicit Stopper(std::stop_source source)
        : m_source(std::move(source))
    {
    }
    int entered = 0;
    void enter(Block &, std::vector<StreamState> &, JobContext &) override
    {
        ++entered;
        m_source.request_stop();
    }

private:
    std::stop_source m_source;
};

class ProgressContext final : public JobContext
{
public:
    std::vector<double> shares;
    void progress(double done, double total) override { shares.push_back(done / total); }
};

} // namespace

class TstStream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void visitsBlocksInOrderAndGivesTheirOutputs()
    {
        const ToyModel toy;
        const std::vector<at::Tensor> samples{randomTokens(2, 9, 64, 1), randomTokens(1, 5, 64, 2)};
        std::vector<StreamState> states = beginAll(*toy, samples);
        Recorder recorder;
        ProgressContext context;
        StreamOptions options;
        options.progressFrom = 0.5;
        streamBlocks(*toy, states, recorder, context, options);
        // No hooks for the first state: none are asked for the others.
        const std::vector<std::string> expected{"enter 0", "run 0", "leave 0",
                                                "enter 1", "run 0", "leave 1"};
        QCOMPARE(recorder.calls, expected);
        QCOMPARE(context.shares.back(), 1.0);
        QVERIFY(context.shares.front() > 0.5);
        const Block head = toy->loadHead(0);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            QVERIFY(toy->finish(head, states[i].hidden).equal(logitsOf(*toy, samples[i])));
        }
    }

    void statesSideBySideEqualStatesInTurn()
    {
        const ToyModel toy;
        std::vector<at::Tensor> samples;
        for (std::uint64_t seed = 0; seed < 7; ++seed) {
            samples.push_back(randomTokens(1 + static_cast<std::int64_t>(seed) % 3, 9, 64, seed));
        }
        std::vector<StreamState> together = beginAll(*toy, samples);
        std::vector<StreamState> inTurn = beginAll(*toy, samples);
        const Block block = toy->loadBlock({0, 0});
        JobContext context;
        runOnAll(*toy, block, together, context);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            toy->runBlock(block, inTurn[i]);
            QVERIFY(together[i].hidden.equal(inTurn[i].hidden));
        }
    }

    void everyStateGetsItsHooks()
    {
        const ToyModel toy;
        std::vector<StreamState> states
            = beginAll(*toy, {randomTokens(1, 5, 64, 1), randomTokens(1, 6, 64, 2)});
        class Watcher final : public BlockVisitor, public BlockHooks
        {
        public:
            std::vector<std::size_t> asked;
            std::vector<std::int64_t> lengths;
            BlockHooks *hooks(const Block &, std::size_t index) override
            {
                asked.push_back(index);
                return this;
            }
            at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
            {
                if (layer.kind == "mlp_down") {
                    lengths.push_back(input.size(1));
                }
                return input;
            }
        } watcher;
        JobContext context;
        streamBlocks(*toy, states, watcher, context);
        QCOMPARE(watcher.asked, (std::vector<std::size_t>{0, 1, 0, 1}));
        QCOMPARE(watcher.lengths, (std::vector<std::int64_t>{5, 6, 5, 6}));
    }

    void runsAPartOfTheStack()
    {
        const ToyModel toy;
        const at::Tensor tokens = randomTokens(1, 9, 64, 1);
        std::vector<StreamState> states = beginAll(*toy, {tokens});
        BlockVisitor nothing;
        JobContext context;
        StreamOptions options;
        options.endBlock = 1;
        streamBlocks(*toy, states, nothing, context, options);
        options.firstBlock = 1;
        options.endBlock = -1;
        streamBlocks(*toy, states, nothing, context, options);
        QVERIFY(toy->finish(toy->loadHead(0), states[0].hidden).equal(logitsOf(*toy, tokens)));
    }

    void stopsBetweenStates()
    {
        const ToyModel toy;
        std::vector<StreamState> states
            = beginAll(*toy, {randomTokens(1, 5, 64, 1), randomTokens(1, 5, 64, 2)});
        std::stop_source source;
        Stopper stopper(source);
        JobContext context(0, source.get_token());
        try {
            streamBlocks(*toy, states, stopper, context);
            QFAIL("ran on");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::Cancelled);
        }
        QCOMPARE(stopper.entered, 1);
    }

    void statesNeverChangeTheirInputs()
    {
        const ToyModel toy;
        StreamState state = beginAll(*toy, {randomTokens(2, 9, 64, 1)}).front();
        const at::Tensor input = state.hidden;
        const at::Tensor copy = input.clone();
        toy->runBlock(toy->loadBlock({0, 0}), state);
        QVERIFY(input.equal(copy));
        QVERIFY(!state.hidden.equal(copy));
    }

    void gradientsEqualFiniteDifferences_data()
    {
        QTest::addColumn<QString>("modelType");
        QTest::addColumn<bool>("tied");
        QTest::newRow("llama") << "llama" << false;
        QTest::newRow("qwen3, tied head") << "qwen3" << true;
        QTest::newRow("mistral") << "mistral" << false;
    }

    void gradientsEqualFiniteDifferences()
    {
        QFETCH(QString, modelType);
        QFETCH(bool, tied);
        ToyLlama options;
        options.modelType = modelType.toStdString();
        options.tiedHead = tied;
        options.spread = 0.2;
        options.extraConfig = R"({"sliding_window": 4})";
        const ToyModel toy(options);
        const std::vector<at::Tensor> samples{randomTokens(1, 12, 64, 1),
                                              randomTokens(1, 7, 64, 2)};
        GradientKeeper keeper;
        JobContext context;
        const BackwardTotals totals = streamBlocksBackward(*toy, samples, keeper, context);
        QCOMPARE(totals.tokens, 17);
        QCOMPARE(keeper.blocksLeft, (std::vector<int>{1, 0}));
        double nll = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            nll += nllOf(*toy, samples[i]);
            QVERIFY(std::abs(totals.sampleNll[i] - nllOf(*toy, samples[i])) < 1e-3);
        }
        QVERIFY(std::abs(totals.nll - nll) < 1e-3);

        int layers = 0;
        for (const LayerInfo &layer : toy->info().layers) {
            if (layer.block < 0) {
                continue;
            }
            ++layers;
            // Along the gradient itself, where the change of the loss is largest.
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const at::Tensor gradient = keeper.gradients.at(layer.name).at(i);
                const double norm = gradient.norm().item<double>();
                QCOMPARE(gradient.size(0), layer.rows);
                QCOMPARE(gradient.size(1), layer.cols);
                QVERIFY(norm > 0);
                const at::Tensor weight = toy->loadTensor(layer.tensor);
                const at::Tensor step = gradient * (0.02 / norm);
                const auto at = [&](const at::Tensor &value) {
                    const auto overlay = std::make_shared<Replaced>();
                    overlay->name = layer.tensor;
                    overlay->value = value;
                    return nllOf(*toy->withOverlay(overlay), samples[i]);
                };
                const double slope = (at(weight + step) - at(weight - step)) / 0.04;
                QVERIFY2(std::abs(slope - norm) < differenceTolerance * norm,
                         qPrintable(QString("%1: %2 for %3")
                                        .arg(QString::fromStdString(layer.name))
                                        .arg(slope)
                                        .arg(norm)));
            }
        }
        QCOMPARE(layers, 14);
    }
};

BITPRISM_TEST(TstStream);
#include "tst_stream.moc"
