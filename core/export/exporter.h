// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/job_context.h"
#include "core/io/atomic_file.h"
#include "core/models/model.h"
#include "core/quant/quantized_overlay.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>

namespace bitprism {

/// A checkpoint and the codes of its quantized layers.
struct QuantizedModel
{
    const Model *model = nullptr; ///< without overlay: what stays as it is
    const QuantizedOverlay *codes = nullptr;
};

/// Writes a checkpoint that other programs load. A component of kind `exporter`.
class Exporter
{
public:
    using Interface = Exporter;
    static constexpr Kind kind = Kind::exporter;
    virtual ~Exporter() = default;

    /// Fills `folder.workPath()`; the caller commits. Throws BadInput, naming the tensor, for what
    /// the format cannot hold.
    virtual void write(const QuantizedModel &quantized, io::AtomicFolder &folder,
                       JobContext &context) const = 0;
};

/// Copies what travels with a checkpoint whatever the format: tokenizer files, generation and
/// processor settings, licences and notices. config.json is the exporter's own.
void copyCompanions(const std::filesystem::path &checkpoint, const std::filesystem::path &target);

/// Bytes of all files below `folder`.
std::int64_t folderBytes(const std::filesystem::path &folder);

/// Exports to `output`, which appears complete or not at all; returns its bytes. `format` is an
/// exporter's id, or an object with "id" and parameters.
std::int64_t exportTo(const Json &format, const QuantizedModel &quantized,
                      const std::filesystem::path &output, JobContext &context);

} // namespace bitprism
