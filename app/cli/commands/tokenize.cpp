// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "core/families/describe.h"
#include "core/families/locate_model.h"
#include "core/tokenize/tokenizer.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

void encode(const tokenize::Tokenizer &tokenizer, const std::string &text, const Output &output)
{
    const tokenize::Encoding encoding = tokenizer.encode(text);
    Table table({"id", "piece"});
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
        table.add({std::to_string(encoding.ids[i]), encoding.pieces[i]});
    }
    output.print({{"ids", encoding.ids}, {"pieces", encoding.pieces}}, table.text());
}

void decode(const tokenize::Tokenizer &tokenizer, const Arguments &arguments, const Output &output)
{
    constexpr std::int64_t largest = INT32_MAX;
    std::vector<tokenize::TokenId> ids;
    if (!arguments.text("decode")->empty()) {
        const auto given = arguments.integers("decode", 0, largest);
        for (const std::int64_t id : given.value()) {
            ids.push_back(static_cast<tokenize::TokenId>(id));
        }
    }
    const std::string text = tokenizer.decode(ids);
    output.print({{"text", text}}, text + "\n");
}

/// The model whose tokenizer it is, where there is one: a tokenizer alone has nothing to fit.
std::optional<ModelInfo> modelIn(const std::filesystem::path &path)
{
    try {
        return describeModel(path);
    } catch (const Error &) {
        return std::nullopt;
    }
}

int tokenizeCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    if (arguments.has("text") == arguments.has("decode")) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "tokenize: give either --text or --decode."));
    }
    const std::filesystem::path path = locateModel(arguments.positional("MODEL"));
    const auto tokenizer = tokenize::Tokenizer::open(path);
    if (const std::optional<ModelInfo> model = modelIn(path)) {
        tokenize::require(tokenizer.get(), *model);
    }
    if (arguments.has("text")) {
        encode(*tokenizer, *arguments.text("text"), invocation.output);
    } else {
        decode(*tokenizer, arguments, invocation.output);
    }
    return 0;
}

} // namespace

BITPRISM_COMMAND(tokenize){
    "tokenize",
    "Turn text into token ids, or ids into text",
    {{"MODEL", "Model whose tokenizer is used"}},
    {{"text", "S", "Text to tokenize"}, {"decode", "IDS", "Comma-separated ids to turn into text"}},
    &tokenizeCommand};

} // namespace bitprism::cli
