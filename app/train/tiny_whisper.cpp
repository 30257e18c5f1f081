// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/byte_bpe.h"
#include "app/train/model_rules.h"
#include "app/train/sample_files.h"
#include "app/train/sample_tasks.h"
#include "app/train/speech_data.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/media/audio.h"
#include "core/media/log_mel.h"

#include <algorithm>

namespace bitprism::train {

namespace {

/// One sentence a line, each behind a space as the decoder writes it.
std::string linesOf(const std::vector<std::string> &texts)
{
    std::string lines;
    for (const std::string &text : texts) {
        lines += " " + text + "\n";
    }
    return lines;
}

/// Whisper (Radford et al., arXiv 2212.04356), English only: 80 log-mel bins over a window of 5
/// seconds, enough for a command.
class TinyWhisper final : public SampleTask
{
public:
    explicit TinyWhisper(const SampleSources &sources)
        : m_seed(sources.seed)
        , m_size(speechSizeOf(sources))
        , m_data(speechDataOf(sources, m_size))
        , m_bpe(ByteBpe::learn(linesOf(textsOf(m_data.training)), m_size.vocabulary))
    {
        m_training = examplesOf(m_data.training);
        m_evaluation = examplesOf(m_data.evaluation);
    }

    SampleDefaults defaults() const override
    {
        return {{2e-3, 200, 9000, 2000, 3500}, {0.9f, 0.95f, 1e-8f, 0.1f}, 0.05};
    }

    std::vector<LearnedTensor> tensors() const override;
    void writeFiles(const std::filesystem::path &folder) const override;

    at::Tensor loss(const Model &model, BlockHooks *hooks, std::int64_t step) const override
    {
        Random random(m_seed + std::uint64_t(step), "whisper batch");
        std::vector<const Example *> rows;
        for (int i = 0; i < m_size.rowsPerStep; ++i) {
            rows.push_back(&m_training[random.below(m_training.size())]);
        }
        return lossOf(model, hooks, rows);
    }

    double heldOutLoss(const Model &model) const override
    {
        double sum = 0;
        for (const Example &example : m_evaluation) {
            sum += lossOf(model, nullptr, {&example}).item<double>();
        }
        return sum / double(m_evaluation.size());
    }

private:
    /// Frames that hold sound; those behind are all of the floor's value.
    struct Example
    {
        std::vector<float> frames; ///< [80, count]
        std::int64_t count = 0;
        float floor = 0;
        std::vector<std::int64_t> tokens;
    };

    static constexpr int bins = 80;
    static constexpr int windowSeconds = 5;
    static constexpr std::int64_t frames = media::whisperFrames * windowSeconds / 30;
    static constexpr std::int64_t specialCount = 8;
    std::int64_t endToken() const { return m_bpe.vocabularySize() - 1; }
    std::int64_t startToken() const { return endToken() + 1; }
    std::int64_t noTimestampsToken() const { return endToken() + specialCount - 1; }
    std::int64_t vocabulary() const { return endToken() + specialCount; }

    std::vector<Example> examplesOf(const std::vector<Utterance> &utterances) const
    {
        std::vector<Example> examples(utterances.size());
        parallelFor(utterances.size(), 1, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) {
                const std::vector<float> mel
                    = media::whisperLogMel(utterances[i].samples, bins, frames);
                Example &example = examples[i];
                example.count = std::min<std::int64_t>(
                    frames, std::int64_t(utterances[i].samples.size()) / 160 + 4);
                example.floor = mel.back();
                for (int bin = 0; bin < bins; ++bin) {
                    const auto row = mel.begin() + bin * frames;
                    example.frames.insert(example.frames.end(), row, row + example.count);
                }
                for (const std::int32_t id : m_bpe.encode(" " + utterances[i].text)) {
                    example.tokens.push_back(id - 1); // ByteBpe's special stands at the end here
                }
            }
        });
        return examples;
    }

    at::Tensor lossOf(const Model &model, BlockHooks *hooks,
                      const std::vector<const Example *> &rows) const
    {
        at::Tensor mel = at::empty({std::int64_t(rows.size()), bins, frames}, at::kFloat);
        std::vector<const std::vector<std::int64_t> *> texts;
        for (std::size_t r = 0; r < rows.size(); ++r) {
            float *target = mel.data_ptr<float>() + std::int64_t(r) * bins * frames;
            for (int bin = 0; bin < bins; ++bin, target += frames) {
                std::fill_n(target, frames, rows[r]->floor);
                std::copy_n(rows[r]->frames.begin() + bin * rows[r]->count, rows[r]->count, target);
            }
            texts.push_back(&rows[r]->tokens);
        }
        Batch batch;
        batch.features = mel.to(model.device());
        const at::Tensor memory = runHead(model, 0, runStack(model, 0, batch, hooks));
        return decoderLoss(model, hooks, memory,
                           decoderRows({startToken(), noTimestampsToken()}, texts, endToken()));
    }

    std::uint64_t m_seed;
    SpeechSize m_size;
    SpeechData m_data;
    ByteBpe m_bpe;
    std::vector<Example> m_training;
    std::vector<Example> m_evaluation;
};

/// Attention of Whisper: the key has no bias.
void addWhisperAttention(std::vector<LearnedTensor> &rules, const std::string &prefix,
                         std::int64_t hidden, double residual)
{
    addLinear(rules, prefix + "k_proj", hidden, hidden, 0.02, false);
    addLinear(rules, prefix + "v_proj", hidden, hidden);
    addLinear(rules, prefix + "q_proj", hidden, hidden);
    addLinear(rules, prefix + "out_proj", hidden, hidden, residual);
}

