// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/models/model.h"

#include "core/base/error.h"
#include "core/families/describe.h"
#include "core/io/checkpoint.h"
#include "core/models/forward_pass.h"
#include "core/models/weights_pass.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism {

/// What all views of one checkpoint share.
struct Model::Layers
{
    std::map<BlockId, std::vector<const LayerInfo *>> byBlock;
    std::map<std::string, const LayerInfo *> byTensor;
    std::map<std::string, std::string> sources; ///< of tensors that several blocks share
    std::int64_t largestBlockBytes = 0;
    std::int64_t loadedBytes = 0;
    std::int64_t workingBytesPerToken = 0;
    std::map<int, std::int64_t> headBytes;
};

namespace {

constexpr std::int64_t floatBytes = 4;
/// A larger table is never read whole, only its rows.
constexpr std::int64_t wholeTableBytes = std::int64_t{256} << 20;

/// The transform's hooks, the caller's, then the model's own: a pair of these at a time.
class HookChain final : public BlockHooks
{
public:
    HookChain(BlockHooks *first, BlockHooks *second)
        : m_first(first)
        , m_second(second)
    {
    }
    /// What to hand on: nothing, the one there is, or both in a row.
    BlockHooks *hooks()
    {
        if (m_first == nullptr || m_second == nullptr) {
            return m_first != nullptr ? m_first : m_second;
        }
        return this;
    }

    at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input) override
    {
        return m_second->beforeLayer(layer, m_first->beforeLayer(layer, input));
    }
    at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                const at::Tensor &tensor) override
    {
        return m_second->attentionOperand(block, operand,
                                          m_first->attentionOperand(block, operand, tensor));
    }
    at::Tensor shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor) override
    {
        return m_first->shortcut(block, part, m_second->shortcut(block, part, tensor));
    }

private:
    BlockHooks *m_first;
    BlockHooks *m_second;
};

/// Tensors through an overlay, as a forward pass's begin() wants them.
class ModelSource final : public TensorSource
{
public:
    explicit ModelSource(const Model &model)
        : m_model(model)
    {
    }
    at::Tensor load(const std::string &name) const override { return m_model.loadTensor(name); }
    at::Tensor loadRows(const std::string &name, const at::Tensor &indices) const override
    {
        return m_model.loadRows(name, indices);
    }

private:
    const Model &m_model;
};

std::int64_t elementsOf(const std::vector<std::int64_t> &shape)
{
    std::int64_t elements = 1;
    for (const std::int64_t size : shape) {
        elements *= size;
    }
    return elements;
}

std::int64_t bytesOf(const std::vector<ExpectedTensor> &tensors)
{
    std::int64_t bytes = 0;
    for (const ExpectedTensor &tensor : tensors) {
        bytes += elementsOf(tensor.shape) * floatBytes;
    }
    return bytes;
}

std::span<float> spanOf(at::Tensor &tensor)
{
    return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

/// A convolution's kernel as a layer's weight: all that follows the output channels is one row.
std::vector<std::int64_t> flattened(const std::vector<std::int64_t> &shape)
{
    return {shape[0], elementsOf({shape.begin() + 1, shape.end()})};
}

/// The forward pass trusts shapes, so they are compared with the file's once.
void checkTensors(const io::Checkpoint &checkpoint, const std::vector<ExpectedTensor> &expected,
                  const std::map<std::string, const LayerInfo *> &layers)
{
    for (const ExpectedTensor &tensor : expected) {
        std::vector<std::int64_t> shape = tensor.shape;
        const auto layer = layers.find(tensor.name);
        if (layer != layers.end() && layer->second->isTransposed) {
            std::reverse(shape.begin(), shape.end());
        }
        const io::TensorInfo &found
            = checkpoint.require(tensor.source.empty() ? tensor.name : tensor.source);
        const bool isKernel = layer != layers.end() && found.shape.size() > 2;
        if ((isKernel ? flattened(found.shape) : found.shape) != shape) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" has shape %3, but config.json asks for %4; "
                                    "the two do not belong together."),
                        checkpoint.path(), tensor.name, io::shapeText(found.shape),
                        io::shapeText(shape));
        }
    }
}

} // namespace

Model::~Model() = default;

void throwNotRunnable(const ModelInfo &info)
{
    throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 cannot be run: %2"), info.path,
                info.problem);
}

std::unique_ptr<Model> Model::open(const std::filesystem::path &checkpoint, at::Device device)
{
    return openAny(checkpoint, device, /*mustRun=*/true);
}

std::unique_ptr<Model> Model::openWeights(const std::filesystem::path &checkpoint,
                                          at::Device device)
{
    return openAny(checkpoint, device, /*mustRun=*/false);
}

