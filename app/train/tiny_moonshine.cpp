// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/model_rules.h"
#include "app/train/sample_files.h"
#include "app/train/sample_tasks.h"
#include "app/train/sentence_pieces.h"
#include "app/train/speech_data.h"
#include "core/base/random.h"

#include <algorithm>
#include <span>

namespace bitprism::train {

namespace {

/// Moonshine (Jeffries et al., arXiv 2410.15608): raw samples, three convolutions, rotary
/// positions. Its group norm sees padding, so the recordings of a batch have one length.
class TinyMoonshine final : public SampleTask
{
public:
    explicit TinyMoonshine(const SampleSources &sources)
        : m_seed(sources.seed)
        , m_size(speechSizeOf(sources))
        , m_data(speechDataOf(sources, m_size))
        , m_pieces(textsOf(m_data.training), std::size_t(m_size.vocabulary) + 64)
    {
        for (const Utterance &utterance : m_data.training) {
            m_training.push_back(m_pieces.encode(utterance.text));
        }
        for (const Utterance &utterance : m_data.evaluation) {
            m_evaluation.push_back(m_pieces.encode(utterance.text));
        }
        m_byLength.resize(m_data.training.size());
        for (std::size_t i = 0; i < m_byLength.size(); ++i) {
            m_byLength[i] = i;
        }
        std::stable_sort(m_byLength.begin(), m_byLength.end(), [this](auto a, auto b) {
            return m_data.training[a].samples.size() < m_data.training[b].samples.size();
        });
    }

    SampleDefaults defaults() const override
    {
        return {{2e-3, 200, 9000, 2000, 3500}, {0.9f, 0.95f, 1e-8f, 0.1f}, 0.05};
    }

    std::vector<LearnedTensor> tensors() const override;
    void writeFiles(const std::filesystem::path &folder) const override;

    at::Tensor loss(const Model &model, BlockHooks *hooks, std::int64_t step) const override
    {
        Random random(m_seed + std::uint64_t(step), "moonshine batch");
        const auto count = std::min(std::size_t(m_size.rowsPerStep), m_byLength.size());
        const std::size_t first = random.below(m_byLength.size() - count + 1);
        const std::size_t length
            = m_data.training[m_byLength[first + count / 2]].samples.size(); // the middle one's
        at::Tensor samples = at::empty({std::int64_t(count), std::int64_t(length)}, at::kFloat);
        std::vector<const std::vector<std::int64_t> *> texts;
        for (std::size_t r = 0; r < count; ++r) {
            const std::size_t index = m_byLength[first + r];
            fillRow(m_data.training[index].samples, random,
                    {samples.data_ptr<float>() + r * length, length});
            texts.push_back(&m_training[index]);
        }
        return lossOf(model, hooks, samples, texts);
    }

    double heldOutLoss(const Model &model) const override
    {
        double sum = 0;
        for (std::size_t i = 0; i < m_evaluation.size(); ++i) {
            const std::vector<float> &recorded = m_data.evaluation[i].samples;
            at::Tensor samples = at::empty({1, std::int64_t(recorded.size())}, at::kFloat);
            std::copy(recorded.begin(), recorded.end(), samples.data_ptr<float>());
            sum += lossOf(model, nullptr, samples, {&m_evaluation[i]}).item<double>();
        }
        return sum / double(m_evaluation.size());
    }

private:
    static constexpr std::int64_t startToken = SentencePieces::startToken;
    static constexpr std::int64_t endToken = SentencePieces::endToken;

    /// The recording, cut or continued with its own noise (its last samples, turned around), so
    /// that all rows have one length.
    static void fillRow(const std::vector<float> &recorded, Random &random, std::span<float> row)
    {
        const std::size_t known = std::min(recorded.size(), row.size());
        std::copy_n(recorded.begin(), known, row.begin());
        const std::size_t tail = std::min<std::size_t>(400, recorded.size());
        for (std::size_t i = known; i < row.size(); ++i) {
            row[i] = recorded[recorded.size() - 1 - random.below(tail)];
        }
    }

    at::Tensor lossOf(const Model &model, BlockHooks *hooks, const at::Tensor &samples,
                      const std::vector<const std::vector<std::int64_t> *> &texts) const
    {
        Batch batch;
        batch.features = samples.to(model.device());
        const at::Tensor memory = runHead(model, 0, runStack(model, 0, batch, hooks));
        return decoderLoss(model, hooks, memory, decoderRows({startToken}, texts, endToken));
    }

