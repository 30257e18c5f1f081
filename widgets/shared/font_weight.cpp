// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/font_weight.h"

#include <dlfcn.h>

namespace bitprism {

void drawFontsInTheirOwnWeight()
{
    using Library = void *;
    const auto library
        = reinterpret_cast<Library (*)()>(dlsym(RTLD_DEFAULT, "_Z14qt_getFreetypev"));
    const auto set = reinterpret_cast<int (*)(Library, const char *, const char *, const void *)>(
        dlsym(RTLD_DEFAULT, "FT_Property_Set"));
    if (library != nullptr && set != nullptr) {
        const unsigned char isOff = 1; // FT_Bool
        set(library(), "cff", "no-stem-darkening", &isOff);
    }
}

} // namespace bitprism
