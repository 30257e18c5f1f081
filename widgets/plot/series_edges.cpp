// SPDX-License-Identifier: GPL-3.0-or-later
// The part of SeriesPlot that finds places for what has none on a logarithmic axis: strips at the
// lower ends of the axes.
#include "widgets/plot/colour_map.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/theme.h"

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr double edgeShare = 0.12; // of an axis; four marks have room beside each other
constexpr double crowdedShare = 0.18; // where many stand in the corner
constexpr std::size_t crowd = 16;
constexpr int lanes = 4;

} // namespace

bool SeriesPlot::isLeftOfAxis(const PlotPoint &point) const
{
    return canvas().xInfo().isLog && point.x <= 0;
}

bool SeriesPlot::isBelowAxis(const PlotPoint &point) const
{
    return canvas().yInfo().isLog && point.y <= 0;
}

bool SeriesPlot::isOnAxis(const PlotPoint &point) const
{
    return isLeftOfAxis(point) || isBelowAxis(point);
}

void SeriesPlot::placeOnEdges()
{
    std::vector<const PlotPoint *> left;
    std::vector<const PlotPoint *> below;
    std::vector<const PlotPoint *> corner; // zero or below on both
    for (int item = 0; item < itemCount(); ++item) {
        const PlotPoint &each = point(item);
        if (isShown(each) && isOnAxis(each)) {
            (!isBelowAxis(each) ? left : isLeftOfAxis(each) ? corner : below).push_back(&each);
        }
    }
    m_edgePlaces.clear();
    std::sort(left.begin(), left.end(),
              [](const PlotPoint *a, const PlotPoint *b) { return a->y < b->y; });
    std::sort(below.begin(), below.end(),
              [](const PlotPoint *a, const PlotPoint *b) { return a->x < b->x; });
    // Neighbours along the axis stand in different lanes across it.
    const auto lane = [](std::size_t i) { return (static_cast<double>(i % lanes) + 0.5) / lanes; };
    for (std::size_t i = 0; i < left.size(); ++i) {
        m_edgePlaces[left[i]] = {lane(i), 0};
    }
    for (std::size_t i = 0; i < below.size(); ++i) {
        m_edgePlaces[below[i]] = {0, lane(i)};
    }
    const auto across = static_cast<std::size_t>(std::ceil(std::sqrt(corner.size())));
    for (std::size_t i = 0; i < corner.size(); ++i) {
        const auto place = [across](std::size_t at) {
            return (static_cast<double>(at) + 0.5) / static_cast<double>(across);
        };
        m_edgePlaces[corner[i]] = {place(i % across), place(i / across)};
    }
    const double share = corner.size() > crowd ? crowdedShare : edgeShare;
    canvas().setEdges(left.empty() && corner.empty() ? 0 : share,
                      below.empty() && corner.empty() ? 0 : share);
}

QPointF SeriesPlot::pixelOf(const PlotPoint &point) const
{
    const QRectF plot = canvas().plotRect();
    const QRectF scaled = canvas().scaledRect();
    const auto found = m_edgePlaces.find(&point);
    const QPointF place = found == m_edgePlaces.end() ? QPointF(0, 0) : found->second;
    return {isLeftOfAxis(point) ? plot.left() + place.x() * (scaled.left() - plot.left())
                                : canvas().xAxis->coordToPixel(point.x),
            isBelowAxis(point) ? plot.bottom() - place.y() * (plot.bottom() - scaled.bottom())
                               : canvas().yAxis->coordToPixel(point.y)};
}

void SeriesPlot::drawEdges(const PlotDrawing &drawing) const
{
    const QRectF plot = canvas().plotRect();
    const QRectF scaled = canvas().scaledRect();
    const QColor fill = mixColours(drawing.theme.grid, drawing.theme.surface, 0.4);
    if (canvas().xEdge() > 0) {
        drawing.painter.fillRect(QRectF(plot.topLeft(), QPointF(scaled.left(), plot.bottom())),
                                 fill);
    }
    if (canvas().yEdge() > 0) {
        drawing.painter.fillRect(QRectF(QPointF(plot.left(), scaled.bottom()), plot.bottomRight()),
                                 fill);
    }
}

} // namespace bitprism