    std::uint64_t m_seed;
    SpeechSize m_size;
    SpeechData m_data;
    SentencePieces m_pieces;
    std::vector<std::vector<std::int64_t>> m_training; ///< tokens
    std::vector<std::vector<std::int64_t>> m_evaluation;
    std::vector<std::size_t> m_byLength;
};

std::vector<LearnedTensor> TinyMoonshine::tensors() const
{
    const std::int64_t hidden = m_size.hidden;
    const std::int64_t wide = m_size.feedForward;
    const double residual = residualDeviation(m_size.blocks);
    std::vector<LearnedTensor> rules{
        {"model.encoder.groupnorm.weight", {hidden}, LearnedTensor::Start::Constant, 1},
        {"model.encoder.groupnorm.bias", {hidden}, LearnedTensor::Start::Constant, 0},
        {"model.encoder.conv2.bias", {2 * hidden}, LearnedTensor::Start::Constant, 0},
        {"model.encoder.conv3.bias", {hidden}, LearnedTensor::Start::Constant, 0},
        {"model.decoder.embed_tokens.weight", {m_pieces.size(), hidden}}};
    addKernel(rules, "model.encoder.conv1.weight", {hidden, 1, 127}, 0.08);
    addKernel(rules, "model.encoder.conv2.weight", {2 * hidden, hidden, 7}, 0.03);
    addKernel(rules, "model.encoder.conv3.weight", {hidden, 2 * hidden, 3}, 0.04);
    const auto addAttention = [&](const std::string &prefix) {
        for (const char *name : {"q_proj", "k_proj", "v_proj"}) {
            addLinear(rules, prefix + name, hidden, hidden, 0.05, false);
        }
        addLinear(rules, prefix + "o_proj", hidden, hidden, residual, false);
    };
    for (const std::string stack : {"encoder", "decoder"}) {
        for (int i = 0; i < m_size.blocks; ++i) {
            const std::string block = "model." + stack + ".layers." + std::to_string(i) + ".";
            const bool isDecoder = stack == "decoder";
            addAttention(block + "self_attn.");
            addNorm(rules, block + "input_layernorm", hidden, false);
            addNorm(rules, block + "post_attention_layernorm", hidden, false);
            if (isDecoder) {
                addAttention(block + "encoder_attn.");
                addNorm(rules, block + "final_layernorm", hidden, false);
            }
            addLinear(rules, block + "mlp.fc1", isDecoder ? 2 * wide : wide, hidden, 0.05);
            addLinear(rules, block + "mlp.fc2", hidden, wide, residual);
        }
    }
    addNorm(rules, "model.encoder.layer_norm", hidden, false);
    addNorm(rules, "model.decoder.norm", hidden, false);
    return rules;
}

void TinyMoonshine::writeFiles(const std::filesystem::path &folder) const
{
    writeSampleDescription(folder,
                           {"Writes down commands from raw samples.", "根据原始采样听写口头指令。"},
                           "moonshine", "wer", "");
    writeSpeech(folder / "data" / "evaluation", m_data.evaluation, m_size.shippedEvaluation);
    writeSpeech(folder / "data" / "calibration", m_data.calibration, m_size.shippedCalibration);
    m_pieces.write(folder, m_size.targetPositions);
    writeJson(folder / "config.json",
              {{"architectures", OrderedJson::array({"MoonshineForConditionalGeneration"})},
               {"attention_bias", false},
               {"bos_token_id", startToken},
               {"decoder_hidden_act", "silu"},
               {"decoder_num_attention_heads", m_size.heads},
               {"decoder_num_hidden_layers", m_size.blocks},
               {"decoder_num_key_value_heads", m_size.heads},
               {"decoder_start_token_id", startToken},
               {"encoder_hidden_act", "gelu"},
               {"encoder_num_attention_heads", m_size.heads},
               {"encoder_num_hidden_layers", m_size.blocks},
               {"encoder_num_key_value_heads", m_size.heads},
               {"eos_token_id", endToken},
               {"hidden_size", m_size.hidden},
               {"intermediate_size", m_size.feedForward},
               {"max_position_embeddings", 512},
               {"model_type", "moonshine"},
               {"partial_rotary_factor", 0.9},
               {"rope_theta", 10000.0},
               {"tie_word_embeddings", true},
               {"torch_dtype", "bfloat16"},
               {"vocab_size", m_pieces.size()}});
    writeJson(folder / "preprocessor_config.json",
              {{"do_normalize", false},
               {"feature_extractor_type", "Wav2Vec2FeatureExtractor"},
               {"feature_size", 1},
               {"padding_value", 0.0},
               {"sampling_rate", 16000}});
}

} // namespace

std::unique_ptr<SampleTask> makeTinyMoonshine(const SampleSources &sources)
{
    return std::make_unique<TinyMoonshine>(sources);
}

} // namespace bitprism::train
