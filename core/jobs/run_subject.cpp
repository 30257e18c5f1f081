// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/run_subject.h"

#include "core/export/coded_matrix.h"

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

/// The first stack whose head has a tensor of its own once it is untied, and that head without
/// values.
std::optional<std::pair<int, UntiedHead>> headToUntie(const Model &model)
{
    for (int stack = 0; stack <= model.lastStack(); ++stack) {
        const std::vector<const LayerInfo *> &layers = model.layersOf(headOf(stack));
        const std::string &name = model.info().stacks[static_cast<std::size_t>(stack)].headTensor;
        if (!layers.empty() && !name.empty()) {
            return std::pair(stack,
                             UntiedHead{name, layers.front()->rows, layers.front()->cols, {}});
        }
    }
    return std::nullopt;
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
    return isKept ? codesOf(stored) : nullptr;
}

std::optional<at::Tensor> RunSubject::tensor(const std::string &name) const
{
    if (std::optional<at::Tensor> coded = m_codes.tensor(name)) {
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
    std::optional<std::pair<int, UntiedHead>> head;
    if (m_untiesHead) {
        head = headToUntie(m_model);
    }
    if (!head) {
        return std::nullopt;
    }
    auto &[stack, untied] = *head;
    const std::string &stored = m_model.layersOf(headOf(stack)).front()->tensor;
    untied.values = valuesOf(m_model.loadHead(stack).tensor(stored));
    return std::move(untied);
}

PlannedSubject::PlannedSubject(const RunPlan &plan, const Model &model)
    : m_plan(plan)
    , m_model(model)
{
    for (const PlannedLayer *planned : plan.all()) {
        m_outlines[planned->layer->tensor]
            = planned->quantizer->outline(*planned->layer, planned->bits);
    }
}

QuantizedWeightPtr PlannedSubject::codes(const std::string &tensor) const
{
    if (const auto found = m_outlines.find(tensor); found != m_outlines.end()) {
        return found->second;
    }
    return m_plan.transforms().isEmpty() ? codesOf(checkpoint().coded(tensor)) : nullptr;
}

std::optional<UntiedHead> PlannedSubject::untiedHead() const
{
    if (!m_plan.transforms().untiesHead()) {
        return std::nullopt;
    }
    std::optional<std::pair<int, UntiedHead>> head = headToUntie(m_model);
    return head ? std::optional(std::move(head->second)) : std::nullopt;
}

} // namespace bitprism
