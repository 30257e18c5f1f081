// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/export_format.h"
#include "core/io/safetensors.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bitprism {

/// A tensor of a safetensors folder, made when its turn comes.
struct OutputTensor
{
    io::TensorDeclaration declaration;
    std::string file; ///< the shard it goes to, as the source's shards are named
    std::function<std::vector<std::byte>()> bytes;
};

/// The element type that a tensor of the source is written in.
using DtypeRule = std::function<io::Dtype(io::Dtype source)>;
/// As in the source, but 8-bit floats (whose scales are multiplied in) as BF16.
io::Dtype sourceDtype(io::Dtype source);

/// The tensors of a checkpoint that are not in `replaced`, as plain values: what stands for them,
/// or what is stored. Layers that share a tensor in the source get one each; an untied head comes
/// last. `subject` must outlive them.
std::vector<OutputTensor> plainTensors(const ExportSubject &subject, const DtypeRule &dtype,
                                       const std::function<bool(const std::string &)> &replaced);

/// The shard of a source's tensor.
std::string shardOf(const ExportSubject &subject, const std::string &tensor);

/// config.json of the exported model: the source's without its quantization, with what changed.
Json exportedConfig(const ExportSubject &subject);

/// What a format puts into a folder, beside the files that travel with every checkpoint.
struct ExportFolder
{
    std::vector<OutputTensor> tensors;
    std::string config; ///< text of config.json
    std::map<std::string, std::string> files = {}; ///< other small ones: name, text
};

/// A format that is a folder of safetensors file(s) with their index, config.json and companions.
class FolderFormat : public ExportFormat
{
public:
    void write(const ExportSubject &subject, const std::filesystem::path &output,
               JobContext &context) const final;
    std::int64_t predictedBytes(const ExportSubject &subject) const final;

protected:
    /// `subject` outlives the result. Reads no values.
    virtual ExportFolder contents(const ExportSubject &subject) const = 0;
};

} // namespace bitprism
