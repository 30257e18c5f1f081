// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/base/job_context.h"
#include "core/io/atomic_file.h"
#include "core/models/model.h"
#include "core/quant/quantized_overlay.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitprism {

/// A checkpoint and the codes of its quantized layers.
struct QuantizedModel
{
    const Model *model = nullptr; ///< behind its transforms, without overlay
    const QuantizedOverlay *codes = nullptr;
    std::vector<std::string> online{}; ///< what transforms do while the model runs
    bool untiesHead = false; ///< a tied head has a weight of its own

    /// What a plain checkpoint holds under this name: dequantized codes, an edited or transformed
    /// tensor, layers' weights [rows, cols]; nothing where it stays as it is stored.
    std::optional<at::Tensor> tensor(const std::string &name) const;
    /// Name and weight of the untied head, [rows, cols]; nothing unless `untiesHead`.
    std::optional<std::pair<std::string, at::Tensor>> untiedHead() const;
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
