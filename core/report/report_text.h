// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <string>
#include <vector>

namespace bitprism::report {

/// Gives a text of the core in some language; any thread may call it. In the context kindContext
/// the text is the id of a layer kind.
inline constexpr const char *kindContext = "LayerKindId";
using Translation = std::string (*)(const TranslatableText &);

/// While it lives, the texts of reports that this thread makes are in the language of
/// `translation`; English otherwise.
class Language
{
public:
    explicit Language(Translation translation);
    ~Language();
    Language(const Language &) = delete;
    Language &operator=(const Language &) = delete;

private:
    Translation m_before;
};

/// `text` in the language of this thread, with `arguments` in the places of %1, %2, ...
std::string say(const TranslatableText &text, const std::vector<std::string> &arguments = {});
/// What a metric, a unit and a layer kind are called: by their ids in English, which commands and
/// machine-readable formats have too.
std::string metricText(const std::string &task);
std::string unitText(const std::string &unit);
std::string layerKindText(const std::string &kind);
/// "en", "zh-CN": what HTML calls that language.
std::string languageTag();

} // namespace bitprism::report
