// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QString>
#include <QStringList>

#include <string>

namespace bitprism {

/// A text of the core in the user's language; English where it has no translation.
QString translated(TranslatableText text);
/// The sentence of an error, translated, its arguments in place.
QString errorText(const Error &error);
/// A problem across parameters (ParamProblem) that the error carries, in the user's language; empty
/// where it carries none.
QString nestedText(const Error &error);
/// Why a model cannot be run (ModelInfo::problem), in the user's language; in English where it is a
/// reason that is not known here.
QString modelProblemText(const std::string &problem);
/// In one line, with the commas of the user's language.
QString listText(const QStringList &parts);
/// Sentences or clauses in one line, between semicolons.
QString clausesText(const QStringList &parts);
/// What a layer kind is called: "attention_query" is "Attention, query". An unknown one stays.
QString layerKindText(const std::string &kind);

} // namespace bitprism
