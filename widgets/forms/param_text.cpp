// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/param_text.h"

#include "widgets/forms/param_form.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

/// Units are words in the registry; those that components use are translated here.
[[maybe_unused]] const char *const knownUnits[] = {QT_TRANSLATE_NOOP("Unit", "bit"),
                                                   QT_TRANSLATE_NOOP("Unit", "bits"),
                                                   QT_TRANSLATE_NOOP("Unit", "columns"),
                                                   QT_TRANSLATE_NOOP("Unit", "layers"),
                                                   QT_TRANSLATE_NOOP("Unit", "nats per token"),
                                                   QT_TRANSLATE_NOOP("Unit", "s"),
                                                   QT_TRANSLATE_NOOP("Unit", "share"),
                                                   QT_TRANSLATE_NOOP("Unit", "tokens")};

} // namespace

Json parsed(const std::string &text)
{
    Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    return value.is_discarded() ? Json() : value;
}

QString titleOf(const ParamInfo &info)
{
    const QString title = translated(info.text.title);
    const std::string word(info.text.unit);
    const QString unit
        = word.empty() ? QString() : QCoreApplication::translate("Unit", word.c_str());
    // A unit that the title says already is not repeated.
    return unit.isEmpty() || title.contains(unit, Qt::CaseInsensitive)
        ? title
        : ParamForm::tr("%1, %2", "a parameter's title, and its unit").arg(title, unit);
}

QString stringOf(const Json &value)
{
    return value.is_string() ? QString::fromStdString(value.get<std::string>())
                             : QString::fromStdString(value.dump());
}

} // namespace bitprism
