// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/training_report.h"

#include "app/train/model_export.h"
#include "core/io/atomic_file.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

namespace bitprism::train {

namespace {

constexpr std::int64_t stepsPerLine = 20;

nlohmann::ordered_json historyOf(const TrainingState &state, int tokensPerStep)
{
    nlohmann::ordered_json lines = nlohmann::ordered_json::array();
    for (const HistoryEntry &entry : state.history) {
        lines.push_back({{"step", entry.step},
                         {"tokens", entry.step * tokensPerStep},
                         {"training_loss", entry.trainingLoss},
                         {"evaluation_loss", entry.evaluationLoss},
                         {"evaluation_perplexity", std::exp(entry.evaluationLoss)},
                         {"seconds", std::round(entry.seconds)}});
    }
    return lines;
}

} // namespace

TrainingReport::TrainingReport(const TrainingCommand &command, const ByteBpe &tokenizer)
    : m_command(command)
    , m_tokenizer(tokenizer)
{
}

void TrainingReport::operator()(const TrainingState &state, double loss, double rate,
                                bool isCheckpoint)
{
    if (m_firstStep < 0) {
        m_firstStep = state.step - 1;
        m_firstSeconds = state.seconds;
    }
    if (state.step % stepsPerLine == 0 || state.step == m_command.options.schedule.totalSteps) {
        printStep(state, loss, rate);
    }
    if (!state.history.empty() && state.history.back().step == state.step) {
        std::fprintf(stderr, "held-out perplexity %.3f, best so far %.3f\n",
                     std::exp(state.history.back().evaluationLoss),
                     std::exp(state.bestEvaluationLoss));
    }
    if (isCheckpoint) {
        writeFiles(state);
    }
}

void TrainingReport::printStep(const TrainingState &state, double loss, double rate) const
{
    const TrainingOptions &options = m_command.options;
    const double steps = double(state.step - 1 - m_firstStep);
    const double secondsPerStep
        = steps > 0.0 ? (state.seconds - m_firstSeconds) / steps : state.seconds;
    std::fprintf(stderr,
                 "step %lld of %lld, %.2f M tokens, loss %.3f, rate %.2e, %.0f tokens/s, %.0f min"
                 " left\n",
                 static_cast<long long>(state.step),
                 static_cast<long long>(options.schedule.totalSteps),
                 double(state.step) * options.tokensPerStep * 1e-6, loss, rate,
                 options.tokensPerStep / secondsPerStep,
                 double(options.schedule.totalSteps - state.step) * secondsPerStep / 60.0);
}

void TrainingReport::writeFiles(const TrainingState &state) const
{
    const TrainingOptions &options = m_command.options;
    const std::filesystem::path folder = m_command.workFolder / "preliminary";
    writeDescriptions(folder, options.model, m_tokenizer);
    writeWeights(folder, options.model, state.parameters);
    io::writeFileAtomically(m_command.workFolder / "history.json",
                            historyOf(state, options.tokensPerStep).dump(1) + "\n");
}

void writeResult(const TrainingCommand &command, const TrainingState &state,
                 const TrainingTokens &tokens)
{
    const LlamaConfig &model = command.options.model;
    const std::vector<float> rounded = roundedParameters(state.bestParameters);
    writeWeights(command.output, model, rounded);
    nlohmann::ordered_json metrics = {{"settings", fingerprintOf(command.options)},
                                      {"best_step", state.bestStep},
                                      {"tokens", state.step * command.options.tokensPerStep},
                                      {"seconds", std::round(state.seconds)},
                                      {"training_tokens", tokens.training.size()},
                                      {"evaluation_tokens", tokens.evaluation.size()}};
    for (const int length : {model.maxPositions, model.maxPositions / 2}) {
        const double loss
            = evaluateLoss(model, Precision::Float32, rounded, tokens.evaluation, length);
        metrics["perplexity_" + std::to_string(length)] = std::exp(loss);
        std::fprintf(stderr, "held-out perplexity of the BF16 weights, windows of %d: %.4f\n",
                     length, std::exp(loss));
    }
    metrics["history"] = historyOf(state, command.options.tokensPerStep);
    io::writeFileAtomically(command.workFolder / "metrics.json", metrics.dump(1) + "\n");
}

} // namespace bitprism::train
