// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/table_header.h"

#include <QStyle>
#include <QStyleOptionHeader>
#include <QTextBoundaryFinder>

#include <algorithm>

namespace bitprism {

namespace {

/// Where the text may go on in the next line, without its end.
QList<int> breaksOf(const QString &text)
{
    QList<int> places;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Line, text);
    for (qsizetype place = finder.toNextBoundary(); place > 0 && place < text.size();
         place = finder.toNextBoundary()) {
        places.append(static_cast<int>(place));
    }
    return places;
}

int widthOf(const QFontMetrics &metrics, const QString &text)
{
    return metrics.horizontalAdvance(text.trimmed());
}

/// One line where it fits, else two.
QString fittingHeading(const QString &text, const QFontMetrics &metrics, int room)
{
    if (widthOf(metrics, text) <= room) {
        return text;
    }
    int end = 0; // of the longest first line
    for (const int place : breaksOf(text)) {
        end = widthOf(metrics, text.left(place)) <= room ? place : end;
    }
    if (end == 0) {
        return metrics.elidedText(text, Qt::ElideRight, room);
    }
    return text.left(end).trimmed() + '\n'
        + metrics.elidedText(text.mid(end).trimmed(), Qt::ElideRight, room);
}

} // namespace

TableHeader::TableHeader(QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setHighlightSections(false);
    setSortIndicatorClearable(true);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setResizeContentsPrecision(100); // not all of ten thousand rows
}

QString TableHeader::titleOf(int section) const
{
    return model() == nullptr ? QString() : model()->headerData(section, Qt::Horizontal).toString();
}

int TableHeader::roomIn(int section, int width) const
{
    const int mark = sortIndicatorSection() == section
        ? style()->pixelMetric(QStyle::PM_HeaderMarkSize, nullptr, this)
        : 0;
    return width - 2 * style()->pixelMetric(QStyle::PM_HeaderMargin, nullptr, this) - mark;
}

int TableHeader::leastWidth(int section, int most) const
{
    const QString text = titleOf(section);
    const QFontMetrics metrics = fontMetrics();
    int least = widthOf(metrics, text);
    for (const int place : breaksOf(text)) {
        least = std::min(
            least, std::max(widthOf(metrics, text.left(place)), widthOf(metrics, text.mid(place))));
    }
    return std::min(least - roomIn(section, 0), most);
}

QSize TableHeader::sizeHint() const
{
    QSize size = QHeaderView::sizeHint();
    for (int section = 0; section < count(); ++section) {
        if (!isSectionHidden(section)
            && fittingHeading(titleOf(section), fontMetrics(),
                              roomIn(section, sectionSize(section)))
                   .contains('\n')) {
            size.rheight() += fontMetrics().lineSpacing();
            break;
        }
    }
    return size;
}

void TableHeader::initStyleOptionForIndex(QStyleOptionHeader *option, int section) const
{
    QHeaderView::initStyleOptionForIndex(option, section);
    option->text
        = fittingHeading(option->text, fontMetrics(), roomIn(section, sectionSize(section)));
}

} // namespace bitprism
