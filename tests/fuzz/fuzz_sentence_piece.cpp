// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/tokenizer.h"
#include "tests/fuzz/support.h"

using namespace bitprism;

/// A tokenizer.model. Its own library reads it and is not instrumented: crashes are found, coverage
/// does not guide.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::filesystem::path file = fuzz::writeFile("tokenizer.model", fuzz::asText(data, size));
    fuzz::expectErrorOrSuccess([&] {
        const auto tokenizer = tokenize::Tokenizer::open(file);
        const tokenize::Encoding encoding = tokenizer->encode(" Hello  world, it's 12");
        tokenizer->decode(encoding.ids, false);
    });
    return 0;
}
