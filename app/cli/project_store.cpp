// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/project_store.h"

#include <cstdlib>

namespace bitprism::cli {

namespace fs = std::filesystem;

namespace {

fs::path userStore()
{
    const char *data = std::getenv("XDG_DATA_HOME");
    const char *home = std::getenv("HOME");
    const bool hasData = data != nullptr && fs::path(data).is_absolute();
    const fs::path base
        = hasData ? fs::path(data) : fs::path(home == nullptr ? "/" : home) / ".local" / "share";
    return base / "bitprism" / "store.bitprism";
}

} // namespace

fs::path storePath(const GlobalOptions &global)
{
    return global.store ? *global.store : userStore();
}

fs::path writableStorePath(const GlobalOptions &global)
{
    const fs::path path = storePath(global);
    if (!global.store) {
        std::error_code failure;
        fs::create_directories(path.parent_path(), failure);
        if (failure) {
            throwSystemError(failure.value(), "create", path.parent_path());
        }
    }
    return path;
}

std::optional<store::ExperimentStore> openStoreIfThere(const GlobalOptions &global,
                                                       store::OpenMode mode)
{
    const fs::path path = storePath(global);
    std::error_code ignored;
    if (!fs::exists(path, ignored)) {
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
