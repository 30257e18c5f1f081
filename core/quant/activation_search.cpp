// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/activation_search.h"

namespace bitprism {

std::string siteOf(const LayerInfo &layer)
{
    return layer.inputGroup.empty()
        ? layer.name
        : std::to_string(layer.stack) + "/" + std::to_string(layer.block) + "/" + layer.inputGroup;
}

} // namespace bitprism