std::unique_ptr<Model> Model::openAny(const std::filesystem::path &checkpoint, at::Device device,
                                      bool mustRun)
{
    std::unique_ptr<Model> model(new Model());
    model->m_device = device;
    model->m_checkpoint = std::make_shared<io::Checkpoint>(checkpoint);
    const auto info = std::make_shared<ModelInfo>(describeModel(*model->m_checkpoint));
    if (!info->runnable && mustRun) {
        throwNotRunnable(*info);
    }
    model->m_info = info;
    model->m_forward = info->runnable
        ? create<ForwardPassFactory>(info->family, Json::object(), checkpoint.string())
              ->bind(*info, model->m_checkpoint->config())
        : weightsPass(*info);

    const auto layers = std::make_shared<Layers>();
    for (const LayerInfo &layer : info->layers) {
        layers->byTensor[layer.tensor] = &layer;
        const bool isHead = layer.kind != "embedding" || info->hasTiedHead;
        if (layer.block >= 0) {
            layers->byBlock[{layer.stack, layer.block}].push_back(&layer);
        } else if (isHead) {
            layers->byBlock[headOf(layer.stack)].push_back(&layer);
        }
    }
    model->m_layers = layers;
    model->measure(*layers);
    return model;
}

void Model::measure(Layers &layers) const
{
    for (int stack = 0; stack < static_cast<int>(m_info->stacks.size()); ++stack) {
        checkTensors(*m_checkpoint, m_forward->embeddingTensors(stack), layers.byTensor);
        std::vector<BlockId> ids = blocksOf(stack);
        ids.push_back(headOf(stack));
        for (const BlockId id : ids) {
            const std::vector<ExpectedTensor> tensors = m_forward->tensorsOf(id);
            checkTensors(*m_checkpoint, tensors, layers.byTensor);
            for (const ExpectedTensor &tensor : tensors) {
                if (!tensor.source.empty()) {
                    layers.sources[tensor.name] = tensor.source;
                }
            }
            const std::int64_t bytes = bytesOf(tensors);
            layers.loadedBytes += bytes;
            layers.largestBlockBytes = std::max(layers.largestBlockBytes, bytes);
            if (id.isHead()) {
                layers.headBytes[stack] = bytes;
                continue;
            }
            std::int64_t width = 4 * m_info->hiddenSize; // the norms and both residual sums
            for (const LayerInfo *layer : layers.byBlock[id]) {
                width += layer->rows;
            }
            layers.workingBytesPerToken = std::max(layers.workingBytesPerToken, width * floatBytes);
        }
    }
}

std::unique_ptr<Model> Model::withOverlay(std::shared_ptr<const WeightOverlay> overlay,
                                          std::shared_ptr<BlockHooks> hooks) const
{
    std::unique_ptr<Model> model(new Model());
    model->m_info = m_info;
    model->m_checkpoint = m_checkpoint;
    model->m_forward = m_forward;
    model->m_layers = m_layers;
    model->m_device = m_device;
    model->m_transform = m_transform;
    model->m_overlay = std::move(overlay);
    model->m_hooks = std::move(hooks);
    return model;
}

std::unique_ptr<Model> Model::withTransform(std::shared_ptr<const ModelTransform> transform) const
{
    std::unique_ptr<Model> model = withOverlay(nullptr);
    model->m_transform = std::move(transform);
    return model;
}

const std::vector<const LayerInfo *> &Model::layersOf(BlockId id) const
{
    static const std::vector<const LayerInfo *> none;
    const auto found = m_layers->byBlock.find(id);
    return found == m_layers->byBlock.end() ? none : found->second;
}

std::vector<BlockId> Model::blocksOf(int stack) const
{
    std::vector<BlockId> ids;
    for (int index = 0; index < m_info->stacks.at(static_cast<std::size_t>(stack)).blocks;
         ++index) {
        ids.push_back({stack, index});
    }
    return ids;
}

std::vector<BlockId> Model::allBlocks() const
{
    std::vector<BlockId> ids;
    for (int stack = 0; stack <= lastStack(); ++stack) {
        const std::vector<BlockId> more = blocksOf(stack);
        ids.insert(ids.end(), more.begin(), more.end());
    }
    return ids;
}

int Model::unitOf(BlockId id) const
{
    int unit = 0;
    for (int stack = 0; stack < id.stack; ++stack) {
        unit += m_info->stacks.at(static_cast<std::size_t>(stack)).blocks;
    }
    return unit
        + (id.isHead() ? m_info->stacks.at(static_cast<std::size_t>(id.stack)).blocks : id.index);
}

const std::string &Model::storedName(const std::string &name) const
{
    const auto found = m_layers->sources.find(name);
    return found == m_layers->sources.end() ? name : found->second;
}

std::optional<at::Tensor> Model::replaced(const std::string &name) const
{
    const std::optional<at::Tensor> tensor = m_overlay ? m_overlay->tensor(name) : std::nullopt;
    return tensor ? std::optional(tensor->to(m_device, at::kFloat)) : std::nullopt;
}

at::Tensor Model::loadTensor(const std::string &name) const
{
    if (const std::optional<at::Tensor> tensor = replaced(name)) {
        return *tensor;
    }
    return transformedRows(name, read(name));
}

at::Tensor Model::transformedRows(const std::string &name, const at::Tensor &rows) const
{
    return m_transform ? m_transform->editRows(name, rows) : rows;
}

