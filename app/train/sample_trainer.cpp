// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/sample_trainer.h"

#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/jobs/opened_model.h"

#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace bitprism::train {

namespace {

constexpr double checkpointSeconds = 60;
constexpr std::int64_t stepsPerLine = 50;

/// Drops out layers' inputs; the generator is seeded anew at each step.
class DropoutHooks final : public BlockHooks
{
public:
    explicit DropoutHooks(double share)
        : m_share(share)
    {
    }
    at::Tensor beforeLayer(const LayerInfo &, const at::Tensor &input) override
    {
        return at::dropout(input, m_share, /*train=*/true);
    }

private:
    double m_share;
};

/// Of a text's bytes, so that a checkpoint made from another text is not taken up.
std::string digestOf(const std::filesystem::path &text)
{
    constexpr std::uint64_t mostBytes = std::uint64_t{1} << 30;
    Sha256 digest;
    digest.update(io::readWholeFile(text, mostBytes));
    return digest.hex();
}

/// The settings that decide the weights, in one line.
std::string fingerprintOf(const SampleOptions &options)
{
    std::ostringstream text;
    text << options.sample << (options.sources.isToy ? " toy" : "") << " seed "
         << options.sources.seed << " steps " << options.schedule.totalSteps << " rate "
         << options.schedule.peak << " warmup " << options.schedule.warmupSteps << " decay from "
         << options.schedule.decayStart << " weight decay " << options.optimizer.weightDecay
         << " dropout " << options.dropout << " device " << options.device;
    if (!options.sources.text.empty()) {
        text << " text " << digestOf(options.sources.text);
    }
    return text.str();
}

/// One training run: the model behind its learning tensors, and the loop.
class SampleTrainer
{
public:
    SampleTrainer(const SampleOptions &options, const SampleTask &task)
        : m_options(options)
        , m_task(task)
        , m_device(deviceFromName(options.device))
        , m_tensors(
              std::make_shared<LearningTensors>(task.tensors(), options.sources.seed, m_device))
    {
        // The engine opens checkpoints only, so the untrained one is written first.
        const std::filesystem::path start = options.workFolder / "start";
        task.writeFiles(start);
        m_tensors->write(start, m_tensors->values());
        m_plain = Model::open(start, m_device);
        m_model = m_plain->withOverlay(m_tensors);
    }

    TrainingState run()
    {
        const std::string fingerprint = fingerprintOf(m_options);
        const std::filesystem::path path = m_options.workFolder / "checkpoint.bin";
        if (std::optional<TrainingState> found = loadCheckpoint(path, fingerprint)) {
            m_state = std::move(*found);
            m_tensors->restoreFrom(m_state);
        }
        const double before = m_state.seconds;
        const auto start = std::chrono::steady_clock::now();
        double saved = before;
        const std::int64_t last = m_options.schedule.totalSteps;
        while (m_state.step < last && m_state.step != m_options.stopAfter) {
            step();
            m_state.seconds = before
                + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            if (m_state.step % m_options.evaluateEvery == 0 || m_state.step == last) {
                measure();
            }
            if (m_state.seconds - saved > checkpointSeconds) {
                save(path, fingerprint);
                saved = m_state.seconds;
            }
        }
        save(path, fingerprint);
        if (m_state.bestStep >= 0) {
            writeResult();
        }
        return m_state;
    }

private:
    void step()
    {
        at::manual_seed(m_options.sources.seed * 1000003 + std::uint64_t(m_state.step));
        DropoutHooks hooks(m_options.dropout);
        m_tensors->clearGradients();
        double value = 0;
        {
            const c10::AutoGradMode withGraph(true);
            const at::Tensor loss
                = m_task.loss(*m_model, m_options.dropout > 0 ? &hooks : nullptr, m_state.step);
            loss.backward();
            value = loss.item<double>();
        }
        if (!std::isfinite(value)) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "The loss of step %1 is not finite; lower --learning-rate."),
                m_state.step);
        }
        UpdateScale scale;
        scale.learningRate = float(rateAt(m_options.schedule, m_state.step));
        scale.gradientScale
            = float(std::min(1.0, m_options.clipNorm / (m_tensors->gradientNorm() + 1e-12)));
        scale.step = ++m_state.step;
        m_tensors->update(m_options.optimizer, scale);
        m_state.lossSum += value;
        ++m_state.lossSteps;
        if (m_state.step % stepsPerLine == 0) {
            std::fprintf(stderr, "%s: step %lld of %lld, loss %.4f, %.1f s\n",
                         m_options.sample.c_str(), static_cast<long long>(m_state.step),
                         static_cast<long long>(m_options.schedule.totalSteps), value,
                         m_state.seconds);
        }
    }

    void measure()
    {
        const c10::NoGradGuard noGraph;
        const double loss = m_task.heldOutLoss(*m_model);
        m_state.history.push_back(
            {m_state.step, m_state.lossSum / double(std::max<std::int64_t>(1, m_state.lossSteps)),
             loss, m_state.seconds});
        m_state.lossSum = 0;
        m_state.lossSteps = 0;
        if (m_state.bestStep < 0 || loss < m_state.bestEvaluationLoss) {
            m_state.bestEvaluationLoss = loss;
            m_state.bestStep = m_state.step;
            m_state.bestParameters = m_tensors->values();
        }
        std::fprintf(stderr, "%s: step %lld, held out %.4f %s, best %.4f\n",
                     m_options.sample.c_str(), static_cast<long long>(m_state.step), loss,
                     m_task.lossUnit().c_str(), m_state.bestEvaluationLoss);
    }

    void save(const std::filesystem::path &path, const std::string &fingerprint)
    {
        m_tensors->saveTo(m_state);
        saveCheckpoint(path, m_state, fingerprint);
    }

    /// The best weights on held-out data, and the run's figures beside them in the work folder.
    void writeResult() const
    {
        m_task.writeFiles(m_options.output);
        m_tensors->write(m_options.output, m_state.bestParameters);
        nlohmann::ordered_json history = nlohmann::ordered_json::array();
        for (const HistoryEntry &entry : m_state.history) {
            history.push_back({{"step", entry.step},
                               {"training_loss", entry.trainingLoss},
                               {"held_out_loss", entry.evaluationLoss},
                               {"seconds", std::round(entry.seconds)}});
        }
        const nlohmann::ordered_json metrics = {{"settings", fingerprintOf(m_options)},
                                                {"unit", m_task.lossUnit()},
                                                {"best_step", m_state.bestStep},
                                                {"best_held_out_loss", m_state.bestEvaluationLoss},
                                                {"seconds", std::round(m_state.seconds)},
                                                {"parameters", m_state.bestParameters.size()},
                                                {"history", history}};
        io::writeFileAtomically(m_options.workFolder / "metrics.json", metrics.dump(1) + "\n");
    }

    const SampleOptions &m_options;
    const SampleTask &m_task;
    at::Device m_device;
    std::shared_ptr<LearningTensors> m_tensors;
    std::unique_ptr<Model> m_plain;
    std::unique_ptr<Model> m_model;
    TrainingState m_state;
};

} // namespace

TrainingState trainSample(const SampleOptions &options, const SampleTask &task)
{
    std::filesystem::create_directories(options.workFolder);
    return SampleTrainer(options, task).run();
}

} // namespace bitprism::train
