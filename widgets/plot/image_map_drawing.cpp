// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ImageMapPlot that draws: pixels, borders of groups, strips of maxima, ticks.
#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/colour_map.h"
#include "widgets/plot/image_map_plot.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

/// From this size on, in pixels of the device, cells stand apart by a hairline.
constexpr double leastApart = 12;
constexpr int hatchStep = 6; ///< logical pixels between the diagonals of what is not measured
/// Groups closer than this, in logical pixels, have no border.
constexpr double leastGroup = 8;
constexpr int vectorScale = 3; ///< pixels of the embedded picture for each unit of SVG or PDF

using Palette = std::array<QRgb, 256>;

Palette paletteOf(const Theme &theme)
{
    Palette colours{};
    colours.fill(theme.surface.rgb());
    const ColourMap &map = ColourMap::sequential(theme);
    for (std::size_t code = ImageMap::firstPlace; code < colours.size(); ++code) {
        colours[code] = map.colour(ImageMap::placeOf(static_cast<std::uint8_t>(code))).rgb();
    }
    colours[ImageMap::notMeasured] = theme.grid.rgb();
    return colours;
}

/// Of its own: maxima lie close together at the upper end of the map's scale.
ColourScale stripScale(const std::vector<float> &maxima, bool isLog)
{
    constexpr double leastSpan = 4; // less would make mountains of noise
    PlotRange range;
    for (const float value : maxima) {
        range.add(value > 0 ? value : std::numeric_limits<double>::quiet_NaN());
    }
    ColourScale scale;
    scale.isLog = isLog && !range.isEmpty();
    scale.high = range.isEmpty() ? 1 : range.high;
    scale.low = scale.isLog ? std::min(range.low / 1.2, scale.high / leastSpan) : 0;
    return scale;
}

/// For each pixel along a side the place in the level that it shows; -1: between cells.
std::vector<int> placesAlong(const QCPRange &range, int pixels, int step, int count)
{
    std::vector<int> places(static_cast<std::size_t>(pixels));
    const double each = range.size() / pixels; // cells for a pixel
    const auto at = [&](int pixel) {
        const double cell = range.lower + 0.5 + (pixel + 0.5) * each;
        return std::clamp(static_cast<int>(std::floor(cell)) / step, 0, count - 1);
    };
    const bool isApart = step / each >= leastApart;
    for (int pixel = 0; pixel < pixels; ++pixel) {
        const int place = at(pixel);
        const bool isLast = isApart && pixel + 1 < pixels && at(pixel + 1) != place;
        places[static_cast<std::size_t>(pixel)] = isLast ? -1 : place;
    }
    return places;
}

} // namespace

QImage ImageMapPlot::picture(const QRectF &plot, double ratio, const Theme &theme) const
{
    const int width = static_cast<int>(std::lround(plot.width() * ratio));
    const int height = static_cast<int>(std::lround(plot.height() * ratio));
    QImage image(width, height, QImage::Format_RGB32);
    if (image.isNull()) {
        return image;
    }
    image.setDevicePixelRatio(ratio);
    const Palette colours = paletteOf(theme);
    const ImageMap::Level &shown = level();
    const std::vector<int> columns
        = placesAlong(canvas().xAxis->range(), width, shown.columnStep, shown.columns);
    const std::vector<int> rows
        = placesAlong(canvas().yAxis->range(), height, shown.rowStep, shown.rows);
    const QRgb gap = theme.surface.rgb();
    const QRgb hatch = theme.mutedText.rgb();
    const int step = std::max(1, static_cast<int>(std::lround(hatchStep * ratio)));
    int lastRow = -2;
    bool hasHatch = false;
    for (int y = 0; y < height; ++y) {
        auto *line = reinterpret_cast<QRgb *>(image.scanLine(y));
        const int row = rows[static_cast<std::size_t>(y)];
        if (row == lastRow && !hasHatch) {
            std::copy_n(reinterpret_cast<const QRgb *>(image.constScanLine(y - 1)), width, line);
            continue;
        }
        lastRow = row;
        hasHatch = false;
        if (row < 0) {
            std::fill_n(line, width, gap);
            continue;
        }
        const std::uint8_t *codes = shown.row(row);
        for (int x = 0; x < width; ++x) {
            const int column = columns[static_cast<std::size_t>(x)];
            const std::uint8_t code = column < 0 ? ImageMap::absent : codes[column];
            const bool isMissing = code == ImageMap::notMeasured;
            hasHatch = hasHatch || isMissing;
            line[x] = isMissing && (x + y) % step == 0 ? hatch : colours[code];
        }
    }
    return image;
}

