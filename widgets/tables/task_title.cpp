// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/task_title.h"

#include "core/report/task_text.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>

namespace bitprism {

QString taskTitle(const std::string &task)
{
    const auto text = findTaskText(task);
    return text ? translated(text->title) : QString::fromStdString(task);
}

QString taskMeasure(const std::string &task, const std::string &unit)
{
    const auto text = findTaskText(task);
    const bool isKnown = text && text->unit.text != nullptr && *text->unit.text != '\0';
    const QString stored = text || unit == task ? QString() : QString::fromStdString(unit);
    const QString name = isKnown ? translated(text->unit) : stored;
    //: a measure and its unit
    return name.isEmpty()
        ? taskTitle(task)
        : QCoreApplication::translate("TaskTitle", "%1, %2").arg(taskTitle(task), name);
}

} // namespace bitprism
