// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/engine_loader.h"

#include <dlfcn.h>

namespace bitprism {

namespace {

Engine *openEngine(ComputePriority priority)
{
    // Never closed: LibTorch's statics do not survive an unload.
    void *library = dlopen("libbitprism-engine.so", RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) {
        const char *reason = dlerror();
        throw Error(ErrorCode::Internal,
                    BITPRISM_TR("Error", "The engine could not be loaded: %1. Reinstall Bitprism."),
                    std::string_view(reason == nullptr ? "unknown reason" : reason));
    }
    using Entry = Engine *(*)(ComputePriority);
    const auto entry = reinterpret_cast<Entry>(dlsym(library, "bitprism_engine"));
    if (entry == nullptr) {
        throw Error(
            ErrorCode::Internal,
            BITPRISM_TR("Error", "The engine library is of another version. Reinstall Bitprism."));
    }
    Engine *engine = entry(priority);
    if (engine == nullptr) {
        throw Error(ErrorCode::Io,
                    BITPRISM_TR("Error",
                                "The system gives no more threads; close other programs and start "
                                "Bitprism again."));
    }
    return engine;
}

} // namespace

Engine &loadEngine(ComputePriority priority)
{
    static Engine *engine = openEngine(priority);
    return *engine;
}

} // namespace bitprism
