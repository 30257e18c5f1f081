// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/importance.h"
#include "tests/fuzz/support.h"

using namespace bitprism;

/// Importance matrices, the older form among them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::filesystem::path path = fuzz::writeFile("m.dat", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] { readImportance(path); });
    return 0;
}
