// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/io/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::io {

class Checkpoint;

/// A tensor that a checkpoint holds as codes or blocks: decoded when it is read.
class CodedTensor
{
public:
    virtual ~CodedTensor() = default;

    /// Name and shape as the family expects them; `dtype` is what the values fit, `bytes` what is
    /// stored for them, scales and zero points included.
    const TensorInfo &info() const { return m_info; }
    /// "Q4_K", "INT4".
    const std::string &storedType() const { return m_storedType; }
    double bitsPerWeight() const;
    virtual const std::filesystem::path &file() const = 0;
    /// Whole rows (of the last dimension) from `firstRow` on, as many as `values` holds. Safe from
    /// several threads.
    virtual void read(std::int64_t firstRow, std::span<float> values) const = 0;
    /// Whether reading a few rows costs what reading all of them does.
    virtual bool isDecodedAsWhole() const { return false; }
    /// Tells the system that the tensor will be read soon.
    virtual void announce() const { }

protected:
    CodedTensor(TensorInfo info, std::string storedType)
        : m_info(std::move(info))
        , m_storedType(std::move(storedType))
    {
    }

private:
    TensorInfo m_info;
    std::string m_storedType;
};

/// What a format makes of the files of a checkpoint.
struct CodedTensors
{
    std::vector<std::unique_ptr<const CodedTensor>> tensors;
    /// Stored tensors that these are made of; no longer tensors of the checkpoint.
    std::set<std::string> parts;
};

/// A checkpoint that is one file: its configuration in the form of a config.json, and its tensors.
struct FileCheckpoint
{
    std::shared_ptr<const Json> config;
    CodedTensors coded;
};

/// What a format can hold of layers' codes, whatever quantizer makes them.
struct CodeLimits
{
    /// Widths, and for each the columns of one block or word: a row is a multiple of them.
    std::map<int, std::int64_t> columnsOfWidth;
    std::int64_t rowMultiple = 1;
    bool hasGroups = false; ///< of the quantizer's size, which must divide the columns
    bool mergesLayers = false; ///< programs merge what reads one input, which must have one width

    /// A quantizer of the format's own, and the bits it stores a weight in.
    struct OwnCodes
    {
        std::string quantizer; ///< id of a component of kind `weights`
        double bitsPerWeight = 0;
    };
    /// By width, where a layer is stored in such codes whatever quantizer it was probed with.
    std::map<int, OwnCodes> ownCodes{};
};

/// A layout of checkpoints that other programs read and write, as far as it is read. A component of
/// kind `exporter` (core/export/export_format.h writes); every part is optional.
class CheckpointFormat
{
public:
    using Interface = CheckpointFormat;
    static constexpr Kind kind = Kind::exporter;
    virtual ~CheckpointFormat() = default;

    /// The checkpoint in the file `path`; nothing where the file is of another format. Throws
    /// BadInput for a damaged one.
    virtual std::optional<FileCheckpoint> openFile(const std::filesystem::path &path) const;
    /// config.json's quant_method that decode() understands; empty: none.
    virtual std::string_view quantMethod() const { return {}; }
    /// The coded tensors among those of `stored`, whose reading functions the results may use as
    /// long as they live. Throws BadInput that names what does not fit.
    virtual CodedTensors decode(const Checkpoint &stored) const;
    /// What it can hold of layers' codes; nothing for a format without codes.
    virtual std::optional<CodeLimits> codeLimits() const { return std::nullopt; }
};

/// All formats with their default parameters, in the order of components.def.
std::vector<std::unique_ptr<CheckpointFormat>> checkpointFormats();

} // namespace bitprism::io
