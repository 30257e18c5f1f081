// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/suffix_evaluator.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/sensitivity_execution.h"

#include <nlohmann/json.hpp>

#include <optional>

// The probes themselves: layer by layer, pair by pair.
namespace bitprism {

namespace {

constexpr std::chrono::seconds keepEvery{20}; // against a kill; who stops the job loses nothing

} // namespace

/// Hands the gradients of each block to its probe, and finishes the block once all samples came.
class SensitivityExecution::Gradients final : public GradientVisitor
{
public:
    Gradients(SensitivityExecution &execution, RunSession &session)
        : m_execution(execution)
        , m_session(session)
    {
    }

    void visit(const Block &block, std::size_t, std::int64_t scoredTokens,
               const std::map<std::string, at::Tensor> &gradients) override
    {
        if (m_execution.isDone(m_execution.m_opened.model->unitOf(block.id()))) {
            return;
        }
        if (!m_probe) {
            m_probe.emplace(*m_execution.m_model, *m_execution.m_evaluator, block.id(),
                            m_execution.m_quantizers, m_execution.m_scores, m_execution.m_run);
        }
        m_probe->addGradients(gradients, scoredTokens);
    }
    void leave(const Block &block, JobContext &) override
    {
        m_execution.advance(gradientPasses);
        if (m_probe) {
            m_execution.finishBlock(*m_probe, m_execution.m_opened.model->unitOf(block.id()),
                                    m_session);
            m_probe.reset();
        }
    }

private:
    SensitivityExecution &m_execution;
    RunSession &m_session;
    std::optional<BlockProbe> m_probe;
};

BlockProbe SensitivityExecution::probeOf(int block)
{
    const BlockId id = m_model->allBlocks()[static_cast<std::size_t>(block)];
    return {*m_model, *m_evaluator, id, m_quantizers, m_scores, m_run};
}

void SensitivityExecution::probe(RunSession &session)
{
    if (m_options.predicted) {
        Gradients gradients(*this, session);
        ProgressSpan mute(m_run, 0, 0); // the stream's own count knows nothing of the probes
        streamBlocksBackward(*m_model, lossSamples(m_items), gradients, mute);
        return;
    }
    for (int block = m_blocks - 1; block >= 0; --block) {
        if (!isDone(block)) {
            BlockProbe probe = probeOf(block);
            finishBlock(probe, block, session);
        }
    }
}

void SensitivityExecution::finishBlock(BlockProbe &probe, int block, RunSession &session)
{
    const std::size_t first = firstCell(block);
    BITPRISM_ASSERT(first + probe.size() == firstCell(block + 1), "cells stand as they are probed");
    for (std::size_t i = 0; i < probe.size(); ++i) {
        probeCell(probe, i, first);
        advance(probeCost(block));
        const bool endsLayer = (i + 1) % m_quantizers.candidates.size() == 0;
        if (endsLayer && i + 1 < probe.size()) {
            publish(session, /*isStored=*/false);
        }
        keepNowAndThen(session);
    }
    if (m_interactions && isBlockLocal()) {
        ProgressSpan mute(m_run, 0, 0);
        m_interactions->scaleBlock(probe, block, referenceCandidate(),
                                   m_quantizers.candidates.size(), losses(), mute);
    }
    if (m_interactions && wantsPairs()) {
        probePairs(probe, block, session);
    }
    publish(session, /*isStored=*/true);
    session.commit(block, {}, Json::object());
}

void SensitivityExecution::probeCell(BlockProbe &probe, std::size_t index, std::size_t first)
{
    SensitivityCell &cell = m_table.cells[first + index];
    SensitivityCell found = probe.cell(index);
    ProgressSpan mute(m_run, 0, 0);
    if (m_interactions && !probe.projections(index).empty()) {
        m_interactions->setProjections(first + index, probe.projections(index));
    }
    const bool isKnown = m_interactions
        ? m_interactions->isProbed(first + index)
        : cell.deltaNll.has_value() || cell.modelOutputError.has_value();
    if (isKnown) { // by an execution that stopped in the middle of this block
        return;
    }
    m_run.stage(found.layer + " at "
                + (found.ratio ? "ratio " + errorArgument(*found.ratio)
                               : std::to_string(found.bits) + " bits"));
    if (m_interactions && isBlockLocal()) {
        m_interactions->setLocal(first + index, probe.localError({index}, mute));
    } else if (m_options.measured && m_interactions) {
        const SuffixLosses probed = probe.measure({index}, mute);
        found = probe.measuredCell(index, probed);
        m_interactions->setProbe(first + index, losses(), probed, found);
    } else if (m_options.measured) {
        found = probe.measuredCell(index, mute);
    }
    found.bitOperations = cell.bitOperations; // known from the start; a probe has none
    found.ioBytes = cell.ioBytes;
    cell = std::move(found);
}

void SensitivityExecution::probePairs(BlockProbe &probe, int block, RunSession &session)
{
    ProgressSpan mute(m_run, 0, 0);
    const std::size_t first = firstCell(block);
    const std::size_t wanted = m_interactions->pairsWithin(first, first + probe.size());
    std::size_t done = 0;
    m_interactions->probeBlock(probe, first, losses(), mute, [&] {
        ++done;
        if (done % 16 == 1) {
            m_run.stage("pairs of block " + std::to_string(block) + ", " + std::to_string(done)
                        + " of " + std::to_string(wanted));
        }
        advance(probeCost(block));
        keepNowAndThen(session);
    });
    advance(probeCost(block) * static_cast<double>(wanted - done)); // what was known before
}

void SensitivityExecution::probeAcross(RunSession &session)
{
    ProgressSpan mute(m_run, 0, 0);
    for (int a = 0; a < m_blocks; ++a) {
        const BlockProbe first = probeOf(a);
        for (int b = a + 1; b < m_blocks; ++b) {
            const BlockProbe second = probeOf(b);
            m_run.stage("pairs of blocks " + std::to_string(a) + " and " + std::to_string(b));
            m_interactions->probeAcross(first, firstCell(a), second, firstCell(b), losses(), mute,
                                        [&] {
                                            advance(probeCost(a));
                                            keepNowAndThen(session);
                                        });
            publish(session, /*isStored=*/true);
        }
    }
}

void SensitivityExecution::keepNowAndThen(RunSession &session)
{
    const auto now = std::chrono::steady_clock::now();
    if (now - m_lastKept > keepEvery) {
        m_lastKept = now;
        publish(session, /*isStored=*/true);
    }
}

} // namespace bitprism
