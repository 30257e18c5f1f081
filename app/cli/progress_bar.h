// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"

#include <string>

namespace bitprism::cli {

/// One line on a terminal's standard error: bar, share, what happens, time left. Silent on a pipe
/// and with --quiet.
class ProgressBar
{
public:
    explicit ProgressBar(bool isQuiet);
    ~ProgressBar();
    ProgressBar(const ProgressBar &) = delete;
    ProgressBar &operator=(const ProgressBar &) = delete;

    void draw(const JobProgress &progress, bool isCancelling);
    /// Removes the line, before something else is printed.
    void clear();

private:
    bool m_isShown;
    bool m_isDrawn = false;
};

/// The line, at most `width` columns.
std::string progressLine(const JobProgress &progress, bool isCancelling, std::size_t width);

} // namespace bitprism::cli
