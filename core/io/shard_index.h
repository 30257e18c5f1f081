// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace bitprism::io {

/// Shard by tensor, from a model.safetensors.index.json. BadInput unless every shard's name is a
/// plain file name: an index must not lead out of its folder.
std::map<std::string, std::string> readShardIndex(const std::filesystem::path &index);

/// BadInput that names every shard missing from the folder.
void requireShards(const std::filesystem::path &folder, const std::set<std::string> &names);

} // namespace bitprism::io
