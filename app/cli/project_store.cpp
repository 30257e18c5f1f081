// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/project_store.h"

#include "core/io/folder.h"
#include "core/store/file_system.h"

namespace bitprism::cli {

namespace fs = std::filesystem;

fs::path storePath(const GlobalOptions &global)
{
    return global.store ? *global.store : store::defaultStorePath();
}

fs::path writableStorePath(const GlobalOptions &global)
{
    fs::path path = storePath(global);
    store::makeStoreFolder(path);
    return path;
}

std::optional<store::ExperimentStore> openStoreIfThere(const GlobalOptions &global,
                                                       store::OpenMode mode)
{
    const fs::path path = storePath(global);
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
        io::refuseBrokenLink(path);
        if (!global.store) {
            return std::nullopt;
        }
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: no such store; check --store."),
                    path);
    }
    return store::ExperimentStore(path, mode);
}

store::ExperimentStore openStore(const GlobalOptions &global, store::OpenMode mode)
{
    std::optional<store::ExperimentStore> opened = openStoreIfThere(global, mode);
    if (!opened) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: no such store; nothing was run yet, or --store is "
                                "missing."),
                    storePath(global));
    }
    return std::move(*opened);
}

} // namespace bitprism::cli
