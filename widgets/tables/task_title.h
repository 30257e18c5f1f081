// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>

namespace bitprism {

/// What a task is called: "Word error rate". An unknown one stays as it is.
QString taskTitle(const std::string &task);
/// With the unit of its value: "Word error rate, % of words". `unit` is the stored one, for an
/// unknown task.
QString taskMeasure(const std::string &task, const std::string &unit);

} // namespace bitprism
