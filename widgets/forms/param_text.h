// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <QString>

#include <string>

namespace bitprism {

/// The JSON value of a text; null for what is none.
Json parsed(const std::string &text);
/// A parameter's title with its unit, in the user's language.
QString titleOf(const ParamInfo &info);
/// A text as it is, anything else as JSON.
QString stringOf(const Json &value);

} // namespace bitprism
