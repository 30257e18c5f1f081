// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

namespace bitprism::tokenize {

/// British spellings of common English words and their American forms, lower case: what a
/// transcript is normalised by where a checkpoint brings no list of its own. Written for this
/// program from common knowledge, so it is shorter than Whisper's and need not agree with it word
/// for word.
const std::map<std::string, std::string> &britishSpellings();

} // namespace bitprism::tokenize
