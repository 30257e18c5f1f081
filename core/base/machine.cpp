// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine.h"

#include <fstream>

namespace bitprism {

std::string processorName()
{
    std::ifstream information("/proc/cpuinfo");
    for (std::string line; std::getline(information, line);) {
        const std::size_t colon = line.find(": ");
        if (line.starts_with("model name") && colon != std::string::npos) {
            return line.substr(colon + 2);
        }
    }
    return "unknown";
}

} // namespace bitprism