at::Tensor Model::read(const std::string &name) const
{
    const std::string &source = storedName(name);
    const io::TensorInfo &stored = m_checkpoint->require(source);
    at::Tensor values = at::empty(stored.shape, at::kFloat);
    m_checkpoint->readFloatInto(source, spanOf(values));
    // A finite sum proves finite terms, and is many times faster than looking at each.
    if (!std::isfinite(values.sum().item<float>())) {
        m_checkpoint->requireFinite(source, spanOf(values));
    }
    const auto layer = m_layers->byTensor.find(name);
    if (layer != m_layers->byTensor.end() && layer->second->isTransposed) {
        values = values.t().contiguous();
    }
    if (layer != m_layers->byTensor.end() && values.dim() > 2) {
        values = values.flatten(1);
    }
    return values.to(m_device);
}

at::Tensor Model::loadRows(const std::string &name, const at::Tensor &indices) const
{
    if (const std::optional<at::Tensor> tensor = replaced(name)) {
        return tensor->index_select(0, indices.to(m_device));
    }
    const io::TensorInfo &stored = m_checkpoint->require(name);
    const std::int64_t tableRows = stored.shape.at(0);
    const std::int64_t tableBytes = tableRows * stored.shape.at(1) * floatBytes;
    const bool wantsMost = indices.numel() > tableRows / 4 && tableBytes <= wholeTableBytes;
    if (wantsMost || isEightBitFloat(stored.dtype)) {
        return loadTensor(name).index_select(0, indices.to(m_device));
    }
    const at::Tensor wanted = indices.to(at::kCPU).contiguous();
    at::Tensor rows = at::empty({wanted.numel(), stored.shape[1]}, at::kFloat);
    const std::int64_t *index = wanted.data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < wanted.numel(); ++i) {
        at::Tensor row = rows[i];
        m_checkpoint->readRowsInto(name, index[i], spanOf(row));
    }
    m_checkpoint->requireFinite(name, spanOf(rows));
    return transformedRows(name, rows.to(m_device));
}

Block Model::load(BlockId id) const
{
    std::map<std::string, at::Tensor> tensors;
    std::map<std::string, at::Tensor> replacements;
    for (const ExpectedTensor &tensor : m_forward->tensorsOf(id)) {
        std::optional<at::Tensor> replacement = replaced(tensor.name);
        // A transform folds tensors into each other, so it sees the block as it is stored.
        if (replacement && m_transform) {
            replacements.emplace(tensor.name, std::move(*replacement));
            replacement.reset();
        }
        tensors.emplace(tensor.name, replacement ? std::move(*replacement) : read(tensor.name));
    }
    Block block(id, std::move(tensors));
    if (m_transform) {
        m_transform->edit(block);
        for (auto &[name, replacement] : replacements) {
            block.setTensor(name, std::move(replacement));
        }
    }
    return block;
}

Block Model::loadBlock(BlockId id) const { return load(id); }

Block Model::loadHead(int stack) const { return load(headOf(stack)); }

void Model::announceBlock(BlockId id) const
{
    for (const ExpectedTensor &tensor : m_forward->tensorsOf(id)) {
        m_checkpoint->announce(tensor.source.empty() ? tensor.name : tensor.source);
    }
}

std::int64_t Model::largestBlockBytes() const { return m_layers->largestBlockBytes; }

std::int64_t Model::headBytes(int stack) const { return m_layers->headBytes.at(stack); }

std::int64_t Model::loadedBytes() const { return m_layers->loadedBytes; }

std::int64_t Model::workingBytesPerToken() const { return m_layers->workingBytesPerToken; }

StreamState Model::begin(int stack, const Batch &batch) const
{
    if (batch.tokens.defined() && batch.tokens.numel() > 0) {
        const std::int64_t largest = batch.tokens.max().item<std::int64_t>();
        const std::int64_t smallest = batch.tokens.min().item<std::int64_t>();
        if (smallest < 0 || largest >= m_info->vocabularySize) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: token %2 lies outside the model's vocabulary of %3; use "
                                    "the tokenizer that belongs to the model."),
                        m_info->path, smallest < 0 ? smallest : largest, m_info->vocabularySize);
        }
    }
    Batch placed = batch; // tokens stay: their rows are looked up where the table lies
    if (placed.features.defined()) {
        placed.features = placed.features.to(m_device);
    }
    StreamState state = m_forward->begin(ModelSource(*this), stack, placed);
    if (m_transform) {
        m_transform->begun(stack, state);
    }
    return state;
}

void Model::runBlock(const Block &block, StreamState &state, BlockHooks *hooks) const
{
    HookChain outer(hooks, m_hooks.get());
    HookChain chain(m_transform ? m_transform->hooks() : nullptr, outer.hooks());
    m_forward->runBlock(block, layersOf(block.id()), state, chain.hooks());
}

at::Tensor Model::finish(const Block &head, const at::Tensor &hidden, BlockHooks *hooks) const
{
    HookChain outer(hooks, m_hooks.get());
    HookChain chain(m_transform ? m_transform->hooks() : nullptr, outer.hooks());
    const at::Tensor entering
        = m_transform ? m_transform->finishing(head.id().stack, hidden) : hidden;
    return m_forward->finish(head, layersOf(head.id()), entering, chain.hooks());
}

} // namespace bitprism
