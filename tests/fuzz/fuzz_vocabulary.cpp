// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/tokenizer.h"
#include "tests/fuzz/support.h"

#include <array>
#include <string>
#include <vector>

using namespace bitprism;

namespace {

/// Layouts of before tokenizer.json: the files of each, in the order of the input's parts.
const std::array<std::vector<const char *>, 4> &layouts()
{
    static const std::array<std::vector<const char *>, 4> all{{
        {"vocab.txt", "tokenizer_config.json"},
        {"vocab.json", "merges.txt", "special_tokens_map.json", "added_tokens.json"},
        {"vocab.json", "config.json"},
        {"ranks.tiktoken"},
    }};
    return all;
}

} // namespace

/// The first byte chooses the layout; NUL bytes part the files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size == 0) {
        return 0;
    }
    const std::vector<const char *> &names = layouts().at(*data % layouts().size());
    const std::filesystem::path folder = fuzz::workFolder() / "layout";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::string_view rest = fuzz::asText(data + 1, size - 1);
    for (const char *name : names) {
        const std::size_t end = std::min(rest.find('\0'), rest.size());
        fuzz::writeFile(std::string("layout/") + name, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    fuzz::expectErrorOrSuccess([&] {
        const auto tokenizer = tokenize::Tokenizer::open(folder / names.front());
        const tokenize::Encoding encoding
            = tokenizer->encode(" Hello  world, it's 12\n\u00e4\U0001F600");
        tokenizer->decode(encoding.ids, false);
    });
    return 0;
}
