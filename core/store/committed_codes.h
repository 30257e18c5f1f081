// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace bitprism::store {

/// A file of codes that is not as the run wrote it.
struct SpoiledCodes
{
    std::filesystem::path file;
    bool isMissing = false; ///< else its bytes differ
};

/// The files of codes in `folder` that the journal of run `id` names ("codes") and that are missing
/// or, where it holds their SHA-256 ("codes_sha256"), differ; ends with `most` of them. Reads every
/// file whole.
std::vector<SpoiledCodes> spoiledCodes(const Database &database, std::string_view id,
                                       const std::filesystem::path &folder, std::size_t most);

} // namespace bitprism::store
