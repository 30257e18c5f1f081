// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_frame.h"

#include "widgets/plot/hover_card.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_interaction.h"
#include "widgets/plot/plot_overlay.h"
#include "widgets/shared/file_saver.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"
#include "widgets/shared/window_style.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace bitprism {

PlotFrame::PlotFrame(QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_context(new QLabel(this))
    , m_canvas(new PlotCanvas(this))
    , m_overlay(new PlotOverlay(*this, m_canvas))
    , m_card(new HoverCard(this))
    , m_interaction(new PlotInteraction(*this))
    , m_saver(new FileSaver(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    for (QLabel *label : {m_title, m_context}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->hide();
    }
    m_context->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(space(this, 3), space(this, 2), space(this, 3), space(this, 2));
    layout->setSpacing(0);
    layout->addWidget(m_title);
    layout->addWidget(m_context);
    layout->addSpacing(space(this, 2));
    layout->addWidget(m_canvas, 1);
    m_canvas->setDrawing(
        [this](const PlotDrawing &drawing) {
            if (!isEmpty()) {
                drawData(drawing);
            }
        },
        [this](const PlotDrawing &drawing) {
            if (isEmpty()) {
                drawEmptyText(drawing);
            } else {
                drawAnnotations(drawing);
            }
        });
    // The canvas has its palette later than the frame.
    m_canvas->setThemeChanged([this] { applyTheme(); });
    connect(m_canvas, &QCustomPlot::beforeReplot, this, &PlotFrame::layOut);
    connect(m_canvas, &QCustomPlot::afterReplot, m_overlay, qOverload<>(&QWidget::update));
    connect(m_saver, &FileSaver::saved, this, [this](const QString &path, const QString &problem) {
        m_card->showMessage(problem.isEmpty() ? tr("Saved as %1").arg(path) : problem);
        Q_EMIT pictureSaved(path, problem);
    });
    makeActions();
    applyTheme();
}

PlotFrame::~PlotFrame() = default;

void PlotFrame::setTitle(const QString &sentence)
{
    m_title->setText(sentence);
    m_title->setVisible(!sentence.isEmpty());
    setAccessibleName(sentence);
    keepHeight();
}

void PlotFrame::setContext(const QString &line)
{
    m_contextLine = line;
    showContext();
}

void PlotFrame::setProvenance(const QString &line)
{
    m_provenance = line;
    showContext();
}

void PlotFrame::showContext()
{
    QStringList parts{m_contextLine, m_provenance};
    parts.removeAll(QString());
    m_context->setText(clausesText(parts));
    m_context->setVisible(!parts.isEmpty());
    keepHeight();
}

void PlotFrame::setLeastLines(int lines)
{
    m_leastLines = lines;
    keepHeight();
}

/// Splitters ask for no height that fits the width, so it is told as a minimum.
void PlotFrame::keepHeight()
{
    if (m_leastLines > 0) {
        m_canvas->setMinimumHeight(m_leastLines * fontMetrics().height());
        layout()->activate();
        // -1 where no text wraps: the layout's own minimum is enough
        const int needed = std::max(0, layout()->totalMinimumHeightForWidth(width()));
        if (needed != minimumHeight()) {
            setMinimumHeight(needed);
        }
    }
}

QString PlotFrame::title() const { return m_title->text(); }

QString PlotFrame::context() const { return m_context->text(); }

void PlotFrame::setClickHint(const QString &text) { m_clickHint = text; }

void PlotFrame::setEmptyText(const QString &sentence)
{
    m_emptyText = sentence;
    replot();
}

void PlotFrame::drawEmptyText(const PlotDrawing &drawing) const
{
    const QString text
        = m_emptyText.isEmpty() ? tr("Nothing is measured for this plot yet.") : m_emptyText;
    drawing.painter.setFont(m_canvas->font());
    drawing.painter.setPen(drawing.theme.mutedText);
    const int margin = space(this, 4);
    drawing.painter.drawText(m_canvas->viewport().adjusted(margin, margin, -margin, -margin),
                             Qt::AlignCenter | Qt::TextWordWrap, text);
}

void PlotFrame::setSelected(const QStringList &ids)
{
    m_selected = ids;
    m_overlay->update();
}

void PlotFrame::setFullView(const PlotRange &x, const PlotRange &y, Qt::Orientations zoomable)
{
    m_fullX = x;
    m_fullY = y;
    m_zoomable = zoomable;
}

void PlotFrame::dataChanged(bool keepView)
{
    if (m_cursor >= itemCount() || (m_cursor >= 0 && !isChoosable(m_cursor))) {
        m_cursor = -1;
    }
    m_hover = -1;
    m_card->hide();
    if (keepView && m_isZoomed) {
        boundView();
    } else {
        resetView();
    }
}

void PlotFrame::replot() { m_canvas->requestReplot(); }

void PlotFrame::layOut()
{
    m_canvas->setFurnished(!isEmpty());
    m_canvas->layOut(); // for the size and the axes that it has now
    // What is prepared (labels, ticks) is for the layout before; a new layout needs it anew. Labels
    // move the layout a little themselves, so this must end.
    constexpr int mostPasses = 3;
    QRectF before;
    for (int pass = 0; pass < mostPasses && (pass == 0 || before != m_canvas->plotRect()); ++pass) {
        before = m_canvas->plotRect();
        prepareReplot();
        m_canvas->layOut();
    }
}

void PlotFrame::setCursor(int item)
{
    m_cursor = item;
    showCursor();
    m_overlay->update();
    updateAccessibleText();
}

void PlotFrame::showCursor()
{
    if (m_cursor < 0) {
        m_card->hide();
        return;
    }
    QRectF rect = itemRect(m_cursor);
    const QRectF plot = m_canvas->plotRect();
    if (!plot.intersects(rect) && !rect.isNull()) {
        pan(plot.center() - rect.center());
        rect = itemRect(m_cursor);
    }
    const QPointF place = m_canvas->mapTo(this, rect.center().toPoint());
    m_card->showReading(reading(m_cursor), clickHintOf(m_cursor), place);
}

QString PlotFrame::readOut() const { return m_cursor < 0 ? QString() : reading(m_cursor).text(); }

void PlotFrame::updateAccessibleText()
{
    setAccessibleDescription(m_cursor < 0 ? tr("Arrow keys read the values out.") : readOut());
}

void PlotFrame::setHover(int item, const QPointF &pixel)
{
    if (item >= 0) {
        const QPointF place = m_canvas->mapTo(this, pixel.toPoint());
        m_card->showReading(reading(item), clickHintOf(item), place);
    } else {
        m_card->hide();
    }
    const bool isLive = item >= 0 && isChoosable(item);
    m_canvas->setCursor(isLive ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (item != m_hover) {
        m_hover = item;
        m_overlay->update();
        Q_EMIT hovered(item < 0 ? QString() : itemId(item));
    }
}

void PlotFrame::leave() { setHover(-1, {}); }

double PlotFrame::reach() const { return em(this, 1); }

void PlotFrame::applyTheme()
{
    m_title->setFont(scaledFont(this, 1, QFont::DemiBold));
    m_context->setFont(scaledFont(this, 0.85));
    m_canvas->applyTheme();
    keepHeight();
    replot();
}

void PlotFrame::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyTheme();
    }
}

void PlotFrame::keyPressEvent(QKeyEvent *event)
{
    if (!m_interaction->pressKey(*event)) {
        QWidget::keyPressEvent(event);
    }
}

void PlotFrame::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    updateAccessibleText();
    m_overlay->update();
    update();
}

void PlotFrame::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    m_card->hide();
    m_overlay->update();
    update();
}

/// The frame of the focus stands in the margin, off what is drawn.
void PlotFrame::paintEvent(QPaintEvent *event)
{
    QWidget::paintEvent(event);
    if (hasFocus()) {
        QPainter painter(this);
        drawFocusFrame(painter, rect(), palette());
    }
}

void PlotFrame::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    keepHeight();
    layout()->activate();
    m_overlay->setGeometry(m_canvas->rect());
}

} // namespace bitprism
