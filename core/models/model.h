// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/checkpoint.h"
#include "core/results/model_info.h"

#include <ATen/ATen.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitprism {

/// One transformer block of one stack.
struct BlockId
{
    int stack = 0;
    int index = 0;
    auto operator<=>(const BlockId &) const = default;
};

/// What one call of a stack starts from. Absent tensors are undefined.
struct Batch
{
    at::Tensor tokens; ///< [samples, length], int64
    at::Tensor mask; ///< [samples, length], true where a token is real; undefined: everywhere
    at::Tensor features; ///< [samples, ...]: log-mel frames, images
    at::Tensor memory; ///< [samples, frames, hidden]: the encoder's output, for a decoder
    std::int64_t firstPosition = 0; ///< of the first token; larger while generating with a cache
};

/// Keys and values that a decoder keeps between calls, per block.
struct KeyValueCache
{
    struct Entry
    {
        at::Tensor keys; ///< [samples, heads, length, head size], rotary positions applied
        at::Tensor values;
    };
    std::vector<Entry> blocks;
};

/// All that travels from block to block: padding and masks, positions, the cache of a decoder and
/// the encoder output it attends to.
struct StreamState
{
    at::Tensor hidden; ///< [samples, length, hidden]
    at::Tensor mask;
    at::Tensor positions; ///< [length], int64
    std::shared_ptr<KeyValueCache> cache; ///< null unless generating
    at::Tensor memory;
};

/// The tensors of one block, on the model's device, in FP32. Layers' weights are always [rows,
/// cols].
class Block
{
public:
    Block() = default;
    Block(BlockId id, std::map<std::string, at::Tensor> tensors)
        : m_id(id)
        , m_tensors(std::move(tensors))
    {
    }

    BlockId id() const { return m_id; }
    /// By the checkpoint's full tensor name; undefined if the block has none of that name.
    at::Tensor tensor(const std::string &name) const;
    void setTensor(const std::string &name, at::Tensor value)
    {
        m_tensors[name] = std::move(value);
    }
    const std::map<std::string, at::Tensor> &tensors() const { return m_tensors; }

private:
    BlockId m_id;
    std::map<std::string, at::Tensor> m_tensors;
};

enum class AttentionOperand
{
    Query,
    Key,
    Value,
    Probabilities,
    CachedKey,
    CachedValue
};

/// The only way into a forward pass: calibration, outlier maps and activation quantization look at
/// or replace what flows through here. Each call returns the tensor to go on with.
class BlockHooks
{
public:
    virtual ~BlockHooks() = default;
    /// `input` is [samples, length, cols], once per layer (layers of an input group see one
    /// tensor).
    virtual at::Tensor beforeLayer(const LayerInfo &layer, const at::Tensor &input);
    /// Query and key after rotary positions, the probabilities, and the values.
    virtual at::Tensor attentionOperand(BlockId block, AttentionOperand operand,
                                        const at::Tensor &tensor);
};

/// Replaces tensors of a checkpoint when they are loaded: a quantized or transformed model is the
/// plain model behind one. Called from the compute thread only.
class WeightOverlay
{
public:
    virtual ~WeightOverlay() = default;
    /// Nothing to keep the checkpoint's tensor. Layers' weights are [rows, cols].
    virtual std::optional<at::Tensor> tensor(const std::string &name) const = 0;
};

class ForwardPass;

/// A checkpoint that runs block by block; only the blocks in use are in memory.
class Model
{
public:
    /// Throws BadInput for what cannot be opened or run, with the reason.
    static std::unique_ptr<Model> open(const std::filesystem::path &checkpoint,
                                       at::Device device = at::kCPU);
    ~Model();

    const ModelInfo &info() const { return m_info; }
    const io::Checkpoint &checkpoint() const { return *m_checkpoint; }
    at::Device device() const { return m_device; }

    /// The same checkpoint seen through `overlay`; shares everything else.
    std::unique_ptr<Model> withOverlay(std::shared_ptr<const WeightOverlay> overlay) const;

    /// The layers of a block in the checkpoint's order.
    std::vector<const LayerInfo *> layersOf(BlockId id) const;
    std::vector<BlockId> blocksOf(int stack) const;

    /// One tensor in FP32 on the device, through the overlay; layers' weights [rows, cols].
    at::Tensor loadTensor(const std::string &name) const;
    Block loadBlock(BlockId id) const;
    /// Tells the system that a block will be read soon; returns at once.
    void announceBlock(BlockId id) const;
    /// Bytes of one block once loaded (FP32), the largest of the model.
    std::int64_t largestBlockBytes() const;

    /// Embeds.
    StreamState begin(int stack, const Batch &batch) const;
    void runBlock(const Block &block, StreamState &state, BlockHooks *hooks = nullptr) const;
    /// Logits (or embeddings) of every position in `state`. Callers that need little memory pass a
    /// state whose hidden is narrowed to some positions.
    at::Tensor finish(int stack, const StreamState &state, BlockHooks *hooks = nullptr) const;

private:
    Model() = default;

    ModelInfo m_info;
    std::shared_ptr<const io::Checkpoint> m_checkpoint;
    std::shared_ptr<const WeightOverlay> m_overlay;
    std::shared_ptr<const ForwardPass> m_forward;
    at::Device m_device = at::kCPU;
};

} // namespace bitprism
