// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/view.h"

namespace bitprism {

#define VIEW(name) extern const ViewEntry view_##name;
#include "widgets/views.def"
#undef VIEW

const std::vector<const ViewEntry *> &viewEntries()
{
    static const std::vector<const ViewEntry *> entries{
#define VIEW(name) &view_##name,
#include "widgets/views.def"
#undef VIEW
    };
    return entries;
}

} // namespace bitprism
