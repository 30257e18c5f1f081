// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace bitprism {

/// The program's version as CMakeLists.txt states it: "0.1.0".
std::string_view programVersion();

} // namespace bitprism
