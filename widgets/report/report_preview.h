// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report_sections.h"

#include <QByteArray>
#include <QImage>
#include <QSize>
#include <QString>

#include <memory>
#include <vector>

namespace bitprism {

/// A chart of a report as it was drawn, to be saved by itself.
struct ChartSource
{
    QString title; ///< its own among all charts of the report
    QByteArray svg; ///< with title and context, in light colours
    QSize size; ///< units of the drawing: pixels of a page
};

/// A report as a text browser shows it: what the HTML page says, with its charts as pictures, since
/// a text browser has no SVG.
struct ReportPreview
{
    QString html; ///< names the pictures chart-0, chart-1, ...
    std::vector<QImage> charts;
    std::vector<ChartSource> sources; ///< of the charts, in their order
};

/// Rows of a table that the preview shows; the document has all.
inline constexpr std::size_t mostPreviewRows = 12;

/// Paints the charts `width` pixels wide, sharp at `scale`. For a worker thread: takes 10 ms a
/// chart.
ReportPreview makePreview(const ReportModel &report, const ReportSections &sections, int width,
                          double scale);

} // namespace bitprism
