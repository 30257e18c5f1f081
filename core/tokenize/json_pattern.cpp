// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/json_pattern.h"

namespace bitprism::tokenize {

Pattern readPattern(const JsonNode &node)
{
    if (const std::optional<JsonNode> literal = node.find("String")) {
        if (literal->text().empty()) {
            throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must not be empty."),
                        literal->where());
        }
        return literalPattern(literal->text());
    }
    const JsonNode expression = node.at("Regex");
    return regexPattern(expression.text(), expression.where());
}

} // namespace bitprism::tokenize
