// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <optional>
#include <string>

namespace bitprism {

/// What a task and the unit of its value are called. Stores are read, and their runs shown, before
/// the engine is loaded and its components say their titles.
struct TaskText
{
    TranslatableText title;
    TranslatableText unit; ///< empty: the title says all
};

/// The same title before and after; of a task that is not known here, what its component says, once
/// it is there. Nothing for a task of another version.
std::optional<TaskText> findTaskText(const std::string &task);

} // namespace bitprism
