// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_rules.h"
#include "app/train/sample_files.h"
#include "app/train/sample_tasks.h"
#include "app/train/sample_text.h"
#include "core/base/random.h"

namespace bitprism::train {

namespace {

/// LLaDA (Nie et al., arXiv 2502.09992): a bidirectional llama that fills in masked tokens. The
/// loss of a row with share t of its tokens masked is their cross entropy over t (their equation
/// 3), per token of the row.
class TinyLlada final : public SampleTask
{
public:
    explicit TinyLlada(const SampleSources &sources)
        : m_seed(sources.seed)
        , m_size(textSizeOf(sources))
        , m_text(sources, m_size)
    {
        if (!sources.isToy) {
            m_size.hidden = 160; // two tables of the vocabulary instead of one
            m_size.heads = 5;
            m_size.feedForward = 448;
        }
    }

    SampleDefaults defaults() const override
    {
        return {{2e-3, 100, 9000, 2400, 5000}, {0.9f, 0.95f, 1e-8f, 0.1f}, 0};
    }

    std::vector<LearnedTensor> tensors() const override
    {
        const std::string prefix = "model.transformer.";
        std::vector<LearnedTensor> rules{{prefix + "wte.weight", {rows(), m_size.hidden}}};
        for (int i = 0; i < m_size.blocks; ++i) {
            const std::string block = prefix + "blocks." + std::to_string(i) + ".";
            addNorm(rules, block + "attn_norm", m_size.hidden, false);
            for (const char *name : {"q_proj", "k_proj", "v_proj"}) {
                addLinear(rules, block + name, m_size.hidden, m_size.hidden, 0.02, false);
            }
            addLinear(rules, block + "attn_out", m_size.hidden, m_size.hidden,
                      residualDeviation(m_size.blocks), false);
            addNorm(rules, block + "ff_norm", m_size.hidden, false);
            addLinear(rules, block + "ff_proj", m_size.feedForward, m_size.hidden, 0.02, false);
            addLinear(rules, block + "up_proj", m_size.feedForward, m_size.hidden, 0.02, false);
            addLinear(rules, block + "ff_out", m_size.hidden, m_size.feedForward,
                      residualDeviation(m_size.blocks), false);
        }
        addNorm(rules, prefix + "ln_f", m_size.hidden, false);
        rules.push_back({prefix + "ff_out.weight", {rows(), m_size.hidden}});
        return rules;
    }

    void writeFiles(const std::filesystem::path &folder) const override
    {
        writeSampleDescription(folder,
                               {"Fills in any share of masked words; masked diffusion.",
                                "填补任意比例的被遮词语；掩码扩散。"},
                               "llada", "masked-nll", ".txt");
        writeTexts(folder, m_text.corpus);
        OrderedJson tokenizer = OrderedJson::parse(m_text.tokenizer.toTokenizerJson());
        OrderedJson mask = tokenizer["added_tokens"][0];
        mask["id"] = maskToken();
        mask["content"] = maskName;
        tokenizer["added_tokens"].push_back(mask);
        writeByteTokenizer(folder, tokenizer.dump(2) + "\n", m_size);
        writeJson(folder / "config.json",
                  {{"architectures", OrderedJson::array({"LLaDAModelLM"})},
                   {"activation_type", "silu"},
                   {"alibi", false},
                   {"attention_layer_norm", false},
                   {"block_group_size", 1},
                   {"block_type", "llama"},
                   {"d_model", m_size.hidden},
                   {"embedding_size", rows()},
                   {"eos_token_id", 0},
                   {"include_bias", false},
                   {"include_qkv_bias", false},
                   {"bias_for_layer_norm", false},
                   {"input_emb_norm", false},
                   {"layer_norm_type", "rms"},
                   {"mask_token_id", maskToken()},
                   {"max_sequence_length", m_size.context},
                   {"mlp_hidden_size", m_size.feedForward},
                   {"mlp_ratio", 4},
                   {"model_type", "llada"},
                   {"multi_query_attention", nullptr},
                   {"n_heads", m_size.heads},
                   {"n_kv_heads", m_size.heads},
                   {"n_layers", m_size.blocks},
                   {"pad_token_id", 0},
                   {"rms_norm_eps", 1e-5},
                   {"rope", true},
                   {"rope_full_precision", true},
                   {"rope_theta", 10000.0},
                   {"scale_logits", false},
                   {"torch_dtype", "bfloat16"},
                   {"use_cache", false},
                   {"vocab_size", rows()},
                   {"weight_tying", false}});
    }

    at::Tensor loss(const Model &model, BlockHooks *hooks, std::int64_t step) const override
    {
        const at::Tensor rows = rowsOf(m_text.sampler, m_size, step).first;
        Random random(m_seed + std::uint64_t(step), "llada masks");
        return lossOf(model, hooks, rows, random);
    }

    double heldOutLoss(const Model &model) const override
    {
        Random random(m_seed, "llada held-out masks");
        return meanLoss(windowsOf(m_text.evaluation, m_size.rowLength, 128),
                        [&](const at::Tensor &piece) {
                            return lossOf(model, nullptr, piece, random).item<double>();
                        });
    }

private:
    static constexpr const char *maskName = "<|mdm_mask|>";
    std::int64_t maskToken() const { return m_size.vocabulary; }
    /// Rows of the embedding: the vocabulary and the mask, filled up to a multiple of 8.
    std::int64_t rows() const { return (maskToken() + 1 + 7) / 8 * 8; }

    /// Row r of n masks a share in [(r + u) / n, (r + u + 1) / n): even over a batch.
    at::Tensor lossOf(const Model &model, BlockHooks *hooks, const at::Tensor &rows,
                      Random &random) const
    {
        const std::int64_t count = rows.size(0);
        const std::int64_t length = rows.size(1);
        at::Tensor inputs = rows.clone();
        at::Tensor targets = at::full_like(rows, -100);
        at::Tensor weights = at::zeros({count, length}, at::kFloat);
        std::int64_t *input = inputs.data_ptr<std::int64_t>();
        for (std::int64_t r = 0; r < count; ++r) {
            const double share = std::max(0.02, (double(r) + random.uniform()) / double(count));
            for (std::int64_t i = r * length; i < (r + 1) * length; ++i) {
                if (random.uniform() < share) {
                    targets.data_ptr<std::int64_t>()[i] = input[i];
                    input[i] = maskToken();
                    weights.data_ptr<float>()[i] = float(1 / share);
                }
            }
        }
        Batch batch;
        batch.tokens = inputs.to(model.device());
        const at::Tensor hidden = runStack(model, 0, batch, hooks).flatten(0, 1);
        const at::Tensor masked
            = weights.view({-1}).nonzero().view({-1}); // where there is anything to learn
        const at::Tensor logits
            = runHead(model, 0, hidden.index_select(0, masked.to(hidden.device())));
        const at::Tensor nll = at::cross_entropy_loss(
            logits, targets.view({-1}).index_select(0, masked).to(logits.device()), {},
            at::Reduction::None);
        const at::Tensor weight = weights.view({-1}).index_select(0, masked).to(logits.device());
        return (nll * weight).sum() / double(count * length);
    }

    std::uint64_t m_seed;
    TextSize m_size;
    ByteTokens m_text;
};

} // namespace

std::unique_ptr<SampleTask> makeTinyLlada(const SampleSources &sources)
{
    return std::make_unique<TinyLlada>(sources);
}

} // namespace bitprism::train
