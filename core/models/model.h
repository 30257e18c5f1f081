// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/block.h"
#include "core/models/model_transform.h"
#include "core/models/stream_state.h"
#include "core/results/model_info.h"

#include <ATen/ATen.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

namespace io {
class Checkpoint;
}
class ForwardPass;

/// Replaces tensors of a checkpoint when they are loaded: a quantized or transformed model is the
/// plain model behind one. Called from the compute thread only.
class WeightOverlay
{
public:
    virtual ~WeightOverlay() = default;
    /// Nothing to keep the checkpoint's tensor. Layers' weights are [rows, cols].
    virtual std::optional<at::Tensor> tensor(const std::string &name) const = 0;
};

/// A checkpoint that runs block by block; only the blocks in use are in memory. All tensors it
/// hands out are FP32 on device(), through the overlay, layers' weights [rows, cols] (a
/// convolution's kernel is flattened behind its input channels).
class Model
{
public:
    /// Throws BadInput for what cannot be opened or run, with the reason.
    static std::unique_ptr<Model> open(const std::filesystem::path &checkpoint,
                                       at::Device device = at::kCPU);
    /// Opens a model that cannot be run (an unknown family, a missing part) too, for work on its
    /// weights: blocks then hold the layers' weights only, and begin() throws BadInput.
    static std::unique_ptr<Model> openWeights(const std::filesystem::path &checkpoint,
                                              at::Device device = at::kCPU);
    ~Model();
    Model(const Model &) = delete;
    Model &operator=(const Model &) = delete;

    const ModelInfo &info() const { return *m_info; }
    const io::Checkpoint &checkpoint() const { return *m_checkpoint; }
    at::Device device() const { return m_device; }

    /// The same checkpoint seen through `overlay` (null: the plain one); shares everything else.
    /// `hooks` (may be null) belong to the model from then on: they act on every run of a block or
    /// head, after the hooks that the caller gives (an activation quantizer is part of the model).
    std::unique_ptr<Model> withOverlay(std::shared_ptr<const WeightOverlay> overlay,
                                       std::shared_ptr<BlockHooks> hooks = nullptr) const;
    /// The same checkpoint behind `transform` (null: as it is stored), without overlay and hooks;
    /// withOverlay() of the result keeps the transform.
    std::unique_ptr<Model> withTransform(std::shared_ptr<const ModelTransform> transform) const;

    bool isTransformed() const { return m_transform != nullptr; }

    /// The layers of a block in the checkpoint's order; of the head for headOf().
    const std::vector<const LayerInfo *> &layersOf(BlockId id) const;
    std::vector<BlockId> blocksOf(int stack) const;
    /// The blocks of all stacks in the order they run.
    std::vector<BlockId> allBlocks() const;
    /// The place of a block among allBlocks(); for the last stack's head, their number.
    int unitOf(BlockId id) const;
    /// The stack whose output is the model's.
    int lastStack() const { return static_cast<int>(m_info->stacks.size()) - 1; }

    at::Tensor loadTensor(const std::string &name) const;
    /// Rows `indices` (int64, any order) of a tensor of two dimensions: reads only these from the
    /// file unless most are wanted.
    at::Tensor loadRows(const std::string &name, const at::Tensor &indices) const;
    Block loadBlock(BlockId id) const;
    /// What finish() needs: the last norm and the head. For a tied head its weight is the
    /// embedding's, under the embedding's name.
    Block loadHead(int stack) const;
    /// Tells the system that a block (or headOf()) will be read soon; returns at once.
    void announceBlock(BlockId id) const;
    /// Bytes of the largest block once loaded (FP32); the head counts as a block of its own.
    std::int64_t largestBlockBytes() const;
    std::int64_t headBytes(int stack) const;
    /// Bytes of all blocks and heads once loaded.
    std::int64_t loadedBytes() const;
    /// Bytes per token that running a block takes beside its input, roughly.
    std::int64_t workingBytesPerToken() const;

    /// Embeds. Throws BadInput for a token outside the vocabulary.
    StreamState begin(int stack, const Batch &batch) const;
    void runBlock(const Block &block, StreamState &state, BlockHooks *hooks = nullptr) const;
    /// Logits [..., outputSize()] of `hidden` [..., hidden size], the output of the last block (any
    /// selection of positions); an encoder without a head gives its normalised embeddings.
    at::Tensor finish(const Block &head, const at::Tensor &hidden,
                      BlockHooks *hooks = nullptr) const;

private:
    struct Layers;
    Model() = default;
    static std::unique_ptr<Model> openAny(const std::filesystem::path &checkpoint,
                                          at::Device device, bool mustRun);
    Block load(BlockId id) const;
    at::Tensor read(const std::string &name) const;
    at::Tensor transformedRows(const std::string &name, const at::Tensor &rows) const;
    std::optional<at::Tensor> replaced(const std::string &name) const;
    void measure(Layers &layers) const;
    /// The checkpoint's name of a tensor that several blocks may share.
    const std::string &storedName(const std::string &name) const;

    std::shared_ptr<const ModelInfo> m_info;
    std::shared_ptr<const io::Checkpoint> m_checkpoint;
    std::shared_ptr<const ModelTransform> m_transform;
    std::shared_ptr<const WeightOverlay> m_overlay;
    std::shared_ptr<BlockHooks> m_hooks;
    std::shared_ptr<const ForwardPass> m_forward;
    std::shared_ptr<const Layers> m_layers;
    at::Device m_device = at::kCPU;
};

/// BadInput that says why the model cannot be run.
[[noreturn]] void throwNotRunnable(const ModelInfo &info);

} // namespace bitprism
