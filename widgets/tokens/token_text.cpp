// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/token_text.h"

#include "widgets/plot/colour_map.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace bitprism {

QString pieceText(const std::string &piece)
{
    QString text = QString::fromStdString(piece);
    text.replace(QLatin1Char('\n'), QStringLiteral("\u21b5"));
    text.replace(QLatin1Char('\t'), QStringLiteral("\u21e5"));
    return text;
}

QColor changeColour(double change, const TokenComparison &comparison, const QPalette &palette)
{
    if (!std::isfinite(change)) {
        return {};
    }
    return ColourMap::diverging(Theme::of(palette))
        .colour(0.5 + 0.5 * std::clamp(change / comparison.usualChange, -1.0, 1.0));
}

TokenText::TokenText(QWidget *parent)
    : QTextEdit(parent)
{
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Text coloured by the change in loss"));
    document()->setDocumentMargin(space(this, 3));
    viewport()->setMouseTracking(true);
}

const ComparedItem *TokenText::item() const
{
    return m_comparison && m_item < m_comparison->items.size() ? &m_comparison->items[m_item]
                                                               : nullptr;
}

int TokenText::pieceCount() const
{
    return item() == nullptr ? 0 : static_cast<int>(item()->pieces.size());
}

void TokenText::setItem(const TokenComparisonPtr &comparison, std::size_t item)
{
    m_comparison = comparison;
    m_item = item;
    m_current = -1;
    fill();
}

QTextCharFormat TokenText::formatOf(int piece) const
{
    const auto place = static_cast<std::size_t>(piece);
    QTextCharFormat format;
    const double change = item()->after[place] - item()->before[place];
    const QColor colour = changeColour(change, *m_comparison, palette());
    if (colour.isValid()) {
        format.setBackground(colour);
        format.setForeground(inkOn(colour));
    } else if (!std::isfinite(item()->after[place])) {
        format.setForeground(palette().color(QPalette::PlaceholderText));
    }
    return format;
}

void TokenText::fill()
{
    m_starts.clear();
    clear();
    QTextBlockFormat lines;
    lines.setLineHeight(140, QTextBlockFormat::ProportionalHeight); // room for the frames
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.setBlockFormat(lines);
    for (int piece = 0; piece < pieceCount(); ++piece) {
        m_starts.push_back(cursor.position());
        QString text = QString::fromStdString(item()->pieces[static_cast<std::size_t>(piece)]);
        text.remove(QLatin1Char('\r'));
        cursor.insertText(text, formatOf(piece));
    }
    m_starts.push_back(cursor.position());
    cursor.endEditBlock();
    moveCursor(QTextCursor::Start);
}

QString TokenText::reading(int piece) const
{
    if (piece < 0 || piece >= pieceCount()) {
        return {};
    }
    const auto place = static_cast<std::size_t>(piece);
    const QString text = pieceText(item()->pieces[place]);
    const float before = item()->before[place];
    const float after = item()->after[place];
    if (!std::isfinite(after)) {
        return tr("\u201c%1\u201d: not scored").arg(text);
    }
    if (!std::isfinite(before)) {
        return tr("\u201c%1\u201d: %2 nats").arg(text, plotNumber(after));
    }
    QString values
        = tr("\u201c%1\u201d: %2 nats before, %3 after, %4")
              .arg(text, plotNumber(before), plotNumber(after), signedPlotNumber(after - before));
    for (std::size_t rank = 0; rank < m_comparison->worst.size(); ++rank) {
        const PlacedPiece &worst = m_comparison->worst[rank];
        if (worst.item == m_item && worst.piece == place) {
            return tr("%1; increase: %2")
                .arg(values,
                     rankText(static_cast<int>(rank) + 1, static_cast<int>(m_comparison->scored)));
        }
    }
    return values;
}

PlotTable TokenText::table() const
{
    PlotTable table;
    table.header
        = {tr("token"), tr("loss before, nats"), tr("loss after, nats"), tr("change, nats")};
    for (int piece = 0; piece < pieceCount(); ++piece) {
        const auto place = static_cast<std::size_t>(piece);
        const double before = item()->before[place];
        const double after = item()->after[place];
        table.rows.push_back({pieceText(item()->pieces[place]), exactNumber(before),
                              exactNumber(after), exactNumber(after - before)});
    }
    return table;
}

