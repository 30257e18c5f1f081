// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/report_text.h"

#include "core/report/task_text.h"

#include <algorithm>
#include <utility>

namespace bitprism::report {

namespace {

thread_local Translation current = nullptr; // reports are made on several threads

} // namespace

Language::Language(Translation translation)
    : m_before(std::exchange(current, translation))
{
}

Language::~Language() { current = m_before; }

std::string say(const TranslatableText &text, const std::vector<std::string> &arguments)
{
    return substitute(current == nullptr ? text.text : current(text), arguments);
}

std::string metricText(const std::string &task)
{
    const auto text = current == nullptr ? std::nullopt : findTaskText(task);
    return text ? say(text->title) : task;
}

std::string unitText(const std::string &unit) { return say({"Unit", unit.c_str()}); }

std::string layerKindText(const std::string &kind)
{
    std::string text = say({kindContext, kind.c_str()});
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

std::string languageTag()
{
    //: the name of the language of the translation, as HTML has it: en, zh-CN
    return say(BITPRISM_TR("Report", "en"));
}

} // namespace bitprism::report
