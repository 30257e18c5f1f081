// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/rotated_model.h"

#include "core/base/error.h"

#include <algorithm>
#include <set>

namespace bitprism {

namespace {

bool writesResidual(const LayerInfo &layer)
{
    return layer.kind == "attention_out" || layer.kind == "cross_attention_out"
        || layer.kind == "mlp_down";
}

/// First row and number of rows that make values; {0, 0} where none do.
std::pair<std::int64_t, std::int64_t> valueRows(const LayerInfo &layer)
{
    if (layer.kind == "attention_qkv") {
        return {layer.rows / 3 * 2, layer.rows / 3};
    }
    const bool isValue = layer.kind == "attention_value" || layer.kind == "cross_attention_value";
    return {0, isValue ? layer.rows : 0};
}

bool isAttentionOut(const LayerInfo &layer)
{
    return layer.kind == "attention_out" || layer.kind == "cross_attention_out";
}

int stackCount(const ModelGraph &graph) { return static_cast<int>(graph.info().stacks.size()); }

bool centres(const ModelGraph &graph, int stack)
{
    return std::any_of(
        graph.info().norms.begin(), graph.info().norms.end(),
        [stack](const NormInfo &norm) { return norm.stack == stack && norm.centres; });
}

/// The last norm, where its gain can move into the one weight behind it.
const NormInfo *foldableLastNorm(const ModelGraph &graph, int stack)
{
    const std::vector<const NormInfo *> norms = graph.normsOf(headOf(stack));
    if (norms.size() != 1 || !norms.front()->feedsLayersOnly) {
        return nullptr;
    }
    const std::vector<const LayerInfo *> readers = graph.readersOf(*norms.front());
    const bool isOne = readers.size() == 1 && readers.front()->block < 0;
    const bool canUntie
        = isOne && (readers.front()->kind != "embedding" || !graph.stack(stack).headTensor.empty());
    return canUntie ? norms.front() : nullptr;
}

bool beginsWithTables(const ModelGraph &graph, int stack)
{
    return !graph.stack(stack).embeddings.empty();
}

/// The new value in FP32 where the old one was.
void replace(Block &block, const std::string &name, const at::Tensor &value, const at::Tensor &like)
{
    block.setTensor(name, value.to(like.options()).contiguous());
}

/// [..., heads x size] as [..., heads, size].
at::Tensor byHead(const at::Tensor &x, std::int64_t size)
{
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape.back() /= size;
    shape.push_back(size);
    return x.reshape(shape);
}

/// Throws unless every stack's values and output projections consist of whole heads.
void requireHeads(const ModelGraph &graph)
{
    bool isAny = false;
    bool divides = true;
    for (const LayerInfo &layer : graph.info().layers) {
        const std::int64_t rows = valueRows(layer).second;
        const std::int64_t cols = isAttentionOut(layer) ? layer.cols : 0;
        if (layer.block >= 0 && rows + cols > 0) {
            const int size = graph.stack(layer.stack).headSize;
            isAny = isAny || rows > 0;
            divides = divides && size > 0 && rows % size == 0 && cols % size == 0;
        }
    }
    if (!isAny || !divides) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "hadamard-rotation: %1 (family %2) has no values of its own "
                                "for each head; set \"heads\" to none."),
                    graph.info().path, graph.info().family);
    }
}

/// b + moved. A key without a bias does without: what is added to all keys alike adds the same to
/// all scores of a query, which softmax ignores.
void shiftBias(Block &block, const LayerInfo &layer, const at::Tensor &moved)
{
    const at::Tensor bias = block.tensor(biasName(layer));
    if (bias.defined()) {
        replace(block, biasName(layer), bias.to(at::kDouble) + moved, bias);
    } else if (layer.kind != "attention_key") {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "hadamard-rotation: %1 has no bias to take up the shift of the "
                                "norm before it; set \"residual\" to online."),
                    layer.name);
    }
}

/// Why a stack's residual stream is left alone. A post-norm stream passes the norms' gains, which
/// no rotation commutes with.
std::string reasonAgainst(const ModelGraph &graph, int stack)
{
    const bool hasNorms
        = std::any_of(graph.info().norms.begin(), graph.info().norms.end(),
                      [stack](const NormInfo &norm) { return norm.stack == stack; });
    return hasNorms ? "its norms stand behind the additions" : "it has no norms before its layers";
}

