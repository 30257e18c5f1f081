// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"

#include "core/io/folder.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 13> companionPrefixes{"tokenizer",
                                                             "special_tokens_map",
                                                             "added_tokens",
                                                             "vocab",
                                                             "merges",
                                                             "chat_template",
                                                             "generation_config",
                                                             "preprocessor_config",
                                                             "processor_config",
                                                             "LICENSE",
                                                             "LICENCE",
                                                             "NOTICE",
                                                             "USE_POLICY"};

bool isCompanion(const std::string &name)
{
    return std::any_of(companionPrefixes.begin(), companionPrefixes.end(),
                       [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool isOfNorm(const NormInfo &norm, const std::string &name)
{
    return norm.gain == name || norm.bias == name;
}

/// Whether it is the last norm's, the head's or a tower's projection.
bool standsBehindTheBlocks(const ModelInfo &info, int stack, const std::string &name)
{
    return std::any_of(info.norms.begin(), info.norms.end(),
                       [&](const NormInfo &norm) {
                           return norm.stack == stack && norm.block == headOf(0).index
                               && isOfNorm(norm, name);
                       })
        || std::any_of(info.layers.begin(), info.layers.end(), [&](const LayerInfo &layer) {
               return layer.stack == stack && layer.block < 0 && layer.tensor == name
                   && (layer.kind == "head" || layer.kind == "projection");
           });
}

/// Whether it is read before the first block: a table or the norm behind the tables.
bool standsBeforeTheBlocks(const ModelInfo &info, int stack, const std::string &name)
{
    const std::vector<std::string> &tables
        = info.stacks[static_cast<std::size_t>(stack)].embeddings;
    return std::find(tables.begin(), tables.end(), name) != tables.end()
        || std::any_of(info.norms.begin(), info.norms.end(), [&](const NormInfo &norm) {
               return norm.stack == stack && norm.block == NormInfo::embedding
                   && isOfNorm(norm, name);
           });
}

} // namespace

std::optional<at::Tensor> QuantizedModel::tensor(const std::string &name) const
{
    if (const std::optional<at::Tensor> coded = codes->tensor(name)) {
        return coded;
    }
    const ModelInfo &info = model->info();
    for (int stack = 0; model->isTransformed() && stack <= model->lastStack(); ++stack) {
        if (standsBeforeTheBlocks(info, stack, name)) {
            return model->loadTensor(name);
        }
        if (standsBehindTheBlocks(info, stack, name)) {
            return model->loadHead(stack).tensor(name);
        }
    }
    return std::nullopt;
}

std::optional<std::pair<std::string, at::Tensor>> QuantizedModel::untiedHead() const
{
    for (int stack = 0; untiesHead && stack < static_cast<int>(model->info().stacks.size());
         ++stack) {
        const std::vector<const LayerInfo *> &layers = model->layersOf(headOf(stack));
        const std::string &name = model->info().stacks[static_cast<std::size_t>(stack)].headTensor;
        if (!layers.empty() && !name.empty()) {
            return std::pair(name, model->loadHead(stack).tensor(layers.front()->tensor));
        }
    }
    return std::nullopt;
}

void copyCompanions(const fs::path &checkpoint, const fs::path &target)
{
    for (const fs::path &file : io::entriesOf(checkpoint)) {
        std::error_code problem;
        // is_regular_file follows links: the files of a Hugging Face cache are links.
        if (fs::is_regular_file(file, problem) && isCompanion(file.filename().string())) {
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
}

std::int64_t folderBytes(const fs::path &folder)
{
    std::int64_t bytes = 0;
    for (const fs::path &file : io::filesBelow(folder)) {
        std::error_code problem;
        bytes += static_cast<std::int64_t>(fs::file_size(file, problem));
        if (problem) {
            throwSystemError(problem.value(), "read", file);
        }
    }
    return bytes;
}

std::int64_t exportTo(const Json &format, const QuantizedModel &quantized, const fs::path &output,
                      JobContext &context)
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
    if (!quantized.online.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The model cannot be exported: %1, which no checkpoint holds; run "
                                "the recipe with offline parts only."),
                    quantized.online.front());
    }
    const std::string id = (isObject ? format["id"] : format).get<std::string>();
    const auto exporter = create<Exporter>(id, isObject ? format : Json::object(), "export: " + id);
    io::AtomicFolder folder(output);
    exporter->write(quantized, folder, context);
    folder.commit();
    return folderBytes(output);
}

} // namespace bitprism
