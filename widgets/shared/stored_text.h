// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

namespace bitprism {

/// The sentence of an error as a store keeps it, in English, put into the user's language: known
/// again by its form among all that the core can say. A sentence of another form stays.
QString storedErrorText(const std::string &english);

} // namespace bitprism