void planResidual(const ModelGraph &graph, TransformPlan &plan)
{
    bool isAny = false;
    for (int stack = 0; stack < stackCount(graph); ++stack) {
        const StackInfo &info = graph.stack(stack);
        if (!info.isPreNorm) {
            plan.notes.push_back("hadamard-rotation: the residual stream of " + info.name
                                 + " stays as it is: " + reasonAgainst(graph, stack));
            continue;
        }
        isAny = true;
        if (!beginsWithTables(graph, stack)) {
            plan.online.push_back("rotates what enters the first block of " + info.name);
        }
        if (foldableLastNorm(graph, stack) == nullptr) {
            plan.online.push_back("rotates back what leaves the last block of " + info.name);
        } else {
            plan.untiesHead = plan.untiesHead
                || graph.readersOf(*graph.normsOf(headOf(stack)).front()).front()->kind
                    == "embedding";
        }
    }
    if (!isAny) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "hadamard-rotation: the residual stream of %1 (family %2) cannot "
                                "be rotated offline: %3; set \"residual\" to online or none."),
                    graph.info().path, graph.info().family, reasonAgainst(graph, 0));
    }
}

} // namespace

TransformPlan planRotation(const ModelGraph &graph, const RotationParts &parts)
{
    TransformPlan plan;
    if (parts.residualOffline) {
        planResidual(graph, plan);
    }
    if (parts.headsOffline || parts.headsOnline) {
        requireHeads(graph);
    }
    plan.foldsIntoNorms = parts.residualOffline;
    plan.standsBehindNorms = parts.residualOnline;
    plan.standsBehindLayers = parts.headsOnline || parts.hiddenOnline;
    const std::pair<bool, const char *> online[]
        = {{parts.residualOnline, "rotates what enters attention and MLP"},
           {parts.headsOnline, "rotates across heads before the output projection"},
           {parts.hiddenOnline, "rotates what enters the MLP's last layer"},
           {parts.keysOnline, "rotates queries and keys"}};
    for (const auto &[isOn, what] : online) {
        if (isOn) {
            plan.online.emplace_back(what);
        }
    }
    return plan;
}

RotatedModel::RotatedModel(const ModelGraph &graph, const RotationParts &parts, std::uint64_t seed)
    : m_graph(graph)
    , m_parts(parts)
{
    for (int stack = 0; stack < stackCount(graph); ++stack) {
        const StackInfo &info = graph.stack(stack);
        const std::vector<const LayerInfo *> first = graph.layersOf({stack, 0});
        const auto writer = std::find_if(first.begin(), first.end(), [](const LayerInfo *layer) {
            return writesResidual(*layer);
        });
        if (parts.residualOffline && info.isPreNorm && writer != first.end()) {
            Rotation::Shape shape
                = centres(graph, stack) ? Rotation::Shape::KeepsOnes : Rotation::Shape::Signed;
            if (!parts.hasRandomSigns && shape == Rotation::Shape::Signed) {
                shape = Rotation::Shape::Plain;
            }
            m_residual.try_emplace(stack, (*writer)->rows, shape,
                                   Random(seed, "hadamard-rotation " + std::to_string(stack)));
        }
    }
    std::set<std::int64_t> sizes;
    for (const LayerInfo &layer : graph.info().layers) {
        const StackInfo &info = graph.stack(layer.stack);
        if (layer.block < 0) {
            continue;
        }
        sizes.insert(layer.cols);
        if (info.headSize > 0) {
            sizes.insert(info.headSize);
            sizes.insert(std::max<std::int64_t>(1, layer.cols / info.headSize));
        }
    }
    for (const std::int64_t size : sizes) {
        m_plain.try_emplace(size, size, Rotation::Shape::Plain, Random(0, ""));
    }
}

const Rotation &RotatedModel::plain(std::int64_t size) const
{
    const auto found = m_plain.find(size);
    BITPRISM_ASSERT(found != m_plain.end(), "sizes are collected when the model is bound");
    return found->second;
}

