// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_rules.h"
#include "app/train/sample_files.h"
#include "app/train/sample_tasks.h"
#include "app/train/sample_text.h"
#include "app/train/word_piece.h"
#include "core/base/random.h"
#include "core/io/atomic_file.h"

#include <algorithm>

namespace bitprism::train {

namespace {

/// BERT (Devlin et al., arXiv 1810.04805): post-norm encoder, WordPiece, 15 % of the tokens
/// predicted, of which 80 % are masked, 10 % random, 10 % left alone. Lines are documents.
class TinyBert final : public SampleTask
{
public:
    TinyBert(const SampleSources &sources, bool hasOutliers)
        : m_hasOutliers(hasOutliers)
        , m_seed(sources.seed)
        , m_size(textSizeOf(sources))
        , m_corpus(readCorpus(sources.text))
        , m_tokenizer(WordPiece::learn(m_corpus.training, m_size.vocabulary))
    {
        m_size.context = sources.isToy ? 64 : 128;
        m_size.rowsPerStep = sources.isToy ? 8 : 96;
        m_training = documentsOf(m_corpus.training);
        // Rows of a batch are of nearly one length, so that little of it is padding.
        std::stable_sort(m_training.begin(), m_training.end(),
                         [](const auto &a, const auto &b) { return a.size() < b.size(); });
        m_evaluation = documentsOf(m_corpus.evaluation);
    }

    SampleDefaults defaults() const override
    {
        RateSchedule schedule{2e-3, 200, 10500, 2800, 7000};
        if (m_hasOutliers) { // at twice this rate the loss jumped back to that of a unigram model
            schedule.peak = 1e-3;
            schedule.totalSteps = 3500;
        }
        return {schedule, {0.9f, 0.95f, 1e-8f, 0.1f}, 0};
    }

    std::vector<LearnedTensor> tensors() const override;
    void writeFiles(const std::filesystem::path &folder) const override;

    at::Tensor loss(const Model &model, BlockHooks *hooks, std::int64_t step) const override
    {
        Random random(m_seed + std::uint64_t(step), "bert batch");
        std::vector<const std::vector<std::int32_t> *> rows;
        const std::size_t count = std::min(m_training.size(), std::size_t(m_size.rowsPerStep));
        const std::size_t first = random.below(m_training.size() - count + 1);
        for (std::size_t i = first; i < first + count; ++i) {
            rows.push_back(&m_training[i]);
        }
        return lossOf(model, hooks, rows, random);
    }

    double heldOutLoss(const Model &model) const override
    {
        constexpr std::size_t atOnce = 64;
        Random random(m_seed, "bert held-out masks");
        double sum = 0;
        int batches = 0;
        for (std::size_t first = 0; first < std::min<std::size_t>(m_evaluation.size(), 1024);
             first += atOnce) {
            std::vector<const std::vector<std::int32_t> *> rows;
            for (std::size_t i = first; i < std::min(first + atOnce, m_evaluation.size()); ++i) {
                rows.push_back(&m_evaluation[i]);
            }
            sum += lossOf(model, nullptr, rows, random).item<double>();
            ++batches;
        }
        return sum / batches;
    }

private:
    std::vector<std::vector<std::int32_t>> documentsOf(const std::string &text) const
    {
        std::vector<std::vector<std::int32_t>> documents;
        std::size_t first = 0;
        while (first < text.size()) {
            const std::size_t end = std::min(text.find('\n', first), text.size());
            if (end > first) {
                std::vector<std::int32_t> ids
                    = m_tokenizer.encode(std::string_view(text).substr(first, end - first));
                ids.resize(std::min<std::size_t>(ids.size(), std::size_t(m_size.context) - 2));
                ids.insert(ids.begin(), WordPiece::startToken);
                ids.push_back(WordPiece::endToken);
                documents.push_back(std::move(ids));
            }
            first = end + 1;
        }
        return documents;
    }

