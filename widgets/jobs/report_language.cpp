// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/report_language.h"

#include "widgets/shared/text.h"

#include <string_view>

namespace bitprism {

report::Translation windowLanguage()
{
    return [](const TranslatableText &text) {
        const bool isKind = std::string_view(text.context) == report::kindContext;
        return (isKind ? layerKindText(text.text) : translated(text)).toStdString();
    };
}

} // namespace bitprism
