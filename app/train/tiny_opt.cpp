// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_rules.h"
#include "app/train/sample_files.h"
#include "app/train/sample_tasks.h"
#include "app/train/sample_text.h"

namespace bitprism::train {

namespace {

/// OPT (Zhang et al., arXiv 2205.01068): pre-norm decoder with biases, ReLU, learned positions.
class TinyOpt final : public SampleTask
{
public:
    explicit TinyOpt(const SampleSources &sources)
        : m_size(textSizeOf(sources))
        , m_text(sources, m_size)
    {
    }

    SampleDefaults defaults() const override
    {
        return {{2e-3, 100, 4500, 1200, 3000}, {0.9f, 0.95f, 1e-8f, 0.1f}, 0.1};
    }

    std::vector<LearnedTensor> tensors() const override
    {
        const std::string prefix = "model.decoder.";
        std::vector<LearnedTensor> rules{
            {prefix + "embed_tokens.weight", {m_size.vocabulary, m_size.hidden}},
            {prefix + "embed_positions.weight", {m_size.context + 2, m_size.hidden}}};
        for (int i = 0; i < m_size.blocks; ++i) {
            const std::string block = prefix + "layers." + std::to_string(i) + ".";
            for (const char *name : {"k_proj", "v_proj", "q_proj"}) {
                addLinear(rules, block + "self_attn." + name, m_size.hidden, m_size.hidden);
            }
            addLinear(rules, block + "self_attn.out_proj", m_size.hidden, m_size.hidden,
                      residualDeviation(m_size.blocks));
            addNorm(rules, block + "self_attn_layer_norm", m_size.hidden);
            addLinear(rules, block + "fc1", m_size.feedForward, m_size.hidden);
            addLinear(rules, block + "fc2", m_size.hidden, m_size.feedForward,
                      residualDeviation(m_size.blocks));
            addNorm(rules, block + "final_layer_norm", m_size.hidden);
        }
        addNorm(rules, prefix + "final_layer_norm", m_size.hidden);
        return rules;
    }

    void writeFiles(const std::filesystem::path &folder) const override
    {
        writeSampleDescription(folder,
                               {"Continues the King James Bible; LayerNorm, biases, ReLU.",
                                "续写钦定版圣经；LayerNorm、偏置、ReLU。"},
                               "opt", "perplexity", ".txt");
        writeTexts(folder, m_text.corpus);
        writeByteTokenizer(folder, m_text.tokenizer.toTokenizerJson(), m_size);
        writeJson(folder / "config.json",
                  {{"architectures", OrderedJson::array({"OPTForCausalLM"})},
                   {"activation_function", "relu"},
                   {"bos_token_id", 0},
                   {"do_layer_norm_before", true},
                   {"enable_bias", true},
                   {"eos_token_id", 0},
                   {"ffn_dim", m_size.feedForward},
                   {"hidden_size", m_size.hidden},
                   {"layer_norm_elementwise_affine", true},
                   {"max_position_embeddings", m_size.context},
                   {"model_type", "opt"},
                   {"num_attention_heads", m_size.heads},
                   {"num_hidden_layers", m_size.blocks},
                   {"pad_token_id", 0},
                   {"tie_word_embeddings", true},
                   {"torch_dtype", "bfloat16"},
                   {"vocab_size", m_size.vocabulary},
                   {"word_embed_proj_dim", m_size.hidden}});
    }

    at::Tensor loss(const Model &model, BlockHooks *hooks, std::int64_t step) const override
    {
        const auto [inputs, targets] = rowsOf(m_text.sampler, m_size, step);
        return lossOf(model, hooks, inputs, targets);
    }

    double heldOutLoss(const Model &model) const override
    {
        const at::Tensor rows = windowsOf(m_text.evaluation, m_size.rowLength, 128);
        return meanLoss(rows, [&](const at::Tensor &piece) {
            const std::int64_t scored = piece.size(1) - 1;
            return lossOf(model, nullptr, piece.narrow(1, 0, scored), piece.narrow(1, 1, scored))
                .item<double>();
        });
    }

private:
    static at::Tensor lossOf(const Model &model, BlockHooks *hooks, const at::Tensor &inputs,
                             const at::Tensor &targets)
    {
        Batch batch;
        batch.tokens = inputs.contiguous().to(model.device());
        const at::Tensor hidden = runStack(model, 0, batch, hooks);
        return crossEntropy(runHead(model, 0, hidden.flatten(0, 1)), targets.reshape({-1}));
    }

    TextSize m_size;
    ByteTokens m_text;
};

} // namespace

std::unique_ptr<SampleTask> makeTinyOpt(const SampleSources &sources)
{
    return std::make_unique<TinyOpt>(sources);
}

} // namespace bitprism::train
