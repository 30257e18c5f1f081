// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_canvas.h"

#include "widgets/plot/axis_ticker.h"
#include "widgets/plot/axis_titles.h"
#include "widgets/plot/replot_queue.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QResizeEvent>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

/// Calls a function when its layer is drawn.
class DrawHook final : public QCPLayerable
{
public:
    DrawHook(QCustomPlot *plot, const QString &layer, PlotCanvas::Draw draw, bool isCut)
        : QCPLayerable(plot, layer)
        , m_draw(std::move(draw))
        , m_isCut(isCut)
    {
    }

protected:
    QRect clipRect() const override
    {
        return m_isCut ? mParentPlot->axisRect()->rect() : QCPLayerable::clipRect();
    }
    void applyDefaultAntialiasingHint(QCPPainter *painter) const override
    {
        painter->setRenderHint(QPainter::Antialiasing);
    }
    void draw(QCPPainter *painter) override
    {
        const Theme theme = Theme::of(mParentPlot->palette());
        const bool isVector = painter->modes().testFlag(QCPPainter::pmVectorized);
        m_draw({*painter, theme, isVector});
        if (m_isCut && isVector) {
            coverMargins(*painter, theme);
        }
    }

private:
    /// SVG has no clipping: what was drawn beyond the axes is covered before the labels come.
    void coverMargins(QPainter &painter, const Theme &theme) const
    {
        const QRect outer = mParentPlot->viewport();
        const QRect inner = mParentPlot->axisRect()->rect();
        painter.setClipping(false);
        painter.fillRect(QRect(outer.topLeft(), QPoint(outer.right(), inner.top() - 1)),
                         theme.surface);
        painter.fillRect(QRect(QPoint(outer.left(), inner.bottom() + 1), outer.bottomRight()),
                         theme.surface);
        painter.fillRect(QRect(outer.topLeft(), QPoint(inner.left() - 1, outer.bottom())),
                         theme.surface);
        painter.fillRect(QRect(QPoint(inner.right() + 1, outer.top()), outer.bottomRight()),
                         theme.surface);
    }

    PlotCanvas::Draw m_draw;
    bool m_isCut;
};

/// The surface below all layers. QCustomPlot draws them on a transparent picture, and on that Qt
/// blends letters without gamma: those of Chinese fonts come out bold and run together.
class Ground final : public QCPLayerable
{
public:
    explicit Ground(QCustomPlot *plot)
        : QCPLayerable(plot, "background")
    {
    }

protected:
    void applyDefaultAntialiasingHint(QCPPainter *) const override { }
    void draw(QCPPainter *painter) override
    {
        painter->fillRect(mParentPlot->viewport(), Theme::of(mParentPlot->palette()).surface);
    }
};

} // namespace

PlotCanvas::PlotCanvas(QWidget *parent)
    : QCustomPlot(parent)
    , m_legend(new LegendStrip(this))
{
    new Ground(this); // the plot owns it
    setFocusPolicy(Qt::NoFocus); // the frame around it takes the keys
    setInteractions({});
    setPlottingHint(QCP::phImmediateRefresh, false); // painted with the rest of the window
    connect(this, &QCustomPlot::afterReplot, this, [this] { m_isStale = false; });
    setNoAntialiasingOnDrag(false);
    setAntialiasedElements(QCP::aeAll);
    setNotAntialiasedElements(QCP::aeAxes | QCP::aeGrid);
    plotLayout()->insertRow(0);
    plotLayout()->addElement(0, 0, m_legend);
    plotLayout()->setRowSpacing(0);
    m_legend->setMinimumMargins({});
    m_legend->setLayer("legend");
    axisRect()->setRangeDrag({});
    axisRect()->setRangeZoom({});
    xAxis->grid()->setVisible(false);
    applyTheme();
}

QFont PlotCanvas::smallFont() const { return scaledFont(this, 0.85); }

QFont PlotCanvas::sideFont() const
{
    QFont font = smallFont();
    font.setHintingPreference(QFont::PreferNoHinting); // it is made for upright letters
    if (QLocale().language() == QLocale::Chinese) {
        font.setLetterSpacing(QFont::AbsoluteSpacing, 1); // square letters touch else
    }
    return font;
}

