// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/calib/dataset.h"
#include "tests/fuzz/support.h"

#include <array>

using namespace bitprism;

/// A list of texts and files; its form is chosen by the first byte.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    constexpr std::array<const char *, 4> names{"list.jsonl", "list.csv", "list.tsv", "list.txt"};
    if (size == 0) {
        return 0;
    }
    const std::filesystem::path file
        = fuzz::writeFile(names.at(*data % names.size()), fuzz::asText(data + 1, size - 1));
    fuzz::expectErrorOrSuccess([&] {
        const Dataset dataset = Dataset::open(file);
        for (const std::string_view document : dataset.documents("\n")) {
            BITPRISM_ASSERT(!document.empty(), "documents hold text");
        }
        for (const DataRecord &record : dataset.records()) {
            BITPRISM_ASSERT(record.file.empty() || record.file.is_absolute(), "files are found");
        }
    });
    return 0;
}
