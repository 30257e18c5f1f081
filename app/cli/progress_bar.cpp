// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress_bar.h"

#include "app/cli/output.h"
#include "core/base/utf8.h"

#include <algorithm>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace bitprism::cli {

namespace {

std::size_t terminalWidth()
{
    winsize size = {};
    const bool isKnown = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return isKnown ? size.ws_col : 80;
}

} // namespace

std::string progressLine(const JobProgress &progress, bool isCancelling, std::size_t width)
{
    constexpr std::size_t cells = 24;
    const double fraction = std::clamp(progress.fraction, 0.0, 1.0);
    const auto full = static_cast<std::size_t>(fraction * cells);
    const std::string percent = std::to_string(static_cast<int>(fraction * 100));
    std::string line = "[" + std::string(full, '#') + std::string(cells - full, '.') + "] "
        + std::string(3 - std::min<std::size_t>(percent.size(), 3), ' ') + percent + " %  ";
    if (isCancelling) {
        line += "cancelling";
    } else {
        // Time first: a narrow terminal cuts the end.
        line += progress.remainingSeconds < 0 ? ""
                                              : shownSeconds(progress.remainingSeconds) + " left  ";
        line += progress.stage;
    }
    line = sanitizedUtf8(line);
    line.resize(utf8Floor(line, std::min(line.size(), width)));
    return line;
}

ProgressBar::ProgressBar(bool isQuiet)
    : m_isShown(!isQuiet && ::isatty(STDERR_FILENO) == 1)
{
}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::draw(const JobProgress &progress, bool isCancelling)
{
    if (m_isShown) {
        const std::string line = progressLine(progress, isCancelling, terminalWidth() - 1);
        std::fprintf(stderr, "\r\033[K%s", line.c_str());
        std::fflush(stderr);
        m_isDrawn = true;
    }
}

void ProgressBar::clear()
{
    if (m_isDrawn) {
        std::fputs("\r\033[K", stderr);
        std::fflush(stderr);
        m_isDrawn = false;
    }
}

} // namespace bitprism::cli
