// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/blas.h"

#include <dlfcn.h>
#include <string_view>

namespace bitprism::blas {

namespace {

constexpr std::string_view referenceName = "reference BLAS";

/// The library is left open: unloading a BLAS with its threads is not safe.
void *openSystemBlas() { return dlopen("libblas.so.3", RTLD_LAZY | RTLD_LOCAL); }

template <typename Function> Function symbol(void *library, const char *name)
{
    return reinterpret_cast<Function>(dlsym(library, name));
}

std::string findName()
{
    void *library = openSystemBlas();
    if (library == nullptr) {
        return {};
    }
    if (const auto config = symbol<char *(*)()>(library, "openblas_get_config")) {
        const std::string_view text(config()); // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."
        return std::string(text.substr(0, text.find(' ', text.find(' ') + 1)));
    }
    if (symbol<void *>(library, "MKL_Get_Version") != nullptr) {
        return "Intel MKL";
    }
    if (const auto version = symbol<const char *(*)()>(library, "bli_info_get_version_str")) {
        return "BLIS " + std::string(version());
    }
    if (symbol<void *>(library, "ATL_buildinfo") != nullptr) {
        return "ATLAS";
    }
    return std::string(referenceName);
}

} // namespace

std::string blasName()
{
    static const std::string name = findName();
    return name;
}

bool isReferenceBlas() { return blasName() == referenceName; }

} // namespace bitprism::blas
