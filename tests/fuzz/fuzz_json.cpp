// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/io/json_reader.h"
#include "tests/fuzz/support.h"

#include <nlohmann/json.hpp>

using namespace bitprism;

/// What is accepted can be written and read back to the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    fuzz::expectErrorOrSuccess([&] {
        const Json json = io::parseJson(fuzz::asText(data, size), "fuzz.json", {1 << 16, 32});
        BITPRISM_ASSERT(io::parseJson(json.dump(), "again.json") == json, "written and read again");
    });
    return 0;
}
