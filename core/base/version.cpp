// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/version.h"

namespace bitprism {

std::string_view programVersion() { return BITPRISM_VERSION; }

} // namespace bitprism
