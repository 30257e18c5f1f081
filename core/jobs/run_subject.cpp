// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/run_subject.h"

#include "core/io/checkpoint_format.h"

#include <algorithm>

namespace bitprism {

namespace {

bool isOfNorm(const NormInfo &norm, const std::string &name)
{
    return norm.gain == name || norm.bias == name;
}

/// Whether it is the last norm's, the head's or a tower's projection.
bool standsBehindTheBlocks(const ModelInfo &info, int stack, const std::string &name)
{
    return std::any_of(info.norms.begin(), info.norms.end(),
                       [&](const NormInfo &norm) {
                           return norm.stack == stack && norm.block == headOf(0).index
                               && isOfNorm(norm, name);
                       })
        || std::any_of(info.layers.begin(), info.layers.end(), [&](const LayerInfo &layer) {
               return layer.stack == stack && layer.block < 0 && layer.tensor == name
                   && (layer.kind == "head" || layer.kind == "projection");
           });
}

/// Whether it is read before the first block: a table or the norm behind the tables.
bool standsBeforeTheBlocks(const ModelInfo &info, int stack, const std::string &name)
{
    const std::vector<std::string> &tables
        = info.stacks[static_cast<std::size_t>(stack)].embeddings;
    return std::find(tables.begin(), tables.end(), name) != tables.end()
        || std::any_of(info.norms.begin(), info.norms.end(), [&](const NormInfo &norm) {
               return norm.stack == stack && norm.block == NormInfo::embedding
                   && isOfNorm(norm, name);
           });
}

std::vector<float> valuesOf(const at::Tensor &tensor)
{
    const at::Tensor stored = tensor.to(at::kCPU, at::kFloat).contiguous();
    const float *first = stored.data_ptr<float>();
    return {first, first + stored.numel()};
}

} // namespace

RunSubject::RunSubject(const Model &transformed, const QuantizedOverlay &codes,
                       std::vector<std::string> online, bool untiesHead)
    : m_model(transformed)
    , m_codes(codes)
    , m_online(std::move(online))
    , m_untiesHead(untiesHead)
{
}

QuantizedWeightPtr RunSubject::codes(const std::string &tensor) const
{
    if (QuantizedWeightPtr codes = m_codes.codes(tensor)) {
        return codes;
    }
    // What the source holds as codes and the run left alone stays as it is.
    const io::CodedTensor *stored = checkpoint().coded(tensor);
    const bool isKept = stored != nullptr && !m_model.isTransformed() && !m_codes.tensor(tensor);
    return isKept ? stored->weight() : nullptr;
}

std::optional<at::Tensor> RunSubject::tensor(const std::string &name) const
{
    if (const std::optional<at::Tensor> coded = m_codes.tensor(name)) {
        return coded;
    }
    const ModelInfo &info = m_model.info();
    for (int stack = 0; m_model.isTransformed() && stack <= m_model.lastStack(); ++stack) {
        if (standsBeforeTheBlocks(info, stack, name)) {
            return m_model.loadTensor(name);
        }
        if (standsBehindTheBlocks(info, stack, name)) {
            return m_model.loadHead(stack).tensor(name);
        }
    }
    return std::nullopt;
}

std::optional<std::vector<float>> RunSubject::values(const std::string &name) const
{
    const std::optional<at::Tensor> found = tensor(name);
    return found ? std::optional(valuesOf(*found)) : std::nullopt;
}

std::optional<UntiedHead> RunSubject::untiedHead() const
{
    for (int stack = 0; m_untiesHead && stack <= m_model.lastStack(); ++stack) {
        const std::vector<const LayerInfo *> &layers = m_model.layersOf(headOf(stack));
        const std::string &name = m_model.info().stacks[static_cast<std::size_t>(stack)].headTensor;
        if (!layers.empty() && !name.empty()) {
            const at::Tensor weight = m_model.loadHead(stack).tensor(layers.front()->tensor);
            return UntiedHead{name, weight.size(0), weight.size(1), valuesOf(weight)};
        }
    }
    return std::nullopt;
}

} // namespace bitprism