    at::Tensor lossOf(const Model &model, BlockHooks *hooks,
                      const std::vector<const std::vector<std::int32_t> *> &rows,
                      Random &random) const;

    enum class NormPlace
    {
        Attention,
        FeedForward
    };
    void addBlockNorm(std::vector<LearnedTensor> &rules, const std::string &name,
                      NormPlace place) const;

    bool m_hasOutliers;
    std::uint64_t m_seed;
    TextSize m_size;
    Corpus m_corpus;
    WordPiece m_tokenizer;
    std::vector<std::vector<std::int32_t>> m_training;
    std::vector<std::vector<std::int32_t>> m_evaluation;
};

/// In the variant with outliers two gains of each norm start large, and their channels small in
/// the next norm: the shortcut carries them on, and without that they would grow from block to
/// block. The other gains make up for what the outliers add to the deviation.
void TinyBert::addBlockNorm(std::vector<LearnedTensor> &rules, const std::string &name,
                            NormPlace place) const
{
    constexpr double outlierGain = 16;
    constexpr double otherGain = 1.5;
    addNorm(rules, name, m_size.hidden);
    if (!m_hasOutliers) {
        return;
    }
    LearnedTensor &gain = rules[rules.size() - 2];
    gain.value = otherGain;
    const bool isAttention = place == NormPlace::Attention;
    for (const int eighth : {1, 5}) {
        gain.exceptions[m_size.hidden * eighth / 8] = isAttention ? outlierGain : 1 / outlierGain;
        gain.exceptions[m_size.hidden * (eighth + 2) / 8]
            = isAttention ? 1 / outlierGain : outlierGain;
    }
}

std::vector<LearnedTensor> TinyBert::tensors() const
{
    const std::string embeddings = "bert.embeddings.";
    std::vector<LearnedTensor> rules{
        {embeddings + "word_embeddings.weight", {m_size.vocabulary, m_size.hidden}},
        {embeddings + "position_embeddings.weight", {m_size.context, m_size.hidden}},
        {embeddings + "token_type_embeddings.weight", {2, m_size.hidden}}};
    addBlockNorm(rules, embeddings + "LayerNorm", NormPlace::FeedForward);
    for (int i = 0; i < m_size.blocks; ++i) {
        const std::string block = "bert.encoder.layer." + std::to_string(i) + ".";
        for (const char *name : {"query", "key", "value"}) {
            addLinear(rules, block + "attention.self." + name, m_size.hidden, m_size.hidden);
        }
        addLinear(rules, block + "attention.output.dense", m_size.hidden, m_size.hidden);
        addBlockNorm(rules, block + "attention.output.LayerNorm", NormPlace::Attention);
        addLinear(rules, block + "intermediate.dense", m_size.feedForward, m_size.hidden);
        addLinear(rules, block + "output.dense", m_size.hidden, m_size.feedForward);
        addBlockNorm(rules, block + "output.LayerNorm", NormPlace::FeedForward);
    }
    rules.push_back(
        {"cls.predictions.bias", {m_size.vocabulary}, LearnedTensor::Start::Constant, 0});
    addLinear(rules, "cls.predictions.transform.dense", m_size.hidden, m_size.hidden);
    addNorm(rules, "cls.predictions.transform.LayerNorm", m_size.hidden);
    return rules;
}

void TinyBert::writeFiles(const std::filesystem::path &folder) const
{
    const SampleSummary plain{"Fills in masked words; a post-norm encoder.",
                              "填补被遮词语；后置归一化编码器。"};
    const SampleSummary withOutliers{"tiny-bert with outlier channels that its norms learned.",
                                     "归一化层学到离群通道的 tiny-bert。"};
    writeSampleDescription(folder, m_hasOutliers ? withOutliers : plain, "bert", "masked-nll",
                           ".txt");
    writeTexts(folder, m_corpus);
    io::writeFileAtomically(folder / "tokenizer.json", m_tokenizer.toTokenizerJson());
    io::writeFileAtomically(folder / "vocab.txt", m_tokenizer.toVocabularyText());
    writeJson(folder / "tokenizer_config.json",
              {{"cls_token", "[CLS]"},
               {"do_lower_case", true},
               {"mask_token", "[MASK]"},
               {"model_max_length", m_size.context},
               {"pad_token", "[PAD]"},
               {"sep_token", "[SEP]"},
               {"tokenizer_class", "BertTokenizer"},
               {"unk_token", "[UNK]"}});
    writeJson(folder / "special_tokens_map.json",
              {{"cls_token", "[CLS]"},
               {"mask_token", "[MASK]"},
               {"pad_token", "[PAD]"},
               {"sep_token", "[SEP]"},
               {"unk_token", "[UNK]"}});
    writeJson(folder / "config.json",
              {{"architectures", OrderedJson::array({"BertForMaskedLM"})},
               {"attention_probs_dropout_prob", 0.0},
               {"hidden_act", "gelu"},
               {"hidden_dropout_prob", 0.0},
               {"hidden_size", m_size.hidden},
               {"intermediate_size", m_size.feedForward},
               {"layer_norm_eps", 1e-12},
               {"max_position_embeddings", m_size.context},
               {"model_type", "bert"},
               {"num_attention_heads", m_size.heads},
               {"num_hidden_layers", m_size.blocks},
               {"pad_token_id", WordPiece::padToken},
               {"position_embedding_type", "absolute"},
               {"tie_word_embeddings", true},
               {"torch_dtype", "bfloat16"},
               {"type_vocab_size", 2},
               {"vocab_size", m_size.vocabulary}});
}

at::Tensor TinyBert::lossOf(const Model &model, BlockHooks *hooks,
                            const std::vector<const std::vector<std::int32_t> *> &rows,
                            Random &random) const
{
    std::size_t length = 0;
    for (const auto *row : rows) {
        length = std::max(length, row->size());
    }
    const std::int64_t count = std::int64_t(rows.size());
    at::Tensor inputs = at::full({count, std::int64_t(length)}, WordPiece::padToken, at::kLong);
    at::Tensor mask = at::zeros({count, std::int64_t(length)}, at::kBool);
    std::vector<std::int64_t> places;
    std::vector<std::int64_t> targets;
    const std::uint64_t words = std::uint64_t(m_size.vocabulary) - WordPiece::specialCount;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t i = 0; i < rows[r]->size(); ++i) {
            const std::size_t place = r * length + i;
            std::int64_t token = (*rows[r])[i];
            mask.data_ptr<bool>()[place] = true;
            if (token >= WordPiece::specialCount && random.uniform() < 0.15) {
                places.push_back(std::int64_t(place));
                targets.push_back(token);
                const double draw = random.uniform();
                if (draw < 0.8) {
                    token = WordPiece::maskToken;
                } else if (draw < 0.9) {
                    token = WordPiece::specialCount + std::int64_t(random.below(words));
                }
            }
            inputs.data_ptr<std::int64_t>()[place] = token;
        }
    }
    Batch batch;
    batch.tokens = inputs.to(model.device());
    batch.mask = mask.to(model.device());
    const at::Tensor hidden = runStack(model, 0, batch, hooks).flatten(0, 1);
    const at::Tensor wanted = at::tensor(places, at::kLong).to(hidden.device());
    return crossEntropy(runHead(model, 0, hidden.index_select(0, wanted)),
                        at::tensor(targets, at::kLong));
}

} // namespace

std::unique_ptr<SampleTask> makeTinyBert(const SampleSources &sources)
{
    return std::make_unique<TinyBert>(sources, false);
}

std::unique_ptr<SampleTask> makeTinyBertOutliers(const SampleSources &sources)
{
    return std::make_unique<TinyBert>(sources, true);
}

} // namespace bitprism::train
