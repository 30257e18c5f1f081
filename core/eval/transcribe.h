// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/calib/speech_prompt.h"
#include "core/models/model.h"

#include <cstdint>
#include <map>
#include <vector>

namespace bitprism {

/// Runs stacks of a model again and again: their blocks stay in memory where all of them fit into 2
/// GiB, else each use streams them.
class StackRunner
{
public:
    explicit StackRunner(const Model &model);

    /// Bytes of the blocks that it holds at most.
    static std::int64_t memoryNeed(const Model &model);

    /// The states behind the last block of `stack`.
    StreamState run(int stack, const Batch &batch, JobContext &context) const;
    /// finish() of the stack on `hidden`.
    at::Tensor finish(int stack, const at::Tensor &hidden) const;

    const Model &model() const { return m_model; }

private:
    Block block(BlockId id) const;

    const Model &m_model;
    std::map<BlockId, Block> m_kept;
};

struct Transcription
{
    std::vector<std::int64_t> ids; ///< new ones, without the end mark
    std::vector<float> losses; ///< -log p of each, nats, over the ids that are not suppressed
    bool isWhole = false; ///< ended by the end mark, not by the limit
};

/// Greedy transcription (edge-asr.md 2.5): the encoder once, then one token after another, with
/// keys and values kept (without, for comparison, where `usesCache` is false). `features` are of
/// one recording, without a leading dimension. At most `limit` tokens. Ties go to the smaller id.
Transcription transcribe(const StackRunner &runner, const at::Tensor &features,
                         const SpeechRules &rules, std::int64_t limit, JobContext &context,
                         bool usesCache = true);

} // namespace bitprism