void ImageMapPlot::drawData(const PlotDrawing &drawing)
{
    if (itemCount() == 0) {
        return;
    }
    const QRectF plot = canvas().plotRect();
    const double ratio
        = drawing.isVector ? vectorScale : drawing.painter.device()->devicePixelRatioF();
    drawing.painter.drawImage(plot.topLeft(), picture(plot, ratio, drawing.theme));
    drawBorders(drawing);
}

void ImageMapPlot::drawBorders(const PlotDrawing &drawing) const
{
    const QRectF plot = canvas().plotRect();
    const QStringList &groups = m_map->data().columns.groups;
    double last = plot.left();
    drawing.painter.setRenderHint(QPainter::Antialiasing, false);
    drawing.painter.setPen(QPen(drawing.theme.mutedText, 1));
    for (int column = 1; column < groups.size(); ++column) {
        const double x = std::round(canvas().xAxis->coordToPixel(column - 0.5)) - 1;
        if (groups.at(column) != groups.at(column - 1) && x - last >= leastGroup
            && x < plot.right()) {
            // A light seam on both sides, so that it stands out on any colour.
            drawing.painter.fillRect(QRectF(x - 1, plot.top(), 3, plot.height()),
                                     drawing.theme.surface);
            drawing.painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
            last = x;
        }
    }
}

void ImageMapPlot::drawMargin(QPainter &painter, const QRectF &strip,
                              Qt::Orientation orientation) const
{
    if (itemCount() == 0) {
        return;
    }
    const bool isAbove = orientation == Qt::Horizontal;
    const QCPAxis &axis = isAbove ? *canvas().xAxis : *canvas().yAxis;
    const QRectF plot = canvas().plotRect();
    const std::vector<float> &maxima = isAbove ? m_map->columnMaxima() : m_map->rowMaxima();
    const double length = isAbove ? plot.width() : plot.height();
    const double start = isAbove ? plot.left() : plot.top();
    const double foot = isAbove ? strip.bottom() - 1 : strip.left() + 2;
    const double room = (isAbove ? strip.height() : strip.width()) - space(this, 1);
    const double each = axis.range().size() / length;
    const Theme theme = Theme::of(palette());
    painter.setPen(QPen(theme.border, 1));
    const auto line = [&](double from, double to, double across, double acrossTo) {
        painter.drawLine(isAbove ? QLineF(from, across, to, acrossTo)
                                 : QLineF(across, from, acrossTo, to));
    };
    line(start, start + length, foot, foot);
    const ColourScale scale = stripScale(maxima, m_map->scale().isLog);
    painter.setPen(QPen(mixColours(seriesColour(theme, 0), theme.surface, 0.35), 1));
    for (int pixel = 0; pixel < static_cast<int>(length); ++pixel) {
        const double cell = axis.range().lower + 0.5 + pixel * each;
        const auto first = static_cast<std::size_t>(std::max(0.0, std::floor(cell)));
        const std::size_t end = std::min(
            maxima.size(), std::max(first + 1, static_cast<std::size_t>(std::floor(cell + each))));
        float most = std::numeric_limits<float>::quiet_NaN();
        for (std::size_t i = first; i < end; ++i) {
            most = maxima[i] > most || std::isnan(most) ? maxima[i] : most;
        }
        if (std::isfinite(most)) {
            const double size = std::max(1.0, std::round(room * scale.place(most)));
            line(start + pixel, start + pixel, foot, isAbove ? foot - size : foot + size);
        }
    }
}

