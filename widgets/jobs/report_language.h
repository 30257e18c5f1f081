// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report_text.h"

namespace bitprism {

/// The window's language, for reports that are made on any of its threads.
report::Translation windowLanguage();

} // namespace bitprism
