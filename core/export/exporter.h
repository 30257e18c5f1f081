// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/export_format.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitprism {

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
std::unique_ptr<ExportFormat> exportFormat(const Json &format);

/// The exporter's id in such a request.
std::string exportFormatId(const Json &format);

/// The bytes that exportTo() will return, to the byte; nothing is written. Also of a run that is
/// only planned: throws BadInput, naming layer and remedy, where its codes will not fit the format.
std::int64_t predictedExportBytes(const Json &format, const ExportSubject &subject);

/// Where an export to `output` goes: a format that is one file, given a folder that is there, makes
/// a file in it that is named after the model.
std::filesystem::path exportPath(const Json &format, const ExportSubject &subject,
                                 const std::filesystem::path &output);

/// What may become of a file that stands where an export goes. (A folder never gives way.)
enum class ExportTarget
{
    New, ///< refused
    Replaced ///< replaced once the export is complete
};

/// Throws what exportTo() would before its first byte: BadInput for a folder that is missing or a
/// target that is in the way, Io without permission. What it tries leaves nothing behind.
void requireExportTarget(const Json &format, const ExportSubject &subject,
                         const std::filesystem::path &output,
                         ExportTarget target = ExportTarget::New);

/// What is to be known of an export: what its readers will lack, how it was made; a phrase each.
std::vector<std::string> exportNotes(const Json &format, const ExportSubject &subject);

/// Exports to exportPath(), which appears complete or not at all; returns its bytes.
std::int64_t exportTo(const Json &format, const ExportSubject &subject,
                      const std::filesystem::path &output, JobContext &context,
                      ExportTarget target = ExportTarget::New);

} // namespace bitprism
