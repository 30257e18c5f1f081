// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/safetensors.h"
#include "tests/fuzz/support.h"

#include <algorithm>
#include <vector>

using namespace bitprism;

/// Every tensor of an accepted file can be read to its last byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::filesystem::path path
        = fuzz::writeFile("model.safetensors", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] {
        const io::SafetensorsFile file(path);
        for (const io::TensorInfo &tensor : file.tensors()) {
            BITPRISM_ASSERT(tensor.bytes <= size, "no tensor exceeds the file");
            std::vector<std::byte> bytes(tensor.bytes);
            file.read(tensor, bytes);
            BITPRISM_ASSERT(file.find(tensor.name) == &tensor, "names are unique");
        }
    });
    return 0;
}
