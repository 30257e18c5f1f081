// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/companion_files.h"

#include "core/io/folder.h"
#include "core/io/gguf.h"

#include <algorithm>
#include <array>
#include <string>

namespace bitprism::io {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 12> readNames{
    companions::tokenizer,   companions::tokenizerConfig, companions::specialTokens,
    companions::addedTokens, companions::vocabulary,      companions::merges,
    companions::wordPieces,  companions::sentencePieces,  companions::albertPieces,
    companions::spellings,   companions::preprocessor,    companions::generation};

/// How the names of files begin that only others read.
constexpr std::array<std::string_view, 10> othersNames{
    "tokenizer",        "vocab",   "merges",  "chat_template", "generation_config",
    "processor_config", "LICENSE", "LICENCE", "NOTICE",        "USE_POLICY"};

template <std::size_t count>
bool isAmong(const std::array<std::string_view, count> &names, const std::string &name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool travels(const std::string &name)
{
    return isAmong(readNames, name)
        || std::any_of(othersNames.begin(), othersNames.end(),
                       [&](std::string_view begin) { return name.starts_with(begin); });
}

bool isRead(const fs::path &file)
{
    static constexpr std::array<std::string_view, 2> own{"config.json",
                                                         "model.safetensors.index.json"};
    const std::string name = file.filename().string();
    return file.extension() == ".safetensors" || isAmong(own, name) || isAmong(readNames, name);
}

/// is_regular_file follows links: the files of a Hugging Face cache are links.
bool isFile(const fs::path &path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

} // namespace

std::optional<fs::path> tokenizerJsonOf(const fs::path &checkpoint)
{
    const fs::path folder = isFile(checkpoint) ? checkpoint.parent_path() : checkpoint;
    const fs::path file = folder / companions::tokenizer;
    return isFile(file) ? std::optional(file) : std::nullopt;
}

std::vector<fs::path> readFilesOf(const fs::path &checkpoint)
{
    if (isFolder(checkpoint)) {
        std::vector<fs::path> files = entriesOf(checkpoint);
        std::erase_if(files, [](const fs::path &file) { return !isRead(file); });
        return files;
    }
    std::vector<fs::path> files = ggufParts(checkpoint);
    if (const std::optional<fs::path> tokenizer = tokenizerJsonOf(checkpoint)) {
        files.push_back(*tokenizer);
    }
    return files;
}

std::vector<fs::path> companionFilesOf(const fs::path &checkpoint)
{
    std::vector<fs::path> files;
    if (isFolder(checkpoint)) {
        for (const fs::path &file : entriesOf(checkpoint)) {
            if (isFile(file) && travels(file.filename().string())) {
                files.push_back(file);
            }
        }
    } else if (const std::optional<fs::path> tokenizer = tokenizerJsonOf(checkpoint)) {
        files.push_back(*tokenizer);
    }
    return files;
}

} // namespace bitprism::io
