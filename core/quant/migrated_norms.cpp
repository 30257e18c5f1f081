// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/migrated_norms.h"

#include "core/base/error.h"

#include <algorithm>

namespace bitprism {

namespace {

at::Tensor wide(const at::Tensor &tensor) { return tensor.to(at::kDouble); }

at::Tensor wideBeside(const at::Tensor &values, const at::Tensor &stored)
{
    return values.to(stored.device(), at::kDouble);
}

at::Tensor like(const at::Tensor &values, const at::Tensor &stored)
{
    return values.to(stored.options());
}

/// The gain or the bias of a changed norm.
at::Tensor changed(const NormChange &change, const at::Tensor &stored, bool isBias)
{
    const at::Tensor values = isBias && change.shift.defined()
        ? wide(stored) - wideBeside(change.shift, stored)
        : wide(stored);
    return like(values / wideBeside(change.scale, stored), stored);
}

at::Tensor absorbed(const NormChange &change, const at::Tensor &weight)
{
    return like(wide(weight) * wideBeside(change.scale, weight), weight);
}

} // namespace

MigratedNorms::MigratedNorms(const ModelGraph &graph, std::map<std::string, NormChange> changes)
    : m_graph(graph)
    , m_changes(std::move(changes))
{
    for (const NormInfo &norm : graph.info().norms) {
        const NormChange *change = changeOf(norm.gain);
        if (change != nullptr && norm.shortcut) {
            m_shortcuts[{{norm.stack, norm.shortcut->block}, norm.shortcut->part}] = change;
        }
    }
}

const NormChange *MigratedNorms::changeOf(const std::string &gain) const
{
    const auto found = m_changes.find(gain);
    return found == m_changes.end() ? nullptr : &found->second;
}

void MigratedNorms::edit(Block &block) const
{
    for (const NormInfo *norm : m_graph.normsOf(block.id())) {
        if (const NormChange *change = changeOf(norm->gain)) {
            block.setTensor(norm->gain, changed(*change, block.tensor(norm->gain), false));
            if (!norm->bias.empty()) {
                block.setTensor(norm->bias, changed(*change, block.tensor(norm->bias), true));
            }
        }
    }
    for (const LayerInfo &layer : m_graph.info().layers) {
        const NormChange *change = changeOf(layer.producer);
        const bool isHere = layer.stack == block.id().stack
            && (block.id().isHead() ? layer.block < 0 : layer.block == block.id().index);
        if (change == nullptr || !isHere || !block.tensor(layer.tensor).defined()) {
            continue;
        }
        const at::Tensor weight = block.tensor(layer.tensor);
        if (change->shift.defined()) {
            const at::Tensor bias = block.tensor(biasName(layer));
            BITPRISM_ASSERT(bias.defined(), "a shift goes into a bias");
            const at::Tensor moved = at::mv(wide(weight), wide(change->shift).to(weight.device()));
            block.setTensor(biasName(layer), like(wide(bias) + moved, bias));
        }
        block.setTensor(layer.tensor, absorbed(*change, weight));
    }
}

at::Tensor MigratedNorms::editRows(const std::string &tensor, const at::Tensor &rows) const
{
    for (const NormInfo &norm : m_graph.info().norms) {
        const NormChange *change = changeOf(norm.gain);
        const bool isOfNorm = tensor == norm.gain || tensor == norm.bias;
        if (change != nullptr && isOfNorm && norm.block == NormInfo::embedding) {
            return changed(*change, rows, tensor == norm.bias);
        }
    }
    for (const LayerInfo &layer : m_graph.info().layers) {
        const NormChange *change = changeOf(layer.producer);
        if (change != nullptr && layer.block < 0 && layer.tensor == tensor) {
            return absorbed(*change, rows);
        }
    }
    return rows;
}

BlockHooks *MigratedNorms::hooks() const
{
    // The hook below changes no state; the interface serves collectors, which do.
    return m_shortcuts.empty() ? nullptr : const_cast<MigratedNorms *>(this);
}

at::Tensor MigratedNorms::shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor)
{
    const auto found = m_shortcuts.find({block, part});
    if (found == m_shortcuts.end()) {
        return tensor;
    }
    const at::Tensor scaled = tensor * like(found->second->scale, tensor);
    return found->second->shift.defined() ? scaled + like(found->second->shift, tensor) : scaled;
}

TransformPlan planMigration(const ModelGraph &graph, const std::vector<const NormInfo *> &norms,
                            const std::string &id, const std::string &online)
{
    if (norms.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: no norm of %2 (family %3) feeds linear layers, so no scale "
                                "can be folded; leave the transform out."),
                    id, graph.info().path, graph.info().family);
    }
    TransformPlan plan;
    plan.foldsIntoNorms = true;
    for (int stack = 0; stack < static_cast<int>(graph.info().stacks.size()); ++stack) {
        if (std::none_of(norms.begin(), norms.end(),
                         [stack](const NormInfo *norm) { return norm->stack == stack; })) {
            plan.notes.push_back(id + ": " + graph.stack(stack).name
                                 + " stays as it is: no norm feeds its linear layers");
        }
    }
    if (std::any_of(norms.begin(), norms.end(),
                    [](const NormInfo *norm) { return norm->shortcut.has_value(); })) {
        plan.online.push_back(online);
    }
    return plan;
}

} // namespace bitprism
