// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/io/safetensors.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitprism::io {

class CodedTensor;
class CheckpointFormat;
struct CodedTensors;

/// How a tensor lies in its file.
struct StoredType
{
    std::string name; ///< "BF16", "Q4_K", "INT4"
    double bitsPerWeight = 0; ///< scales and zero points included
};

/// A checkpoint: a folder in Hugging Face layout (config.json, model.safetensors or
/// model.safetensors.index.json with its shards, tokenizer.json), or a file that a format of
/// core/io/checkpoint_format.h reads. Tensors that the format stores as codes have the name and
/// shape of what they stand for and are decoded when they are read. Everything is checked on
/// opening, no weights are read. Immutable; reads are safe from several threads.
class Checkpoint
{
public:
    /// Throws BadInput: nothing there, pickle files only, no config.json, missing shards (named),
    /// a shard name with a path in it, a damaged header, a quantization that no format reads.
    explicit Checkpoint(const std::filesystem::path &path);
    ~Checkpoint();
    Checkpoint(const Checkpoint &) = delete;
    Checkpoint &operator=(const Checkpoint &) = delete;

    /// Absolute.
    const std::filesystem::path &path() const { return m_path; }
    const Json &config() const { return *m_config; }
    /// Where config() is read, for messages: FOLDER/config.json, or the one file that is the model.
    std::filesystem::path configPath() const;
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

    /// What the tensor is stored as; `TensorInfo::dtype` says what its values fit.
    StoredType storedType(const TensorInfo &tensor) const;
    /// Null for a tensor that is stored as plain values.
    const CodedTensor *coded(std::string_view name) const;
    /// A stored tensor that a coded one is made of (codes, scales), for formats; null: no such.
    const TensorInfo *findPart(std::string_view name) const;
    std::vector<std::byte> readPart(std::string_view name) const;

    /// The stored bytes; of a coded tensor, its values in its dtype.
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
    void openFile();
    void openShards();
    void takeCoded();
    void refuseUnknownCodes(const std::string &method) const;
    void addCoded(CodedTensors coded);
    void indexTensors();
    const SafetensorsFile &file(const TensorInfo &tensor) const;
    void applyScales(const TensorInfo &tensor, std::span<float> values) const;
    /// Weights along `axis` that share a scale; 0 where the counts contradict each other.
    std::int64_t blockSize(std::int64_t length, std::int64_t scales, int axis) const;

    std::filesystem::path m_path;
    std::shared_ptr<const Json> m_config;
    std::vector<SafetensorsFile> m_files;
    std::vector<TensorInfo> m_tensors;
    std::unordered_map<std::string, std::size_t> m_fileOf; ///< stored tensors, parts included
    std::map<std::string, TensorInfo, std::less<>> m_parts; ///< what coded tensors are made of
    std::map<std::string, std::unique_ptr<const CodedTensor>, std::less<>> m_coded;
    std::unordered_map<std::string, std::size_t> m_index;
};

} // namespace bitprism::io
