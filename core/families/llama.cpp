// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family.h"
#include "core/families/llama_config.h"

namespace bitprism {

namespace {

/// Tensor names, shapes and roles of the llama group.
class LlamaTensors
{
public:
    LlamaTensors(const io::Checkpoint &checkpoint, const LlamaConfig &config, ModelInfo &info)
        : m_checkpoint(checkpoint)
        , m_config(config)
        , m_info(info)
    {
    }

    void describe()
    {
        const std::int64_t hidden = m_config.hiddenSize;
        addLayer("model.embed_tokens", "embedding", -1, m_config.vocabularySize, hidden, "", "");
        for (int block = 0; block < m_config.blocks; ++block) {
            describeBlock(block);
        }
        require("model.norm.weight", {hidden});
        m_info.norms.push_back({"model.norm.weight", "", false, 0, -1, true});
        if (!m_config.hasTiedHead) {
            addLayer("lm_head", "head", -1, m_config.vocabularySize, hidden, "head_input",
                     "model.norm.weight");
        }
    }

    int missingCount() const { return m_missingCount; }
    const std::string &firstMissing() const { return m_firstMissing; }

private:
    void describeBlock(int block)
    {
        const std::string prefix = "model.layers." + std::to_string(block) + ".";
        const std::string attention = prefix + "self_attn.";
        const std::string mlp = prefix + "mlp.";
        const std::string attentionNorm = prefix + "input_layernorm.weight";
        const std::string mlpNorm = prefix + "post_attention_layernorm.weight";
        const std::int64_t hidden = m_config.hiddenSize;
        const std::int64_t inner = m_config.intermediateSize;
        require(attentionNorm, {hidden});
        m_info.norms.push_back({attentionNorm, "", false, 0, block, true});
        addLayer(attention + "q_proj", "attention_query", block, m_config.queryRows(), hidden,
                 "attention_input", attentionNorm);
        addLayer(attention + "k_proj", "attention_key", block, m_config.keyValueRows(), hidden,
                 "attention_input", attentionNorm);
        addLayer(attention + "v_proj", "attention_value", block, m_config.keyValueRows(), hidden,
                 "attention_input", attentionNorm);
        addLayer(attention + "o_proj", "attention_out", block, hidden, m_config.queryRows(),
                 "attention_output", attention + "v_proj.weight");
        requireBiases(attention);
        require(mlpNorm, {hidden});
        m_info.norms.push_back({mlpNorm, "", false, 0, block, true});
        addLayer(mlp + "gate_proj", "mlp_gate", block, inner, hidden, "mlp_input", mlpNorm);
        addLayer(mlp + "up_proj", "mlp_up", block, inner, hidden, "mlp_input", mlpNorm);
        addLayer(mlp + "down_proj", "mlp_down", block, hidden, inner, "mlp_hidden",
                 mlp + "up_proj.weight");
        if (m_config.hasMlpBias) {
            require(mlp + "gate_proj.bias", {inner});
            require(mlp + "up_proj.bias", {inner});
            require(mlp + "down_proj.bias", {hidden});
        }
    }

    void requireBiases(const std::string &attention)
    {
        if (m_config.hasQkvBias) {
            require(attention + "q_proj.bias", {m_config.queryRows()});
            require(attention + "k_proj.bias", {m_config.keyValueRows()});
            require(attention + "v_proj.bias", {m_config.keyValueRows()});
        }
        if (m_config.hasOutputBias) {
            require(attention + "o_proj.bias", {m_config.hiddenSize});
        }
        if (m_config.hasQueryKeyNorm) {
            require(attention + "q_norm.weight", {m_config.headSize});
            require(attention + "k_norm.weight", {m_config.headSize});
        }
    }

    /// Null, and counted, where the tensor is missing; BadInput where its shape is another.
    const io::TensorInfo *require(const std::string &name, const std::vector<std::int64_t> &shape)
    {
        const io::TensorInfo *tensor = m_checkpoint.find(name);
        if (tensor == nullptr) {
            m_firstMissing = m_missingCount++ == 0 ? name : m_firstMissing;
            return nullptr;
        }
        if (tensor->shape != shape) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" has the shape %3, but config.json "
                                    "says %4; the two do not belong together."),
                        m_checkpoint.fileOf(*tensor), name, io::shapeText(tensor->shape),
                        io::shapeText(shape));
        }
        if (!io::isFloating(tensor->dtype)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" holds %3, but weights must be "
                                    "floating-point; quantized checkpoints cannot be "
                                    "opened again."),
                        m_checkpoint.fileOf(*tensor), name, io::dtypeName(tensor->dtype));
        }
        return tensor;
    }

    void addLayer(const std::string &name, const char *kind, int block, std::int64_t rows,
                  std::int64_t cols, const std::string &group, const std::string &producer)
    {
        const io::TensorInfo *tensor = require(name + ".weight", {rows, cols});
        if (tensor == nullptr) {
            return;
        }
        LayerInfo layer;
        layer.name = name;
        layer.tensor = tensor->name;
        layer.kind = kind;
        layer.block = block;
        layer.rows = rows;
        layer.cols = cols;
        layer.dtype = io::dtypeName(tensor->dtype);
        layer.bits = static_cast<double>(io::dtypeBytes(tensor->dtype) * 8);
        layer.inputGroup = group;
        layer.producer = producer;
        m_info.layers.push_back(std::move(layer));
    }

    const io::Checkpoint &m_checkpoint;
    const LlamaConfig &m_config;
    ModelInfo &m_info;
    int m_missingCount = 0;
    std::string m_firstMissing;
};

} // namespace

/// LLaMA and its relatives: RMS norm, rotary positions, grouped-query attention, gated SiLU.
class LlamaFamily final : public Family
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "llama";
        info.title = BITPRISM_TR("Component", "LLaMA group");
        info.source = "Touvron et al. 2023, arXiv:2302.13971; also Mistral, Qwen2 and Qwen3";
        return info;
    }
    explicit LlamaFamily(const Params &) { }

    std::vector<std::string_view> modelTypes() const override
    {
        return {"llama", "mistral", "qwen2", "qwen3"};
    }

    void describe(const io::Checkpoint &checkpoint, ModelInfo &info) const override
    {
        const LlamaConfig config
            = LlamaConfig::read(checkpoint.config(), (checkpoint.path() / "config.json").string());
        info.family = "llama";
        info.blocks = config.blocks;
        StackInfo decoder{"decoder", config.blocks};
        decoder.headSize = static_cast<int>(config.headSize);
        decoder.isPreNorm = true;
        decoder.embeddings = {"model.embed_tokens.weight"};
        decoder.headTensor = "lm_head.weight";
        info.stacks = {decoder};
        info.contextLength = config.contextLength;
        info.vocabularySize = config.vocabularySize;
        info.hiddenSize = config.hiddenSize;
        info.hasTiedHead = config.hasTiedHead;
        info.bosToken = config.bosToken;
        info.eosTokens = config.eosTokens;
        LlamaTensors tensors(checkpoint, config, info);
        tensors.describe();
        info.runnable = tensors.missingCount() == 0;
        if (!info.runnable) {
            info.problem = std::to_string(tensors.missingCount())
                + " tensors are missing, the first is " + tensors.firstMissing();
        }
    }
};

BITPRISM_EXPORT_COMPONENT(family, llama, LlamaFamily);

} // namespace bitprism
