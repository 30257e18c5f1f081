// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/export/export_subject.h"
#include "core/io/checkpoint_format.h"
#include "core/recipe/recipe.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitprism {

/// What a recipe will make of one layer, as far as a format must know it before the run.
struct PlannedCodes
{
    const LayerInfo *layer = nullptr;
    ComponentChoice weights; ///< the quantizer with its parameters
    int bits = 0; ///< 0: the quantizer's own width

    /// "uniform-affine", "ggml-blocks", or the quantizer's id where its codes are its own.
    std::string encoding() const;
    /// An integer or flag among the parameters, with the quantizer's default where it is absent.
    std::int64_t number(std::string_view key, std::int64_t fallback) const;
    bool flag(std::string_view key, bool fallback) const;
    std::string text(std::string_view key, std::string_view fallback) const;
};

/// Copies what travels with a checkpoint whatever the format: tokenizer files, generation and
/// processor settings, licences and notices. config.json is the exporter's own. A checkpoint that
/// is one file leaves its tokenizer as tokenizer.json.
void copyCompanions(const std::filesystem::path &checkpoint, const std::filesystem::path &target);

/// Bytes of what copyCompanions() copies.
std::int64_t companionBytes(const std::filesystem::path &checkpoint);

/// Bytes of a file, or of all files below a folder.
std::int64_t exportedBytes(const std::filesystem::path &path);

/// The format of an export request: an exporter's id, or an object with "id" and parameters.
/// Throws BadInput for anything else.
std::unique_ptr<io::CheckpointFormat> exportFormat(const Json &format);

/// Throws BadInput, naming layer and remedy, where what `recipe` plans for `model` will not fit the
/// format. Quick; needs no engine.
void checkExport(const Json &format, const Recipe &recipe, const ModelInfo &model);

/// The bytes that exportTo() will return, to the byte; nothing is written.
std::int64_t predictedExportBytes(const Json &format, const ExportSubject &subject);

/// What the readers of an export will lack, a phrase each.
std::vector<std::string> exportNotes(const Json &format, const ExportSubject &subject);

/// Exports to `output`, which appears complete or not at all; returns its bytes.
std::int64_t exportTo(const Json &format, const ExportSubject &subject,
                      const std::filesystem::path &output, JobContext &context);

} // namespace bitprism
