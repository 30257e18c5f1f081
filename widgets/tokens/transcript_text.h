// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/theme.h"

#include <QString>

#include <string>

namespace bitprism {

/// Counts of an alignment (ScoredItem::alignment).
struct WordErrors
{
    int substitutions = 0;
    int insertions = 0;
    int deletions = 0;
};
WordErrors wordErrorsOf(const std::string &alignment);

/// What a model heard, against what was said, as rich text: a substituted word stands struck out
/// before what was heard instead, an inserted one is underlined behind a plus, a missing one struck
/// out behind a minus. Colours come on top of these signs.
QString transcriptHtml(const std::string &reference, const std::string &hypothesis,
                       const std::string &alignment, const Theme &theme);

/// "1 substituted, 0 inserted, 2 missing", in the user's language.
QString wordErrorsText(const WordErrors &errors);

} // namespace bitprism
