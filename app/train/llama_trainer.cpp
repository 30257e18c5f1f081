// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/llama_trainer.h"

#include "app/train/kernels.h"
#include "app/train/llama_pass.h"
#include "app/train/parallel.h"
#include "app/train/perplexity.h"
#include "app/train/token_sampler.h"
#include "core/base/error.h"
#include "core/base/sha256.h"

#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <span>
#include <sstream>

namespace bitprism::train {

namespace {

using Clock = std::chrono::steady_clock;

/// What a training that goes on must share with the one that began: settings, text and tokenizer.
std::string checkpointKey(const TrainingOptions &options, const TrainingTokens &tokens)
{
    Sha256 hash;
    hash.update(std::as_bytes(std::span(tokens.training)));
    hash.update(std::as_bytes(std::span(tokens.chapterStarts)));
    hash.update(std::as_bytes(std::span(tokens.evaluation)));
    return fingerprintOf(options) + " text " + hash.hex();
}

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Steps of rows of one length, with what the two threads own.
template <typename T> class Stepper
{
public:
    Stepper(const TrainingOptions &options, const TrainingTokens &tokens, int length,
            std::int64_t firstStep)
        : m_options(options)
        , m_layout(layoutOf(options.model))
        , m_sampler(tokens.training, tokens.chapterStarts, length, options.seed)
        , m_length(length)
        , m_rows(options.tokensPerStep / length)
        , m_firstStep(firstStep)
        , m_inputs(std::size_t(options.tokensPerStep))
        , m_targets(std::size_t(options.tokensPerStep))
        , m_matrices(m_layout.count)
    {
        for (Worker &worker : m_workers) {
            worker.pass
                = std::make_unique<LlamaPass<T>>(options.model, m_rows / workerCount, length);
            worker.gradient.resize(m_layout.count);
        }
    }

    double run(TrainingState &state, double rate)
    {
        for (int r = 0; r < m_rows; ++r) {
            const std::int64_t row = (state.step - m_firstStep) * m_rows + r;
            const std::size_t offset = std::size_t(r) * std::size_t(m_length);
            m_sampler.fillRow(row, m_inputs.data() + offset, m_targets.data() + offset);
        }
        toStorage(state.parameters.data(), m_matrices.data(), m_layout.count);
        inParallel([&](int index) { computeGradient(state, index); });
        inParallel([&](int index) { sumGradients(index); });
        const double norm = std::sqrt(m_workers[0].squaredNorm + m_workers[1].squaredNorm);
        const UpdateScale scale{float(rate),
                                norm > m_options.clipNorm ? float(m_options.clipNorm / norm) : 1.0f,
                                state.step + 1};
        inParallel([&](int index) { update(state, scale, index); });
        return (m_workers[0].loss + m_workers[1].loss) / m_options.tokensPerStep;
    }

private:
    struct Worker
    {
        std::unique_ptr<LlamaPass<T>> pass;
        std::vector<float> gradient;
        double loss = 0.0;
        double squaredNorm = 0.0;
    };

    void computeGradient(const TrainingState &state, int index)
    {
        Worker &worker = m_workers[std::size_t(index)];
        const std::size_t count = m_inputs.size() / workerCount;
        const TokenBatch batch{std::span(m_inputs).subspan(std::size_t(index) * count, count),
                               std::span(m_targets).subspan(std::size_t(index) * count, count),
                               m_rows / workerCount, m_length};
        const std::uint32_t key = std::uint32_t(m_options.seed) * 0x27d4eb2fu
            + std::uint32_t(state.step * workerCount + index) * 0xc2b2ae35u;
        worker.loss
            = worker.pass->forward(state.parameters.data(), m_matrices.data(), batch,
                                   m_options.dropout, key, 1.0f / float(m_options.tokensPerStep));
        worker.pass->backward(state.parameters.data(), m_matrices.data(), batch,
                              worker.gradient.data());
    }

    void sumGradients(int index)
    {
        const auto [begin, end] = shareOf(m_layout.count, index);
        m_workers[std::size_t(index)].squaredNorm
            = addGradients(m_workers[0].gradient.data() + begin,
                           m_workers[1].gradient.data() + begin, end - begin);
    }

    void update(TrainingState &state, const UpdateScale &scale, int index)
    {
        for (std::size_t i = 0; i < m_layout.slots.size(); ++i) {
            const ParameterSlot &slot = m_layout.slots[i];
            const auto [begin, end] = shareOf(slot.count(), index);
            const std::size_t at = slot.offset + begin;
            updateParameters(m_options.optimizer, scale, m_layout.decays[i],
                             m_workers[0].gradient.data() + at, state.parameters.data() + at,
                             state.firstMoment.data() + at, state.secondMoment.data() + at,
                             end - begin);
        }
    }

    const TrainingOptions &m_options;
    ParameterLayout m_layout;
    TokenSampler m_sampler;
    int m_length;
    int m_rows;
    std::int64_t m_firstStep;
    std::vector<std::int32_t> m_inputs, m_targets;
    std::vector<T> m_matrices;
    std::array<Worker, workerCount> m_workers;
};

TrainingState freshState(const TrainingOptions &options)
{
    TrainingState state;
    state.parameters = initialParameters(options.model, options.seed);
    state.firstMoment.resize(state.parameters.size());
    state.secondMoment.resize(state.parameters.size());
    return state;
}

void recordEvaluation(TrainingState &state, const TrainingOptions &options,
                      const TrainingTokens &tokens)
{
    const double loss = evaluateLoss(options.model, options.precision, state.parameters,
                                     tokens.evaluation, options.model.maxPositions);
    const double trainingLoss = state.lossSum / double(std::max<std::int64_t>(1, state.lossSteps));
    state.history.push_back({state.step, trainingLoss, loss, state.seconds});
    state.lossSum = 0.0;
    state.lossSteps = 0;
    if (state.bestStep < 0 || loss < state.bestEvaluationLoss) {
        state.bestEvaluationLoss = loss;
        state.bestStep = state.step;
        state.bestParameters = state.parameters;
    }
}

template <typename T>
void runSteps(const TrainingOptions &options, const TrainingTokens &tokens, TrainingState &state,
              const TrainingProgress &progress)
{
    const std::int64_t shortSteps = options.schedule.decayStart;
    const std::int64_t end = options.stopAfter < 0
        ? options.schedule.totalSteps
        : std::min(options.schedule.totalSteps, options.stopAfter);
    std::unique_ptr<Stepper<T>> stepper;
    bool isShort = false;
    Clock::time_point saved = Clock::now();
    while (state.step < end) {
        const Clock::time_point start = Clock::now();
        if (!stepper || isShort != (state.step < shortSteps)) {
            isShort = state.step < shortSteps;
            stepper.reset();
            stepper = std::make_unique<Stepper<T>>(options, tokens,
                                                   options.model.maxPositions / (isShort ? 2 : 1),
                                                   isShort ? 0 : shortSteps);
        }
        const double rate = rateAt(options.schedule, state.step);
        const double loss = stepper->run(state, rate);
        if (!std::isfinite(loss)) {
            throw Error(
                ErrorCode::Internal,
                BITPRISM_TR("Error", "The loss is not finite at step %1; lower --learning-rate."),
                state.step);
        }
        state.lossSum += loss;
        ++state.lossSteps;
        ++state.step;
        state.seconds += secondsSince(start);
        if (state.step % options.evaluateEvery == 0 || state.step == options.schedule.totalSteps) {
            recordEvaluation(state, options, tokens);
        }
        const bool isCheckpoint = !options.checkpointPath.empty()
            && (secondsSince(saved) > options.checkpointSeconds || state.step == end);
        if (isCheckpoint) {
            saveCheckpoint(options.checkpointPath, state, checkpointKey(options, tokens));
            saved = Clock::now();
        }
        progress(state, loss, rate, isCheckpoint);
    }
}

} // namespace

std::string fingerprintOf(const TrainingOptions &options)
{
    const LlamaConfig &model = options.model;
    const RateSchedule &schedule = options.schedule;
    std::ostringstream text;
    text << "model " << model.hiddenSize << ' ' << model.blockCount << ' ' << model.headCount << ' '
         << model.keyValueHeadCount << ' ' << model.feedForwardSize << ' ' << model.vocabularySize
         << ' ' << model.maxPositions << " precision "
         << (options.precision == Precision::Float32 ? "fp32" : "bf16") << " seed " << options.seed
         << " steps " << schedule.totalSteps << " warmup " << schedule.warmupSteps << " cosine "
         << schedule.cosineSteps << " decay " << schedule.decayStart << " rate " << schedule.peak
         << " tokens " << options.tokensPerStep << " dropout " << options.dropout << " clip "
         << options.clipNorm << " shrink " << options.optimizer.weightDecay;
    return text.str();
}

TrainingState trainLlama(const TrainingOptions &options, const TrainingTokens &tokens,
                         const TrainingProgress &progress)
{
    TrainingState state;
    std::optional<TrainingState> loaded;
    if (!options.checkpointPath.empty()) {
        loaded = loadCheckpoint(options.checkpointPath, checkpointKey(options, tokens));
    }
    state = loaded ? std::move(*loaded) : freshState(options);
    if (options.precision == Precision::Float32) {
        runSteps<float>(options, tokens, state, progress);
    } else {
        runSteps<Bfloat16>(options, tokens, state, progress);
    }
    return state;
}

} // namespace bitprism::train
