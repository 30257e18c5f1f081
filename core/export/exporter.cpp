// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"

#include "core/io/companion_files.h"
#include "core/io/folder.h"
#include "core/recipe/resolve.h"
#include "core/tokenize/gguf_tokenizer.h"

#include <nlohmann/json.hpp>

#include <set>
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

/// The choices of a recipe that names each layer's; those of a solver are not known before it.
std::vector<LayerChoice> namedChoices(const Recipe &recipe)
{
    const bool isManual = recipe.allocation && recipe.allocation->id == "manual";
    return isManual ? manualChoices(*recipe.allocation, "recipe: allocation")
                    : std::vector<LayerChoice>();
}

} // namespace

std::string PlannedCodes::encoding() const
{
    static const std::set<std::string> affine{"rtn",      "gptq", "awq", "omniquant-clip",
                                              "adaround", "boa"};
    if (weights.id.starts_with("ggml-")) {
        return "ggml-blocks";
    }
    return affine.contains(weights.id) ? "uniform-affine" : weights.id;
}

std::int64_t PlannedCodes::number(std::string_view key, std::int64_t fallback) const
{
    const Json params = weights.parameters();
    const auto found = params.find(key);
    return found != params.end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                               : fallback;
}

bool PlannedCodes::flag(std::string_view key, bool fallback) const
{
    const Json params = weights.parameters();
    const auto found = params.find(key);
    return found != params.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

std::string PlannedCodes::text(std::string_view key, std::string_view fallback) const
{
    const Json params = weights.parameters();
    const auto found = params.find(key);
    return found != params.end() && found->is_string() ? found->get<std::string>()
                                                       : std::string(fallback);
}

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

std::unique_ptr<io::CheckpointFormat> exportFormat(const Json &format)
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
    const std::string id = (isObject ? format["id"] : format).get<std::string>();
    Json params = isObject ? format : Json::object();
    return create<io::CheckpointFormat>(id, params, "export: " + id);
}

void checkExport(const Json &format, const Recipe &recipe, const ModelInfo &model)
{
    const std::unique_ptr<io::CheckpointFormat> exporter = exportFormat(format);
    const std::vector<ResolvedLayer> resolved = resolveLayers(recipe, model, namedChoices(recipe));
    for (std::size_t i = 0; i < resolved.size(); ++i) {
        if (!resolved[i].skip) {
            exporter->check({&model.layers[i], resolved[i].weights, resolved[i].bits});
        }
    }
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
    const std::unique_ptr<io::CheckpointFormat> exporter = exportFormat(format);
    refuseOnlineParts(subject);
    return exporter->predictedBytes(subject);
}

std::vector<std::string> exportNotes(const Json &format, const ExportSubject &subject)
{
    return exportFormat(format)->notes(subject);
}

std::int64_t exportTo(const Json &format, const ExportSubject &subject, const fs::path &output,
                      JobContext &context)
{
    const std::unique_ptr<io::CheckpointFormat> exporter = exportFormat(format);
    refuseOnlineParts(subject);
    if (exporter->isFile()) {
        // Who gives a folder gets a file in it.
        std::error_code ignored;
        const auto id = (format.is_object() ? format["id"] : format).get<std::string>();
        const fs::path file = fs::is_directory(output, ignored)
            ? output / (subject.info().name + "." + id)
            : output;
        exporter->write(subject, file, context);
        return exportedBytes(file);
    }
    io::AtomicFolder folder(output);
    exporter->write(subject, folder.workPath(), context);
    folder.commit();
    return exportedBytes(output);
}

} // namespace bitprism
