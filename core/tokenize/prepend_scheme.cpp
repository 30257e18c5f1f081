// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/prepend_scheme.h"

namespace bitprism::tokenize {

PrependScheme readPrependScheme(const JsonNode &node)
{
    const bool prefixes = node.flag("add_prefix_space", true);
    const std::optional<JsonNode> scheme = node.find("prepend_scheme");
    if (!scheme) {
        return prefixes ? PrependScheme::Always : PrependScheme::Never;
    }
    const std::string name = scheme->text();
    if (name == "never") {
        return PrependScheme::Never;
    }
    if (!prefixes || (name != "always" && name != "first")) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 must be always, first or never, and agree with "
                                "add_prefix_space."),
                    scheme->where());
    }
    return name == "always" ? PrependScheme::Always : PrependScheme::First;
}

} // namespace bitprism::tokenize