void ImageMapPlot::prepareReplot()
{
    canvas().thinCategories();
    // A label at the very top would reach beyond the canvas, and be left out.
    const int above = m_hasMargins ? 0 : QFontMetrics(canvas().smallFont()).height();
    canvas().axisRect()->setMinimumMargins(QMargins(0, above, em(this, 0.5), 0));
    if (itemCount() == 0) {
        return;
    }
    m_legend.fit();
    setTicks(*canvas().xAxis, m_map->data().columns);
    setTicks(*canvas().yAxis, m_map->data().rows);
}

/// Labels at round numbers of what is counted, `step` to a place.
void ImageMapPlot::setNumbers(QCPAxis &axis, int step) const
{
    QVector<double> places;
    QVector<QString> labels;
    NumberTicker ticker(false, true);
    const QCPRange range(axis.range().lower * step, axis.range().upper * step);
    ticker.generate(range, canvas().locale(), 'g', 6, places, nullptr, &labels);
    for (double &place : places) {
        place /= step;
    }
    axis.ticker().dynamicCast<ListTicker>()->setTicks(places, labels);
}

void ImageMapPlot::setTicks(QCPAxis &axis, const ImageMapAxis &info) const
{
    const QSharedPointer<ListTicker> ticker = axis.ticker().dynamicCast<ListTicker>();
    if (!ticker) {
        return;
    }
    if (info.labels.isEmpty() && info.groups.isEmpty()) {
        setNumbers(axis, info.step);
        return;
    }
    const QFontMetrics metrics(canvas().smallFont());
    const QRectF plot = canvas().plotRect();
    const bool isAcross = axis.orientation() == Qt::Horizontal;
    const double each
        = (isAcross ? plot.width() : plot.height()) / std::max(axis.range().size(), 1e-6);
    const auto sizeOf = [&](const QString &label) {
        return isAcross ? metrics.horizontalAdvance(label) + metrics.height() : metrics.height();
    };
    const int first = std::max(0, static_cast<int>(std::ceil(axis.range().lower)));
    const int last = std::min(info.count - 1, static_cast<int>(std::floor(axis.range().upper)));
    int widest = 0;
    for (int place = first; place <= last && !info.labels.isEmpty(); ++place) {
        widest = std::max(widest, sizeOf(info.labels.at(place)));
    }
    const bool hasLabels = !info.labels.isEmpty() && (widest <= each || info.groups.isEmpty());
    QVector<double> places;
    QVector<QString> labels;
    for (int place = first; place <= last;) {
        int end = place + 1;
        while (!hasLabels && end < info.count && info.groups.at(end) == info.groups.at(place)) {
            ++end;
        }
        const double middle = (place + std::min(end - 1, last)) / 2.0;
        const QString &label = hasLabels ? info.labels.at(place) : info.groups.at(place);
        places.append(middle);
        labels.append(label);
        place = end;
    }
    // Every one, or every second, third, ...: where some are left out it is plain which.
    const auto fits = [&](qsizetype stride) {
        for (qsizetype i = stride; i < places.size(); i += stride) {
            const double apart = (places.at(i) - places.at(i - stride)) * each;
            const double needed = (sizeOf(labels.at(i)) + sizeOf(labels.at(i - stride))) / 2.0;
            if (apart < needed) {
                return false;
            }
        }
        return true;
    };
    qsizetype stride = 1;
    while (stride < places.size() && !fits(stride)) {
        ++stride;
    }
    QVector<double> shownPlaces;
    QVector<QString> shownLabels;
    for (qsizetype i = 0; i < places.size(); i += stride) {
        shownPlaces.append(places.at(i));
        shownLabels.append(labels.at(i));
    }
    ticker->setTicks(shownPlaces, shownLabels);
}

} // namespace bitprism
