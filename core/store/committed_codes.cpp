// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/committed_codes.h"

#include "core/io/file_hash.h"
#include "core/io/folder.h"

#include <nlohmann/json.hpp>

namespace bitprism::store {

namespace {

std::string textUnder(const nlohmann::json &entry, const char *key)
{
    const auto found = entry.find(key);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace

std::vector<SpoiledCodes> spoiledCodes(const Database &database, std::string_view id,
                                       const std::filesystem::path &folder, std::size_t most)
{
    Statement journal(database, "SELECT entry FROM journal WHERE run_id = ? ORDER BY block");
    journal.bind(id);
    std::vector<SpoiledCodes> spoiled;
    while (spoiled.size() < most && journal.step()) {
        const nlohmann::json entry = nlohmann::json::parse(journal.text(0), nullptr, false);
        if (!entry.is_object()) {
            continue; // whoever reads the journal says so
        }
        // A store may come by mail: nothing outside of the folder is read.
        const std::filesystem::path name
            = std::filesystem::path(textUnder(entry, "codes")).filename();
        if (name.empty()) {
            continue;
        }
        const std::string hash
            = textUnder(entry, "codes_sha256"); // empty: written before it was kept
        if (!io::exists(folder / name)) {
            spoiled.push_back({folder / name, true});
        } else if (!hash.empty() && io::fileSha256(folder / name) != hash) {
            spoiled.push_back({folder / name, false});
        }
    }
    return spoiled;
}

} // namespace bitprism::store