void PlotCanvas::setDrawing(const Draw &inside, const Draw &above)
{
    new DrawHook(this, "main", inside, true); // the plot owns what is drawn in it
    new DrawHook(this, "overlay", above, false);
}

void PlotCanvas::setAxes(const PlotAxis &x, const PlotAxis &y)
{
    m_x = x;
    m_y = y;
    setAxis(*xAxis, x);
    setAxis(*yAxis, y);
    xAxis->grid()->setVisible(false);
}

void PlotCanvas::setAxis(QCPAxis &axis, const PlotAxis &info)
{
    axis.setLabel(axisTitle(info));
    axis.setScaleType(info.isLog ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (info.categories.isEmpty()) {
        axis.setTicker(QSharedPointer<QCPAxisTicker>(new NumberTicker(info.isLog, info.isInteger)));
        return;
    }
    axis.setTicker(QSharedPointer<QCPAxisTicker>(new ListTicker));
    thinAxis(axis, info);
}

void PlotCanvas::setEdges(double x, double y)
{
    m_xEdge = m_x.isLog ? x : 0;
    m_yEdge = m_y.isLog ? y : 0;
    for (const auto &[axis, edge] : {std::pair(xAxis, m_xEdge), {yAxis, m_yEdge}}) {
        if (const auto ticker = axis->ticker().dynamicCast<NumberTicker>()) {
            ticker->setEdge(edge);
        }
    }
}

QRectF PlotCanvas::scaledRect() const
{
    const QRectF plot = plotRect();
    return plot.adjusted(m_xEdge * plot.width(), 0, 0, -m_yEdge * plot.height());
}

void PlotCanvas::changeEvent(QEvent *event)
{
    QCustomPlot::changeEvent(event);
    const bool isLook
        = event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange;
    if (isLook && m_themeChanged) {
        m_themeChanged();
    }
}

void PlotCanvas::resizeEvent(QResizeEvent *event)
{
    if (!event->size().isEmpty()) { // of a page that was never seen: there is nothing to draw on
        setViewport(rect());
        requestReplot();
    }
}

void PlotCanvas::showEvent(QShowEvent *event)
{
    QCustomPlot::showEvent(event);
    if (m_isStale) {
        requestReplot();
    }
}

void PlotCanvas::paintEvent(QPaintEvent *event)
{
    if (!isVisible()) { // a picture is taken of what nobody has seen
        replotIfStale();
    }
    QCustomPlot::paintEvent(event);
}

void PlotCanvas::requestReplot()
{
    m_isStale = true;
    if (isVisible() && !size().isEmpty()) { // else when it is shown or gets a size
        ReplotQueue::instance().add(this);
    }
}

void PlotCanvas::replotIfStale()
{
    if (m_isStale && !size().isEmpty()) {
        replot(rpQueuedRefresh);
    }
}

void PlotCanvas::thinCategories()
{
    const QFontMetrics metrics(smallFont());
    const auto cut = [](QCPAxis &axis, const PlotAxis &info, double length) {
        axis.setLabel(fittingTitle(info, QFontMetrics(axis.labelFont()), static_cast<int>(length)));
    };
    // Of the canvas, not of the plot inside: that one has its size after the first replot only.
    constexpr double share = 0.85;
    cut(*xAxis, m_x, share * width());
    constexpr double linesBelow = 3.5; // the other axis with its labels and its title
    const double rest = height() - m_legend->outerRect().height();
    cut(*yAxis, m_y, std::min(share * rest, rest - linesBelow * metrics.height()));
    thinAxis(*xAxis, m_x);
    thinAxis(*yAxis, m_y);
    thinNumbers(*xAxis);
    if (m_y.categories.isEmpty()) { // of numbers: on a low plot they would run into each other
        const int lines = static_cast<int>(plotRect().height() / (1.5 * metrics.height()));
        setLabelCount(*yAxis, std::clamp(lines, 2, NumberTicker::mostLabels));
    }
}

void PlotCanvas::thinAxis(QCPAxis &axis, const PlotAxis &info) const
{
    const QSharedPointer<ListTicker> ticker = axis.ticker().dynamicCast<ListTicker>();
    if (info.categories.isEmpty() || !ticker) {
        return;
    }
    const QFontMetrics metrics(smallFont());
    const bool isHorizontal = axis.orientation() == Qt::Horizontal;
    int needed = metrics.height();
    for (const QString &category : info.categories) {
        needed = isHorizontal ? qMax(needed, metrics.horizontalAdvance(category) + metrics.height())
                              : needed;
    }
    const double length = isHorizontal ? plotRect().width() : plotRect().height();
    const double each = length / qMax(axis.range().size(), 1e-9);
    const int stride = qMax(1, static_cast<int>(std::ceil(needed / qMax(each, 1e-3))));
    QVector<double> places;
    QVector<QString> labels;
    for (int i = 0; i < info.categories.size(); i += stride) {
        places.append(i);
        labels.append(info.categories.at(i));
    }
    ticker->setTicks(places, labels);
}

/// About so many numbers; more where rounder ones would leave a single one, which tells no scale.
void PlotCanvas::setLabelCount(QCPAxis &axis, int count)
{
    QVector<double> places;
    for (; count <= NumberTicker::mostLabels && places.size() < 2; ++count) {
        axis.ticker()->setTickCount(count);
        axis.ticker()->generate(axis.range(), locale(), u'g', 0, places, nullptr, nullptr);
    }
}

/// As many numbers below the plot as stand apart.
void PlotCanvas::thinNumbers(QCPAxis &axis) const
{
    const auto ticker = axis.ticker().dynamicCast<NumberTicker>();
    const QFontMetrics metrics(smallFont());
    const auto standApart = [&](int count) {
        QVector<double> places;
        QVector<QString> labels;
        ticker->setTickCount(count);
        ticker->generate(axis.range(), locale(), u'g', 0, places, nullptr, &labels);
        double end = -1e9;
        for (qsizetype i = 0; i < places.size(); ++i) {
            const double middle = axis.coordToPixel(places.at(i));
            const double half = metrics.horizontalAdvance(labels.at(i)) / 2.0;
            if (middle - half < end + metrics.height() / 2.0) {
                return false;
            }
            end = middle + half;
        }
        return true;
    };
    for (int count = NumberTicker::mostLabels; ticker && count >= 2; --count) {
        if (standApart(count)) {
            return;
        }
    }
}

void PlotCanvas::setLegend(std::vector<LegendEntry> entries)
{
    m_legend->setEntries(std::move(entries));
}

void PlotCanvas::setFurnished(bool furnished)
{
    xAxis->setVisible(furnished);
    yAxis->setVisible(furnished);
    m_legend->setVisible(furnished);
}

void PlotCanvas::setRightMargin(int pixels)
{
    // Above, the uppermost label needs half its height: QCustomPlot leaves out what is cut.
    axisRect()->setMinimumMargins(
        QMargins(0, QFontMetrics(smallFont()).height() / 2 + 1, pixels, 0));
}

void PlotCanvas::applyTheme()
{
    const Theme theme = Theme::of(palette());
    setBackground(theme.surface);
    const QColor text = palette().color(QPalette::Text);
    for (QCPAxis *axis : {xAxis, yAxis}) {
        axis->setBasePen(QPen(theme.mutedText, 1));
        axis->setTickPen(QPen(theme.mutedText, 1));
        axis->setSubTickPen(Qt::NoPen);
        axis->setSubTicks(false);
        axis->setTickLength(0, em(this, 0.35));
        axis->setTickLabelColor(theme.mutedText);
        axis->setTickLabelFont(smallFont());
        axis->setTickLabelPadding(em(this, 0.35));
        axis->setLabelColor(text);
        axis->setLabelFont(axis == yAxis ? sideFont() : smallFont());
        axis->setLabelPadding(em(this, 0.35));
        axis->grid()->setPen(QPen(theme.grid, 1));
        axis->grid()->setZeroLinePen(QPen(theme.border, 1));
        axis->grid()->setSubGridVisible(false);
    }
}

} // namespace bitprism
