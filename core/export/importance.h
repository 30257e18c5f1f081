// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// How much the input columns of each matrix matter: the mean square of what enters them, as
/// llama.cpp's imatrix files hold it (export-formats.md 5).
struct ImportanceMatrix
{
    struct Entry
    {
        std::vector<float> meanSquares; ///< by input column
        double count = 0; ///< rows (tokens) that were accumulated
    };
    std::map<std::string, Entry, std::less<>> entries; ///< by GGUF tensor name
    std::vector<std::string> datasets;
    std::int64_t chunkCount = 0;
    std::int64_t chunkSize = 0;

    /// By column, or empty where there is none for the tensor. Throws BadInput where there is one
    /// of another length.
    std::vector<float> of(std::string_view ggufName, std::int64_t cols) const;
};

/// Reads an imatrix file: GGUF, or the older form (told by its first bytes). An entry that saw no
/// token counts as 1 everywhere. Throws BadInput that names file and entry.
ImportanceMatrix readImportance(const std::filesystem::path &file);

/// Writes the current form (GGUF), or the older one.
void writeImportance(const ImportanceMatrix &matrix, const std::filesystem::path &file);
void writeLegacyImportance(const ImportanceMatrix &matrix, const std::filesystem::path &file);

} // namespace bitprism
