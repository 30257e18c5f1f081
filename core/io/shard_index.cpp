// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/shard_index.h"

#include "core/io/json_reader.h"

#include <nlohmann/json.hpp>

namespace bitprism::io {

namespace fs = std::filesystem;

namespace {

bool isPlainFileName(const std::string &name)
{
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos
        && name.find('\\') == std::string::npos && name.find('\0') == std::string::npos;
}

} // namespace

std::map<std::string, std::string> readShardIndex(const fs::path &index)
{
    const Json json = readJsonFile(index);
    const bool isIndex
        = json.is_object() && json.contains("weight_map") && json["weight_map"].is_object();
    if (!isIndex) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: \"weight_map\" is missing; the index is damaged."),
                    index);
    }
    std::map<std::string, std::string> shards;
    for (const auto &[tensor, shard] : json["weight_map"].items()) {
        if (!shard.is_string() || !isPlainFileName(shard.get<std::string>())) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" points to %3, which is not a plain "
                                    "file name inside the folder; the index is not to be "
                                    "trusted."),
                        index, tensor, shard.dump(-1, ' ', false, Json::error_handler_t::replace));
        }
        shards.emplace(tensor, shard.get<std::string>());
    }
    if (shards.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: names no tensors; the index is damaged."), index);
    }
    return shards;
}

void requireShards(const fs::path &folder, const std::set<std::string> &names)
{
    std::string missing;
    for (const std::string &name : names) {
        if (std::error_code ignored; !fs::exists(folder / name, ignored)) {
            missing += (missing.empty() ? "" : ", ") + name;
        }
    }
    if (!missing.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the index names files that are missing: %2; copy them "
                                "into the folder."),
                    folder, missing);
    }
}

} // namespace bitprism::io