std::vector<LearnedTensor> TinyWhisper::tensors() const
{
    const std::int64_t hidden = m_size.hidden;
    const double residual = residualDeviation(m_size.blocks);
    std::vector<LearnedTensor> rules{
        {"model.encoder.conv1.bias", {hidden}, LearnedTensor::Start::Constant, 0},
        {"model.encoder.conv2.bias", {hidden}, LearnedTensor::Start::Constant, 0},
        {"model.encoder.embed_positions.weight",
         {frames / 2, hidden},
         LearnedTensor::Start::Sinusoids},
        {"model.decoder.embed_tokens.weight", {vocabulary(), hidden}},
        {"model.decoder.embed_positions.weight", {m_size.targetPositions, hidden}}};
    addKernel(rules, "model.encoder.conv1.weight", {hidden, bins, 3}, 0.05);
    addKernel(rules, "model.encoder.conv2.weight", {hidden, hidden, 3}, 0.05);
    for (const std::string stack : {"encoder", "decoder"}) {
        for (int i = 0; i < m_size.blocks; ++i) {
            const std::string block = "model." + stack + ".layers." + std::to_string(i) + ".";
            addWhisperAttention(rules, block + "self_attn.", hidden, residual);
            addNorm(rules, block + "self_attn_layer_norm", hidden);
            if (stack == "decoder") {
                addWhisperAttention(rules, block + "encoder_attn.", hidden, residual);
                addNorm(rules, block + "encoder_attn_layer_norm", hidden);
            }
            addLinear(rules, block + "fc1", m_size.feedForward, hidden);
            addLinear(rules, block + "fc2", hidden, m_size.feedForward, residual);
            addNorm(rules, block + "final_layer_norm", hidden);
        }
        addNorm(rules, "model." + stack + ".layer_norm", hidden);
    }
    return rules;
}

void TinyWhisper::writeFiles(const std::filesystem::path &folder) const
{
    writeSampleDescription(
        folder,
        {"Writes down commands from log-mel spectrograms.", "根据对数梅尔频谱听写口头指令。"},
        "whisper", "wer", "");
    writeSpeech(folder / "data" / "evaluation", m_data.evaluation, m_size.shippedEvaluation);
    writeSpeech(folder / "data" / "calibration", m_data.calibration, m_size.shippedCalibration);
    static constexpr const char *names[specialCount]
        = {"<|endoftext|>", "<|startoftranscript|>", "<|translate|>", "<|transcribe|>",
           "<|startoflm|>", "<|startofprev|>",       "<|nospeech|>",  "<|notimestamps|>"};
    OrderedJson tokenizer = OrderedJson::parse(m_bpe.toTokenizerJson());
    OrderedJson vocabulary = OrderedJson::object();
    for (const auto &[piece, id] : tokenizer["model"]["vocab"].items()) {
        if (piece != names[0]) {
            vocabulary[piece] = id.get<std::int64_t>() - 1;
        }
    }
    OrderedJson added = OrderedJson::array();
    for (std::int64_t i = 0; i < specialCount; ++i) {
        added.push_back(specialToken(endToken() + i, names[i]));
        vocabulary[names[i]] = endToken() + i;
    }
    tokenizer["model"]["vocab"] = vocabulary;
    tokenizer["added_tokens"] = added;
    writeJson(folder / "tokenizer.json", tokenizer);
    writeJson(folder / "tokenizer_config.json",
              {{"bos_token", names[0]},
               {"eos_token", names[0]},
               {"model_max_length", m_size.targetPositions},
               {"tokenizer_class", "WhisperTokenizer"}});
    writeJson(folder / "config.json",
              {{"architectures", OrderedJson::array({"WhisperForConditionalGeneration"})},
               {"activation_function", "gelu"},
               {"bos_token_id", endToken()},
               {"d_model", m_size.hidden},
               {"decoder_attention_heads", m_size.heads},
               {"decoder_ffn_dim", m_size.feedForward},
               {"decoder_layers", m_size.blocks},
               {"decoder_start_token_id", startToken()},
               {"encoder_attention_heads", m_size.heads},
               {"encoder_ffn_dim", m_size.feedForward},
               {"encoder_layers", m_size.blocks},
               {"eos_token_id", endToken()},
               {"max_source_positions", frames / 2},
               {"max_target_positions", m_size.targetPositions},
               {"model_type", "whisper"},
               {"num_mel_bins", bins},
               {"pad_token_id", endToken()},
               {"scale_embedding", false},
               {"tie_word_embeddings", true},
               {"torch_dtype", "bfloat16"},
               {"vocab_size", this->vocabulary()}});
    writeJson(
        folder / "generation_config.json",
        {{"begin_suppress_tokens", OrderedJson::array({endToken()})},
         {"bos_token_id", endToken()},
         {"decoder_start_token_id", startToken()},
         {"eos_token_id", endToken()},
         {"is_multilingual", false},
         {"forced_decoder_ids", OrderedJson::array({OrderedJson::array({1, noTimestampsToken()})})},
         {"max_length", m_size.targetPositions},
         {"no_timestamps_token_id", noTimestampsToken()},
         {"pad_token_id", endToken()},
         {"suppress_tokens", OrderedJson::array()}});
    writeJson(folder / "preprocessor_config.json",
              {{"chunk_length", windowSeconds},
               {"feature_extractor_type", "WhisperFeatureExtractor"},
               {"feature_size", bins},
               {"hop_length", 160},
               {"n_fft", 400},
               {"n_samples", windowSeconds * media::speechRate},
               {"nb_max_frames", frames},
               {"padding_value", 0.0},
               {"sampling_rate", 16000}});
}

} // namespace

std::unique_ptr<SampleTask> makeTinyWhisper(const SampleSources &sources)
{
    return std::make_unique<TinyWhisper>(sources);
}

} // namespace bitprism::train
