// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/eval/item_files.h"
#include "core/eval/metric.h"
#include "core/eval/transcribe.h"
#include "core/io/checkpoint.h"
#include "core/tokenize/transcript.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

/// A segment that the corpora themselves exclude.
const char *const ignoredSegment = "ignore time segment in scoring";

struct WerParams
{
    bool normalizes = true;

    void visit(ParamVisitor &v)
    {
        v.flag("normalize", normalizes,
               {BITPRISM_TR("Component", "Normalise"),
                BITPRISM_TR("Component",
                            "Compare after the English normalisation of the open ASR leaderboard; "
                            "off: words as they are written.")});
    }
};

/// Word error rate of greedy transcriptions: substitutions, insertions and deletions over all
/// reference words (edge-asr.md 4).
class Wer final : public Metric
{
public:
    using Params = WerParams;
    explicit Wer(const Params &params)
        : m_params(params)
    {
    }

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "wer";
        info.title = BITPRISM_TR("Component", "Word error rate");
        info.source = "open ASR leaderboard, July 2025: its normalisation and counts";
        return info;
    }

    bool runsModel() const override { return true; }
    std::int64_t memoryNeed(const Model &model, const Model *) const override
    {
        // Keys and values of what was said so far.
        const ModelInfo &info = model.info();
        return StackRunner::memoryNeed(model)
            + std::max<std::int64_t>(info.contextLength, 0) * info.hiddenSize * info.blocks * 2 * 4;
    }

    ItemSet items(const TaskInput &input) const override
    {
        input.options.check();
        static_cast<void>(speechRules(input.model)); // refuses a model that writes no text
        ItemFiles files(input);
        const tokenize::TranscriptNormalizer normalizer
            = tokenize::TranscriptNormalizer::open(input.model.checkpoint().path());
        ItemSet set;
        std::int64_t cut = 0;
        for (const DataRecord &record : files.records()) {
            if (input.options.samples > 0 && set.units == input.options.samples) {
                break;
            }
            const std::string words
                = m_params.normalizes ? normalizer.normalize(record.text) : record.text;
            if (tokenize::wordsOf(words).empty() || words == ignoredSegment) {
                continue;
            }
            FeatureReader::Features features = files.read(record);
            cut += features.isCut ? 1 : 0;
            EvaluationItem item;
            item.features = std::move(features.values);
            item.source = record.file.string();
            item.reference = record.text;
            item.unit = set.units++;
            item.seconds = features.seconds;
            set.items.push_back(std::move(item));
        }
        if (set.items.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 lists no recording with a transcript; give LibriSpeech's "
                                    ".trans.txt beside the files, or a table with \"file\" and "
                                    "\"text\"."),
                        input.data.path());
        }
        if (cut > 0) {
            set.notes.push_back(std::to_string(cut) + " recordings were cut at 30 seconds");
        }
        if (m_params.normalizes && !normalizer.isFromCheckpoint()) {
            set.notes.emplace_back("the checkpoint has no normalizer.json: British spellings are "
                                   "those of this program's own, shorter list");
        }
        return set;
    }

    void begin(std::int64_t units) override
    {
        m_errors.assign(static_cast<std::size_t>(units), 0);
        m_words.assign(static_cast<std::size_t>(units), 0);
    }

    void measure(const Model &model, const Model *, const ItemSet &items,
                 const tokenize::Tokenizer *tokenizer, std::vector<ScoredItem> &scored,
                 JobContext &context) override
    {
        const tokenize::Tokenizer &speller = tokenize::require(tokenizer, model.info());
        const tokenize::TranscriptNormalizer normalizer
            = tokenize::TranscriptNormalizer::open(model.checkpoint().path());
        const SpeechRules rules = speechRules(model);
        const StackRunner runner(model);
        double done = 0;
        for (const EvaluationItem &item : items.items) {
            const Transcription said
                = transcribe(runner, item.features, rules, rules.limitFor(item.seconds), context);
            ScoredItem shown = spelled(said, rules, speller);
            shown.unit = item.unit;
            shown.source = item.source;
            shown.reference
                = m_params.normalizes ? normalizer.normalize(item.reference) : item.reference;
            shown.hypothesis
                = m_params.normalizes ? normalizer.normalize(shown.hypothesis) : shown.hypothesis;
            const tokenize::WordAlignment alignment = tokenize::alignWords(
                tokenize::wordsOf(shown.reference), tokenize::wordsOf(shown.hypothesis));
            shown.alignment = alignment.steps;
            const auto unit = static_cast<std::size_t>(item.unit);
            m_errors[unit] += 100 * static_cast<double>(alignment.errors());
            m_words[unit] += alignment.referenceWords;
            m_substitutions += alignment.substitutions;
            m_insertions += alignment.insertions;
            m_deletions += alignment.deletions;
            scored.push_back(std::move(shown));
            context.progress(++done, static_cast<double>(items.items.size()));
        }
    }

    void add(const MetricBatch &) override { }

    void merge(const Metric &other) override
    {
        const auto &shard = dynamic_cast<const Wer &>(other);
        BITPRISM_ASSERT(shard.m_errors.size() == m_errors.size(), "shards count the same units");
        for (std::size_t i = 0; i < m_errors.size(); ++i) {
            m_errors[i] += shard.m_errors[i];
            m_words[i] += shard.m_words[i];
        }
        m_substitutions += shard.m_substitutions;
        m_insertions += shard.m_insertions;
        m_deletions += shard.m_deletions;
    }

    void report(Evaluation &evaluation, bool) const override
    {
        const MeanWithError rate = meanOverWindows(m_errors, m_words);
        evaluation.value = rate.mean;
        evaluation.standardError = rate.standardError;
        evaluation.unit = "% of words";
        evaluation.counts = {{"substitutions", m_substitutions},
                             {"insertions", m_insertions},
                             {"deletions", m_deletions}};
        evaluation.windowNll = m_errors;
        evaluation.windowTokens = m_words;
    }

private:
    /// What was written, as text and token by token.
    static ScoredItem spelled(const Transcription &said, const SpeechRules &rules,
                              const tokenize::Tokenizer &speller)
    {
        ScoredItem shown;
        std::vector<tokenize::TokenId> text;
        for (std::size_t i = 0; i < said.ids.size(); ++i) {
            const auto id = static_cast<tokenize::TokenId>(said.ids[i]);
            if (said.ids[i] > rules.lastText || id >= speller.vocabularySize()) {
                continue;
            }
            text.push_back(id);
            const std::string before = shown.hypothesis;
            shown.hypothesis = speller.decode(text);
            shown.pieces.push_back(shown.hypothesis.starts_with(before)
                                       ? shown.hypothesis.substr(before.size())
                                       : speller.decode(std::vector{id}));
            shown.losses.push_back(said.losses[i]);
        }
        return shown;
    }

    Params m_params;
    std::vector<double> m_errors; ///< by recording, times 100: differences are per cent then
    std::vector<std::int64_t> m_words;
    std::int64_t m_substitutions = 0;
    std::int64_t m_insertions = 0;
    std::int64_t m_deletions = 0;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(metric, wer, Wer);

} // namespace bitprism
