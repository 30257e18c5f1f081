// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/feature_samples.h"

#include <algorithm>

namespace bitprism {

SampleSet drawFiles(
    const Dataset &dataset, const Model &model, std::int64_t samples, std::string_view what,
    const std::function<FileText(const DataRecord &, const FeatureReader::Features &)> &textFor,
    Random &random, JobContext &context)
{
    const FeatureReader reader(model);
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
            = features.values.size(-1) + static_cast<std::int64_t>(text.tokens.size());
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
