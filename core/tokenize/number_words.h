// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace bitprism::tokenize {

/// English number words as digits ("twenty twenty-three" is 2023), with signs,
/// currencies and percents attached, by the rules of Whisper's English
/// normaliser (edge-asr.md 4.2). `text` is lower-case without punctuation but .
/// % $ and currency signs. Not idempotent.
std::string numberWordsToDigits(const std::string &text);

} // namespace bitprism::tokenize