/// What a layer's input is multiplied by while the model runs, over all of its columns.
const Rotation *RotatedModel::inputRotation(const LayerInfo &layer) const
{
    const bool isRotated = layer.block >= 0
        && (layer.kind == "mlp_down" ? m_parts.hiddenOnline
                                     : m_parts.residualOnline && !isAttentionOut(layer));
    return isRotated ? &plain(layer.cols) : nullptr;
}

void RotatedModel::edit(Block &block) const
{
    const int stack = block.id().stack;
    const bool rotatesResidual = m_residual.contains(stack);
    if (block.id().isHead()) {
        if (rotatesResidual) {
            editHead(block);
        }
        return;
    }
    const std::vector<const LayerInfo *> layers = m_graph.layersOf(block.id());
    if (rotatesResidual) {
        for (const NormInfo *norm : m_graph.normsOf(block.id())) {
            foldNorm(block, *norm);
        }
        for (const LayerInfo *layer : layers) {
            if (writesResidual(*layer)) {
                rotateWriter(block, *layer);
            }
        }
    }
    if (m_parts.headsOffline || m_parts.headsOnline) {
        rotateHeads(block);
    }
    for (const LayerInfo *layer : layers) {
        if (const Rotation *rotation = inputRotation(*layer)) {
            const at::Tensor &W = block.tensor(layer->tensor); // [rows, cols]
            replace(block, layer->tensor, rotation->right(W), W);
        }
    }
}

/// Norm: gain to one, shift to zero; its readers: W diag(gain) Q and b + W shift.
void RotatedModel::foldNorm(Block &block, const NormInfo &norm) const
{
    const std::vector<const LayerInfo *> readers = m_graph.readersOf(norm);
    if (readers.empty()) {
        return; // within a head (queries, keys): not on the residual stream
    }
    const Rotation &Q = m_residual.at(norm.stack);
    const at::Tensor gain = block.tensor(norm.gain).to(at::kDouble);
    const at::Tensor shift
        = norm.bias.empty() ? at::Tensor() : block.tensor(norm.bias).to(at::kDouble);
    const bool shifts = shift.defined() && shift.abs().max().item<double>() > 0;
    for (const LayerInfo *layer : readers) {
        const at::Tensor &stored = block.tensor(layer->tensor);
        const at::Tensor W = stored.to(at::kDouble); // [rows, cols]
        if (shifts) {
            shiftBias(block, *layer, at::mv(W, shift));
        }
        replace(block, layer->tensor, Q.right(W * gain), stored);
    }
    block.setTensor(norm.gain, at::ones_like(block.tensor(norm.gain)));
    if (shift.defined()) {
        block.setTensor(norm.bias, at::zeros_like(block.tensor(norm.bias)));
    }
}

void RotatedModel::rotateWriter(Block &block, const LayerInfo &layer) const
{
    const Rotation &Q = m_residual.at(layer.stack);
    const bool isCentred = centres(m_graph, layer.stack);
    const at::Tensor &stored = block.tensor(layer.tensor);
    at::Tensor W = stored.to(at::kDouble); // [rows, cols]
    W = isCentred ? W - W.mean(0, /*keepdim=*/true) : W;
    const at::Tensor &bias = block.tensor(biasName(layer));
    if (bias.defined()) {
        const at::Tensor b = bias.to(at::kDouble);
        replace(block, biasName(layer), Q.right(isCentred ? b - b.mean() : b), bias);
    }
    replace(block, layer.tensor, Q.left(W), stored);
}

void RotatedModel::rotateHeads(Block &block) const
{
    const std::int64_t size = m_graph.stack(block.id().stack).headSize;
    const Rotation &H = plain(size);
    for (const LayerInfo *layer : m_graph.layersOf(block.id())) {
        const at::Tensor stored = block.tensor(layer->tensor);
        if (const auto [first, count] = valueRows(*layer); count > 0) { // H^T on a head's rows
            at::Tensor W = stored.clone();
            const at::Tensor columns = H.right(byHead(W.narrow(0, first, count).t(), size));
            W.narrow(0, first, count).copy_(columns.reshape({layer->cols, count}).t());
            replace(block, layer->tensor, W, stored);
            const at::Tensor bias = block.tensor(biasName(*layer));
            if (bias.defined()) {
                at::Tensor b = bias.clone();
                const at::Tensor values = H.right(byHead(b.narrow(0, first, count), size));
                b.narrow(0, first, count).copy_(values.reshape({-1}));
                replace(block, biasName(*layer), b, bias);
            }
        } else if (isAttentionOut(*layer)) { // H on the columns of each head
            at::Tensor W = H.right(byHead(stored, size)); // [rows, heads, size]
            if (m_parts.headsOnline) {
                const Rotation &across = plain(layer->cols / size);
                W = across.right(W.transpose(1, 2)).transpose(1, 2);
            }
            replace(block, layer->tensor, W.reshape({layer->rows, layer->cols}), stored);
        }
    }
}

