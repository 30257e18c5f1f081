// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/folder.h"

#include "core/base/error.h"

#include <algorithm>

namespace bitprism::io {

namespace fs = std::filesystem;

bool exists(const fs::path &path)
{
    std::error_code unknown;
    return fs::exists(path, unknown);
}

bool isFolder(const fs::path &path)
{
    std::error_code unknown;
    return fs::is_directory(path, unknown);
}

std::optional<fs::path> brokenLink(const fs::path &path)
{
    std::error_code unknown;
    if (!fs::is_symlink(path, unknown)
        || fs::status(path, unknown).type() != fs::file_type::not_found) {
        return std::nullopt;
    }
    return fs::read_symlink(path, unknown);
}

void refuseBrokenLink(const fs::path &path)
{
    if (const std::optional<fs::path> target = brokenLink(path)) {
        throw Error(
            ErrorCode::BadInput,
            BITPRISM_TR("Error",
                        "%1 is a link to %2, where nothing is; mend the link, or fetch what "
                        "it points to."),
            path, *target);
    }
}

std::vector<fs::path> entriesOf(const fs::path &folder)
{
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        entries.push_back(entry->path());
    }
    if (error) {
        throwSystemError(error.value(), "read", folder);
    }
    std::sort(entries.begin(), entries.end());
    return entries;
}

std::vector<fs::path> filesBelow(const fs::path &folder, std::size_t most)
{
    std::vector<fs::path> files;
    std::error_code error;
    fs::path place = folder;
    for (fs::recursive_directory_iterator entry(folder, error), end;
         !error && entry != end && files.size() <= most; entry.increment(error)) {
        place = entry->path();
        std::error_code unknown;
        if (entry->is_regular_file(unknown)) {
            files.push_back(place);
        }
    }
    if (error) {
        throwSystemError(error.value(), "read", place);
    }
    std::sort(files.begin(), files.end());
    return files;
}

void removeAll(const fs::path &path)
{
    std::error_code error;
    fs::remove_all(path, error);
    if (error) {
        throwSystemError(error.value(), "remove", path);
    }
}

} // namespace bitprism::io
