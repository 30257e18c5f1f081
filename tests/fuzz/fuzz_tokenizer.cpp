// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/tokenize/tokenizer.h"
#include "tests/fuzz/support.h"

#include <string>

using namespace bitprism;

/// A tokenizer.json, then (behind a NUL byte) a text for it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view input = fuzz::asText(data, size);
    const std::size_t end = std::min(input.find('\0'), input.size());
    const std::string_view text = input.substr(std::min(end + 1, input.size()));
    fuzz::expectErrorOrSuccess([&] {
        const auto tokenizer = tokenize::Tokenizer::fromJson(input.substr(0, end));
        for (const std::string_view sample :
             {text, std::string_view(" Hello  world, it's 12\n\u00e4\U0001F600")}) {
            const tokenize::Encoding encoding = tokenizer->encode(sample);
            for (const tokenize::TokenId id : encoding.ids) {
                BITPRISM_ASSERT(id >= 0 && id < tokenizer->vocabularySize(), "ids are tokens");
            }
            tokenizer->decode(encoding.ids, false);
            tokenizer->decode(encoding.ids, true);
        }
    });
    return 0;
}
