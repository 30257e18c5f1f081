// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/channel_scores.h"

#include "core/io/safetensors.h"
#include "core/quant/tensor_view.h"

namespace bitprism {

void FisherDiagonal::add(const at::Tensor &gradient, std::int64_t scoredTokens)
{
    BITPRISM_ASSERT(scoredTokens > 0, "a sequence scores something");
    const at::Tensor square = gradient.to(at::kFloat).square() / static_cast<double>(scoredTokens);
    m_sum = m_sum.defined() ? m_sum + square : square;
    ++m_sequences;
}

at::Tensor FisherDiagonal::value() const
{
    return m_sum.defined() ? m_sum / static_cast<double>(m_sequences) : m_sum;
}

ChannelScorer::ChannelScorer(const std::vector<ScoredLayer> &layers)
{
    for (const ScoredLayer &layer : layers) {
        m_layers[layer.layer->name] = layer;
    }
}

void ChannelScorer::visit(const Block &, std::size_t, std::int64_t scoredTokens,
                          const std::map<std::string, at::Tensor> &gradients)
{
    for (const auto &[name, gradient] : gradients) {
        if (m_layers.contains(name)) {
            m_fisher[name].add(gradient, scoredTokens);
        }
    }
}

void ChannelScorer::leave(const Block &block, JobContext &context)
{
    std::vector<const ScoredLayer *> scored;
    for (const auto &[name, fisher] : m_fisher) {
        const ScoredLayer &layer = m_layers.at(name);
        LayerTask task;
        task.layer = layer.layer;
        task.weight = block.tensor(layer.layer->tensor);
        task.bits = layer.bits;
        m_scores[name] = layer.quantizer->channelScores(task, fisher.value(), context);
        scored.push_back(&layer);
    }
    share(scored);
    m_fisher.clear();
}

void ChannelScorer::share(const std::vector<const ScoredLayer *> &layers)
{
    std::map<std::string, at::Tensor> sums;
    for (const ScoredLayer *layer : layers) {
        if (layer->quantizer->sharesScores() && !layer->layer->inputGroup.empty()) {
            at::Tensor &sum = sums[layer->layer->inputGroup];
            const at::Tensor &own = m_scores[layer->layer->name];
            sum = sum.defined() ? sum + own : own;
        }
    }
    for (const ScoredLayer *layer : layers) {
        const auto found = sums.find(layer->layer->inputGroup);
        if (layer->quantizer->sharesScores() && found != sums.end()) {
            m_scores[layer->layer->name] = found->second;
        }
    }
}

void writeScores(const std::filesystem::path &file, const ChannelScores &scores)
{
    std::vector<io::TensorDeclaration> declarations;
    std::vector<at::Tensor> tensors;
    for (const auto &[name, tensor] : scores) {
        tensors.push_back(cpuFloat(tensor));
        declarations.push_back({name, io::Dtype::F32, tensors.back().sizes().vec()});
    }
    io::SafetensorsWriter writer(file, std::move(declarations));
    for (const at::Tensor &tensor : tensors) {
        writer.write({static_cast<const std::byte *>(tensor.data_ptr()), tensor.nbytes()});
    }
    writer.commit();
}

ChannelScores readScores(const std::filesystem::path &file)
{
    const io::SafetensorsFile stored(file);
    ChannelScores scores;
    for (const io::TensorInfo &info : stored.tensors()) {
        if (info.dtype != io::Dtype::F32) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: the file of impact scores is damaged; run again."), file);
        }
        const at::Tensor values = at::empty(info.shape, at::kFloat);
        stored.read(info, {static_cast<std::byte *>(values.data_ptr()), values.nbytes()});
        scores[info.name] = values;
    }
    return scores;
}

} // namespace bitprism