/// Head: W diag(gain) Q; norm: gain one, and a shift that gives the same sum behind the head.
void RotatedModel::editHead(Block &block) const
{
    const int stack = block.id().stack;
    const NormInfo *norm = foldableLastNorm(m_graph, stack);
    if (norm == nullptr) {
        return; // finishing() rotates back
    }
    const Rotation &Q = m_residual.at(stack);
    const std::string &name = m_graph.readersOf(*norm).front()->tensor;
    const at::Tensor &stored = block.tensor(name);
    const at::Tensor gain = block.tensor(norm->gain).to(at::kDouble);
    replace(block, name, Q.right(stored.to(at::kDouble) * gain), stored);
    if (!norm->bias.empty()) {
        const at::Tensor shift = block.tensor(norm->bias);
        if (gain.abs().min().item<double>() == 0) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "hadamard-rotation: %1 has a gain of zero, so its shift cannot "
                                    "be rotated; set \"residual\" to online."),
                        norm->gain);
        }
        replace(block, norm->bias, Q.right(shift.to(at::kDouble) / gain), shift);
    }
    block.setTensor(norm->gain, at::ones_like(block.tensor(norm->gain)));
}

at::Tensor RotatedModel::editRows(const std::string &tensor, const at::Tensor &rows) const
{
    for (const auto &[stack, Q] : m_residual) {
        const std::vector<std::string> &tables = m_graph.stack(stack).embeddings;
        if (std::find(tables.begin(), tables.end(), tensor) != tables.end()) {
            const at::Tensor E = rows.to(at::kDouble); // [n, hidden]
            const at::Tensor centred
                = centres(m_graph, stack) ? E - E.mean(-1, /*keepdim=*/true) : E;
            return Q.right(centred).to(rows.options());
        }
    }
    return rows;
}

BlockHooks *RotatedModel::hooks() const
{
    const bool isOnline = m_parts.residualOnline || m_parts.headsOnline || m_parts.hiddenOnline
        || m_parts.keysOnline;
    // The hooks below change no state; the interface serves collectors, which do.
    return isOnline ? const_cast<RotatedModel *>(this) : nullptr;
}

void RotatedModel::begun(int stack, StreamState &state) const
{
    const auto found = m_residual.find(stack);
    if (found != m_residual.end() && !beginsWithTables(m_graph, stack)) {
        state.hidden = found->second.online(state.hidden);
    }
}

at::Tensor RotatedModel::finishing(int stack, const at::Tensor &hidden) const
{
    const auto found = m_residual.find(stack);
    return found != m_residual.end() && foldableLastNorm(m_graph, stack) == nullptr
        ? found->second.online(hidden, /*isTransposed=*/true)
        : hidden;
}

at::Tensor RotatedModel::beforeLayer(const LayerInfo &layer, const at::Tensor &input)
{
    if (const Rotation *rotation = inputRotation(layer)) {
        return rotation->online(input);
    }
    if (m_parts.headsOnline && layer.block >= 0 && isAttentionOut(layer)) {
        const std::int64_t size = m_graph.stack(layer.stack).headSize;
        const Rotation &across = plain(layer.cols / size);
        return across.online(byHead(input, size).transpose(-1, -2))
            .transpose(-1, -2)
            .reshape(input.sizes());
    }
    return input;
}

at::Tensor RotatedModel::attentionOperand(BlockId, AttentionOperand operand,
                                          const at::Tensor &tensor)
{
    const bool isRotated = m_parts.keysOnline
        && (operand == AttentionOperand::Query || operand == AttentionOperand::Key);
    return isRotated ? plain(tensor.size(-1)).online(tensor) : tensor;
}

} // namespace bitprism
