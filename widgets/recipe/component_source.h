// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

namespace bitprism {

/// What a component is made after (ComponentInfo::source), in the user's language.
QString componentSource(const std::string &source);

} // namespace bitprism