int TokenText::pieceAt(const QPoint &place) const
{
    const int position = cursorForPosition(place).position();
    const auto next = std::upper_bound(m_starts.begin(), m_starts.end(), position);
    const int guess = static_cast<int>(next - m_starts.begin()) - 1;
    for (const int piece : {guess, guess - 1, guess + 1}) { // the cursor goes to the nearer edge
        for (const QRect &rect : pieceRects(piece)) {
            if (rect.contains(place)) {
                return piece;
            }
        }
    }
    return -1;
}

std::vector<QRect> TokenText::pieceRects(int piece) const
{
    std::vector<QRect> rects;
    if (piece < 0 || piece >= pieceCount()) {
        return rects;
    }
    const int first = m_starts[static_cast<std::size_t>(piece)];
    const int last = m_starts[static_cast<std::size_t>(piece) + 1];
    QTextCursor cursor(document());
    QRect line;
    for (int position = first; position <= last; ++position) {
        cursor.setPosition(position);
        const QRect edge = cursorRect(cursor);
        if (!line.isNull() && edge.top() != line.top()) {
            rects.push_back(line);
            line = QRect();
        }
        line = line.isNull() ? edge : line.united(edge);
    }
    rects.push_back(line);
    std::erase_if(rects, [](const QRect &rect) { return rect.width() < 2; });
    return rects;
}

void TokenText::setCurrentPiece(int piece)
{
    m_current = piece < pieceCount() ? piece : -1;
    if (m_current >= 0) {
        QTextCursor cursor(document());
        cursor.setPosition(m_starts[static_cast<std::size_t>(m_current)]);
        setTextCursor(cursor);
        ensureCursorVisible();
        setAccessibleDescription(reading(m_current));
        QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&changed);
    }
    viewport()->update();
}

void TokenText::choose(int piece)
{
    setCurrentPiece(std::clamp(piece, 0, std::max(0, pieceCount() - 1)));
    Q_EMIT pieceChosen(m_current);
}

void TokenText::keyPressEvent(QKeyEvent *event)
{
    const bool isPlain = event->modifiers() == Qt::NoModifier;
    const int key = event->key();
    if (isPlain && (key == Qt::Key_Left || key == Qt::Key_Right)) {
        choose(m_current + (key == Qt::Key_Right ? 1 : -1));
    } else if (isPlain && (key == Qt::Key_Home || key == Qt::Key_End)) {
        choose(key == Qt::Key_Home ? 0 : pieceCount() - 1);
    } else {
        QTextEdit::keyPressEvent(event);
    }
}

void TokenText::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu *menu = createStandardContextMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addSeparator();
    menu->addActions(actions());
    menu->popup(event->globalPos());
}

void TokenText::mouseReleaseEvent(QMouseEvent *event)
{
    QTextEdit::mouseReleaseEvent(event);
    const int piece = textCursor().hasSelection() ? -1 : pieceAt(event->position().toPoint());
    if (piece >= 0) {
        choose(piece);
    }
}

bool TokenText::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip) {
        return QTextEdit::viewportEvent(event);
    }
    const auto *help = static_cast<QHelpEvent *>(event);
    const int piece = pieceAt(help->pos());
    if (piece >= 0) {
        QToolTip::showText(help->globalPos(), reading(piece), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

void TokenText::paintEvent(QPaintEvent *event)
{
    QTextEdit::paintEvent(event);
    QPainter painter(viewport());
    painter.setPen(QPen(palette().color(QPalette::Text), qMax(1, space(this, 1) / 2)));
    for (const QRect &rect : pieceRects(m_current)) {
        painter.drawRoundedRect(rect.adjusted(-1, 0, 1, -1), 3, 3);
    }
}

void TokenText::changeEvent(QEvent *event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_comparison) {
        const int current = m_current;
        fill();
        setCurrentPiece(current);
    }
}

} // namespace bitprism
