// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/feature_samples.h"

#include <algorithm>
#include <map>

namespace bitprism {

namespace {

/// How many positions features take where they enter the model: a recording's samples and a
/// spectrogram's frames become fewer by its convolutions, an image patches.
class FeaturePositions
{
public:
    explicit FeaturePositions(const Model &model)
        : m_model(model)
    {
        const std::vector<StackInfo> &stacks = model.info().stacks;
        const auto reads = std::find_if(stacks.begin(), stacks.end(),
                                        [](const StackInfo &stack) { return stack.readsFeatures; });
        m_stack = static_cast<int>(reads - stacks.begin());
    }

    /// Runs the convolutions once for each length of features.
    std::int64_t of(const at::Tensor &features) // [1, ..., columns]
    {
        const auto [known, isNew] = m_known.try_emplace(features.size(-1), features.size(-1));
        if (isNew && m_stack < static_cast<int>(m_model.info().stacks.size())) {
            Batch batch;
            batch.features = features;
            const at::Tensor hidden = m_model.begin(m_stack, batch).hidden;
            known->second = hidden.dim() == 3 ? hidden.size(1) // [1, positions, hidden size]
                                              : hidden.size(-1) * hidden.size(-2);
        }
        return known->second;
    }

private:
    const Model &m_model;
    int m_stack = 0;
    std::map<std::int64_t, std::int64_t> m_known; ///< by columns
};

} // namespace

SampleSet drawFiles(
    const Dataset &dataset, const Model &model, std::int64_t samples, std::string_view what,
    const std::function<FileText(const DataRecord &, const FeatureReader::Features &)> &textFor,
    Random &random, JobContext &context)
{
    const FeatureReader reader(model);
    FeaturePositions featurePositions(model);
    std::vector<DataRecord> records = reader.filesOf(dataset);
    SampleSet set;
    const auto drawn = [&] { return static_cast<std::int64_t>(set.samples.size()); };
    for (std::size_t i = 0; i < records.size() && drawn() < samples; ++i) {
        context.throwIfCancelled();
        std::swap(records[i], records[i + random.below(records.size() - i)]);
        const FeatureReader::Features features = reader.read(records[i].file);
        const FileText text = textFor(records[i], features);
        if (!text.isWanted) {
            continue;
        }
        Batch batch;
        batch.features = features.values.unsqueeze(0);
        if (!text.tokens.empty()) {
            batch.tokens = at::tensor(text.tokens, at::kLong).unsqueeze(0);
        }
        const std::int64_t positions
            = featurePositions.of(batch.features) + static_cast<std::int64_t>(text.tokens.size());
        set.samples.push_back(std::move(batch));
        set.tokens += positions;
        set.length = std::max(set.length, positions);
    }
    if (drawn() < samples) {
        set.notes.push_back("the data hold " + std::to_string(drawn()) + " " + std::string(what)
                            + ", fewer than " + std::to_string(samples));
    }
    return set;
}

void cutBeforeLast(std::vector<std::int64_t> &tokens, std::int64_t limit)
{
    const auto most = static_cast<std::size_t>(std::max<std::int64_t>(1, limit));
    if (tokens.size() > most) {
        tokens[most - 1] = tokens.back();
        tokens.resize(most);
    }
}

} // namespace bitprism
