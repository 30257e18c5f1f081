// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/sampler.h"
#include "core/jobs/run_plan.h"
#include "core/models/stacks.h"
#include "core/quant/activation_search.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace bitprism {

/// The network of a run, for activation quantizers that search: observes the calibration samples on
/// the unquantized model behind the transforms, and measures how far roundings carry its output
/// from that model's. What counts of the output is what the model is trained to say about the
/// samples (of encoders, in their masked passes), or all of it where it scores nothing; of towers
/// side by side, every one's.
class OutputSearch final : public ActivationSearch
{
public:
    /// `plain` is the transformed model without codes; `codes` (may be null) stand in for its
    /// weights while activations are rounded. All but `codes` outlive the object.
    OutputSearch(const Model &plain, std::shared_ptr<const WeightOverlay> codes,
                 const RunPlan &plan, const SampleSet &samples,
                 const tokenize::Tokenizer *tokenizer, JobContext &context);

    /// Bytes that a search on `samples` holds at most, all of them going backwards at once.
    static std::int64_t memoryNeed(const Model &model, const SampleSet &samples);

    std::size_t samples() const override { return m_samples.samples.size(); }
    std::int64_t length() const override { return m_samples.length; }
    OutputDistance fittingDistance() const override;
    void observe(const std::function<void(const SeenInput &)> &look) override;
    std::vector<Distance> distances(const ActivationQuantizer &quantizer,
                                    OutputDistance distance) override;
    double backward(const ActivationQuantizer &quantizer, OutputDistance distance,
                    std::size_t first, std::size_t count) override;
    JobContext &context() override { return m_context; }

private:
    class Ends;
    struct Scored
    {
        Batch batch;
        at::Tensor places; ///< [scored], positions whose output counts; undefined: all
    };
    /// What the plain model gave for a sample: rows [1, scored, hidden] behind the last block of a
    /// stack, and the output made of them where all samples' fit into memory.
    struct Expected
    {
        at::Tensor rows;
        at::Tensor output;
    };

    void readSamples(const tokenize::Tokenizer *tokenizer);
    void expectOutputs();
    /// Runs the scored samples and hands out the states behind each stack that makes an output.
    void run(const Model &model,
             const std::function<void(int stack, const std::vector<StreamState> &)> &atEnd);
    at::Tensor placesOf(int stack, std::size_t sample, const StreamState &state) const;
    at::Tensor expected(int stack, std::size_t sample, std::int64_t first,
                        std::int64_t count) const;
    bool makesOutput(int stack) const;
    std::int64_t rowsAtOnce() const;
    std::unique_ptr<Model> rounded(const ActivationQuantizer &quantizer) const;

    const Model &m_plain;
    std::shared_ptr<const WeightOverlay> m_codes;
    const RunPlan &m_plan;
    const SampleSet &m_samples;
    std::set<std::string> m_layers; ///< quantized
    JobContext &m_context;
    JobContext m_mute; ///< of single runs: only the cancellation
    std::vector<Scored> m_scored;
    std::map<int, std::vector<Expected>> m_expected; ///< by stack, by sample
    std::map<int, Block> m_heads; ///< of m_plain, by stack
};

} // namespace bitprism
