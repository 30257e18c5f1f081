// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/feature_reader.h"
#include "core/calib/sampler.h"
#include "core/calib/speech_prompt.h"

#include <algorithm>

namespace bitprism {

namespace {

struct AudioClipsParams
{
    std::int64_t samples = 128;
    std::int64_t length = 448;
    double shortest = 0;
    double longest = 30;

    void visit(ParamVisitor &v)
    {
        v.integer("samples", samples, {1, 1'000'000},
                  {BITPRISM_TR("Component", "Samples"),
                   BITPRISM_TR("Component", "Number of calibration samples.")});
        v.integer("length", length, {2, 1'048'576},
                  {BITPRISM_TR("Component", "Length"),
                   BITPRISM_TR("Component",
                               "Tokens of a transcript at most; cut to the decoder's context."),
                   "tokens"});
        v.real("shortest", shortest, {0, 3600},
               {BITPRISM_TR("Component", "Shortest"),
                BITPRISM_TR("Component", "Shorter recordings are passed over."), "s"});
        v.real("longest", longest, {0.1, 3600},
               {BITPRISM_TR("Component", "Longest"),
                BITPRISM_TR("Component", "Longer recordings are passed over."), "s"});
    }
};

/// Recordings drawn at random without replacement; a decoder is taught its transcripts.
class AudioClips final : public Sampler
{
public:
    using Params = AudioClipsParams;
    explicit AudioClips(const Params &params)
        : m_params(params)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "audio-clips";
        info.title = BITPRISM_TR("Component", "Recordings");
        info.source = "Edge-ASR's calibration, arXiv 2507.07877: utterances, taught transcripts";
        return info;
    }

    SampleSet draw(const Dataset &dataset, const tokenize::Tokenizer *tokenizer, const Model *model,
                   Random &random, JobContext &context) const override
    {
        BITPRISM_ASSERT(model != nullptr, "the model says what features it reads");
        const FeatureReader reader(*model);
        std::vector<DataRecord> records = reader.filesOf(dataset);
        const bool hasDecoder = model->info().stacks.back().memoryStack >= 0;
        SampleSet set;
        for (std::size_t i = 0;
             i < records.size() && static_cast<std::int64_t>(set.samples.size()) < m_params.samples;
             ++i) {
            context.throwIfCancelled();
            std::swap(records[i], records[i + random.below(records.size() - i)]);
            const FeatureReader::Features features = reader.read(records[i].file);
            const bool isWanted
                = features.seconds >= m_params.shortest && features.seconds <= m_params.longest;
            if (isWanted && (!hasDecoder || !records[i].text.empty())) {
                add(set, features, records[i], *model, hasDecoder ? tokenizer : nullptr);
            }
        }
        if (set.samples.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: no recording of %2 to %3 seconds (with a transcript, for "
                                    "a decoder) is left to calibrate on."),
                        dataset.path(), m_params.shortest, m_params.longest);
        }
        if (static_cast<std::int64_t>(set.samples.size()) < m_params.samples) {
            set.notes.push_back("the data hold " + std::to_string(set.samples.size())
                                + " recordings, fewer than " + std::to_string(m_params.samples));
        }
        return set;
    }

private:
    void add(SampleSet &set, const FeatureReader::Features &features, const DataRecord &record,
             const Model &model, const tokenize::Tokenizer *tokenizer) const
    {
        Batch batch;
        batch.features = features.values.unsqueeze(0);
        std::int64_t positions = features.values.size(-1);
        if (model.info().stacks.back().memoryStack >= 0) {
            const SpeechRules rules = speechRules(model);
            std::vector<std::int64_t> ids = rules.prompt;
            const auto text
                = tokenize::require(tokenizer, model.info().path).encodeIds(record.text, false);
            ids.insert(ids.end(), text.begin(), text.end());
            const std::int64_t limit = std::min(m_params.length, model.info().contextLength);
            ids.resize(std::min(ids.size(), static_cast<std::size_t>(limit - 1)));
            ids.push_back(rules.endToken);
            batch.tokens = at::tensor(ids, at::kLong).unsqueeze(0);
            positions += batch.tokens.size(1);
        }
        set.samples.push_back(std::move(batch));
        set.tokens += positions;
        set.length = std::max(set.length, positions);
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(sampler, audio_clips, AudioClips);

} // namespace bitprism
