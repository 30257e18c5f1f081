// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"

#include "core/io/companion_files.h"
#include "core/io/folder.h"
#include "core/tokenize/gguf_tokenizer.h"

#include <nlohmann/json.hpp>

#include <vector>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

std::int64_t bytesOfFiles(const std::vector<fs::path> &files)
{
    std::int64_t bytes = 0;
    for (const fs::path &file : files) {
        std::error_code problem;
        bytes += static_cast<std::int64_t>(fs::file_size(file, problem));
        if (problem) {
            throwSystemError(problem.value(), "read", file);
        }
    }
    return bytes;
}

/// The tokenizer inside a checkpoint that is a file; nothing where one beside it is read instead.
std::optional<std::string> carriedTokenizer(const fs::path &checkpoint)
{
    const bool isInside = !io::isFolder(checkpoint) && !io::tokenizerJsonOf(checkpoint);
    return isInside ? tokenize::ggufTokenizerJson(checkpoint) : std::nullopt;
}

} // namespace

void copyCompanions(const fs::path &checkpoint, const fs::path &target)
{
    if (const std::optional<std::string> text = carriedTokenizer(checkpoint)) {
        io::writeFileAtomically(target / io::companions::tokenizer, *text);
    }
    for (const fs::path &file : io::companionFilesOf(checkpoint)) {
        std::error_code problem;
        const fs::path copy = target / file.filename();
        fs::copy_file(file, copy, fs::copy_options::overwrite_existing, problem);
        if (!problem) { // a read-only source is not to make an export that cannot be edited
            fs::permissions(copy, fs::perms::owner_write, fs::perm_options::add, problem);
        }
        if (problem) {
            throwSystemError(problem.value(), "copy", file);
        }
    }
}

std::int64_t companionBytes(const fs::path &checkpoint)
{
    const std::optional<std::string> text = carriedTokenizer(checkpoint);
    return bytesOfFiles(io::companionFilesOf(checkpoint))
        + (text ? static_cast<std::int64_t>(text->size()) : 0);
}

std::int64_t exportedBytes(const fs::path &path)
{
    std::error_code ignored;
    const bool isFile = fs::is_regular_file(path, ignored);
    return bytesOfFiles(isFile ? std::vector{path} : io::filesBelow(path));
}

std::string exportFormatId(const Json &format)
{
    const bool isObject = format.is_object() && format.contains("id") && format["id"].is_string();
    if (!isObject && !format.is_string()) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "The export format is %1, but must be an exporter's id or an object "
                        "with \"id\" and parameters."),
            format.dump());
    }
    return (isObject ? format["id"] : format).get<std::string>();
}

std::unique_ptr<ExportFormat> exportFormat(const Json &format)
{
    const std::string id = exportFormatId(format);
    Json params = format.is_object() ? format : Json::object();
    std::unique_ptr<io::CheckpointFormat> made
        = create<io::CheckpointFormat>(id, params, "export: " + id);
    std::unique_ptr<ExportFormat> exporter(dynamic_cast<ExportFormat *>(made.get()));
    BITPRISM_ASSERT(exporter != nullptr, "every exporter writes");
    static_cast<void>(made.release());
    return exporter;
}

namespace {

void refuseOnlineParts(const ExportSubject &subject)
{
    if (!subject.online().empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The model cannot be exported: %1, which no checkpoint holds; run "
                                "the recipe with offline parts only."),
                    subject.online().front());
    }
}

} // namespace

std::int64_t predictedExportBytes(const Json &format, const ExportSubject &subject)
{
    const std::unique_ptr<ExportFormat> exporter = exportFormat(format);
    refuseOnlineParts(subject);
    return exporter->predictedBytes(subject);
}

fs::path exportPath(const Json &format, const ExportSubject &subject, const fs::path &output)
{
    std::error_code ignored;
    return exportFormat(format)->isFile() && fs::is_directory(output, ignored)
        ? output / (subject.info().name + "." + exportFormatId(format))
        : output;
}

void requireExportTarget(const Json &format, const ExportSubject &subject, const fs::path &output,
                         ExportTarget target)
{
    if (!exportFormat(format)->isFile()) {
        const io::AtomicFolder tried(output);
        return;
    }
    const fs::path file = exportPath(format, subject, output);
    if (target == ExportTarget::New) {
        io::requireNoFile(file);
    }
    const io::AtomicFile tried(file);
}

std::vector<std::string> exportNotes(const Json &format, const ExportSubject &subject)
{
    return exportFormat(format)->notes(subject);
}

std::int64_t exportTo(const Json &format, const ExportSubject &subject, const fs::path &output,
                      JobContext &context, ExportTarget target)
{
    const std::unique_ptr<ExportFormat> exporter = exportFormat(format);
    refuseOnlineParts(subject);
    if (exporter->isFile()) {
        const fs::path file = exportPath(format, subject, output);
        if (target == ExportTarget::New) {
            io::requireNoFile(file);
        }
        exporter->write(subject, file, context);
        return exportedBytes(file);
    }
    io::AtomicFolder folder(output);
    exporter->write(subject, folder.workPath(), context);
    folder.commit();
    return exportedBytes(output);
}

} // namespace bitprism
