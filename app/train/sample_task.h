// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/learning_tensors.h"
#include "app/train/optimizer.h"
#include "core/models/model.h"

#include <ATen/ATen.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace bitprism::train {

/// Where a sample's raw material lies.
struct SampleSources
{
    std::filesystem::path text; ///< the verses that training_command.h names
    std::filesystem::path folder; ///< where synthesised speech is kept between runs
    std::uint64_t seed = 1611;
    bool isToy = false; ///< a model of a few thousand parameters, for tests
};

/// How a sample is trained unless the command line says otherwise.
struct SampleDefaults
{
    RateSchedule schedule;
    AdamW optimizer;
    double dropout = 0.1;
};

/// What one sample model is and learns: its tensors and files, and the loss of a step. Everything
/// random in a step follows from seed and step, so that a resumed run sees what an uninterrupted
/// one would.
class SampleTask
{
public:
    virtual ~SampleTask() = default;

    virtual SampleDefaults defaults() const = 0;
    virtual std::vector<LearnedTensor> tensors() const = 0;
    /// All files of the model's folder but the weights, with data/ for calibration and evaluation.
    virtual void writeFiles(const std::filesystem::path &folder) const = 0;
    /// Mean loss of a step's batch, with its graph. `hooks` drop out layers' inputs.
    virtual at::Tensor loss(const Model &model, BlockHooks *hooks, std::int64_t step) const = 0;
    /// Mean loss on held-out data, without a graph; lower is better.
    virtual double heldOutLoss(const Model &model) const = 0;
    /// What heldOutLoss() is, for the log: "nats per token".
    virtual std::string lossUnit() const { return "nats per token"; }
};

/// The tasks by the names of their samples: "tiny-opt", ...
std::vector<std::string> sampleTaskNames();
/// Throws BadUsage for an unknown name, BadInput for sources that are not there.
std::unique_ptr<SampleTask> makeSampleTask(const std::string &name, const SampleSources &sources);

/// `model`'s whole stack on `batch`: the hidden states [samples, length, hidden] behind its last
/// block.
at::Tensor runStack(const Model &model, int stack, const Batch &batch, BlockHooks *hooks);
/// Logits [.., vocabulary] (or embeddings) of `hidden` by the stack's head.
at::Tensor runHead(const Model &model, int stack, const at::Tensor &hidden);
/// Mean cross entropy of `logits` [n, classes] with `targets` [n]; -100 counts for nothing.
at::Tensor crossEntropy(const at::Tensor &logits, const at::Tensor &targets);

} // namespace bitprism::train
