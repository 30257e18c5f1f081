// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/io/safetensors.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitprism::io {

/// A checkpoint folder in Hugging Face layout: config.json, model.safetensors or
/// model.safetensors.index.json with its shards, tokenizer.json. Everything is checked on opening,
/// no tensor data is read. Immutable; reads are safe from several threads.
class Checkpoint
{
public:
    /// Throws BadInput: no such folder, pickle files only, no config.json, missing shards (named),
    /// a shard name with a path in it, a damaged header, GGUF.
    explicit Checkpoint(const std::filesystem::path &folder);
    ~Checkpoint();
    Checkpoint(const Checkpoint &) = delete;
    Checkpoint &operator=(const Checkpoint &) = delete;

    /// Absolute.
    const std::filesystem::path &path() const { return m_path; }
    const Json &config() const { return *m_config; }
    /// tokenizer.json; nothing where there is none.
    std::optional<std::filesystem::path> tokenizerPath() const;

    /// Shard by shard, in the order of their data.
    const std::vector<TensorInfo> &tensors() const { return m_tensors; }
    /// Null for an unknown name.
    const TensorInfo *find(std::string_view name) const;
    /// The same, BadInput for an unknown name.
    const TensorInfo &require(std::string_view name) const;
    /// Of all tensors' data.
    std::uint64_t bytes() const;
    /// File that holds the tensor.
    const std::filesystem::path &fileOf(const TensorInfo &tensor) const;

    /// The stored bytes.
    std::vector<std::byte> readRaw(std::string_view name) const;
    /// Row-major values. F8_E4M3 is multiplied by its scales where the checkpoint has them, as
    /// NAME_scale or NAME_scale_inv (both factors): one, one per row, or one per square block.
    std::vector<float> readFloat(std::string_view name) const;
    /// The same into memory of the tensor's size.
    void readFloatInto(std::string_view name, std::span<float> values) const;
    /// Whole rows of a tensor of two dimensions from `firstRow` on, as many as `values` holds. Not
    /// for F8_E4M3, whose scales need the whole tensor.
    void readRowsInto(std::string_view name, std::int64_t firstRow, std::span<float> values) const;
    /// Tells the system that the tensor will be read soon; returns at once.
    void announce(std::string_view name) const;
    /// BadInput that names file, tensor and first index where a value is NaN or infinite; called
    /// wherever weights are read to be quantized or run.
    void requireFinite(std::string_view name, std::span<const float> values) const;

private:
    void openShards();
    const SafetensorsFile &file(const TensorInfo &tensor) const;
    void applyScales(const TensorInfo &tensor, std::span<float> values) const;
    /// Weights along `axis` that share a scale; 0 where the counts contradict each other.
    std::int64_t blockSize(std::int64_t length, std::int64_t scales, int axis) const;

    std::filesystem::path m_path;
    std::unique_ptr<Json> m_config;
    std::vector<SafetensorsFile> m_files;
    std::vector<TensorInfo> m_tensors;
    std::vector<std::size_t> m_fileOf; ///< by tensor index
    std::unordered_map<std::string, std::size_t> m_index;
};

} // namespace bitprism::io
