// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/feature_samples.h"
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

    bool serves(const ModelInfo &model) const override
    {
        return model.featureKind == featureKinds::logMel
            || model.featureKind == featureKinds::waveform;
    }

    SampleSet draw(const Dataset &dataset, const tokenize::Tokenizer *tokenizer, const Model *model,
                   Random &random, JobContext &context) const override
    {
        BITPRISM_ASSERT(model != nullptr, "the model says what features it reads");
        const bool hasDecoder = model->info().stacks.back().memoryStack >= 0;
        SampleSet set = drawFiles(
            dataset, *model, m_params.samples, "recordings",
            [&](const DataRecord &record, const FeatureReader::Features &features) {
                const bool isOfLength
                    = features.seconds >= m_params.shortest && features.seconds <= m_params.longest;
                FileText text;
                text.isWanted = isOfLength && (!hasDecoder || !record.text.empty());
                if (text.isWanted && hasDecoder) {
                    text.tokens = transcriptTokens(record.text, *model, tokenizer);
                }
                return text;
            },
            random, context);
        if (set.samples.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: no recording of %2 to %3 seconds (with a transcript, for "
                                    "a decoder) is left to calibrate on."),
                        dataset.path(), m_params.shortest, m_params.longest);
        }
        return set;
    }

private:
    /// What the decoder is taught: its prompt, the transcript, the end mark.
    std::vector<std::int64_t> transcriptTokens(const std::string &text, const Model &model,
                                               const tokenize::Tokenizer *tokenizer) const
    {
        const SpeechRules rules = speechRules(model);
        std::vector<std::int64_t> tokens = rules.prompt;
        const auto ids = tokenize::require(tokenizer, model.info()).encodeIds(text, false);
        tokens.insert(tokens.end(), ids.begin(), ids.end());
        tokens.push_back(rules.endToken);
        cutBeforeLast(tokens, std::min(m_params.length, model.info().contextLength));
        return tokens;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(sampler, audio_clips, AudioClips);

} // namespace bitprism
