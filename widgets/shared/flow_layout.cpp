// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/flow_layout.h"

#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QWidget>

namespace bitprism {

FlowLayout::FlowLayout(int gap, QWidget *parent)
    : QLayout(parent)
    , m_gap(gap)
{
    setContentsMargins({});
}

FlowLayout::~FlowLayout() { qDeleteAll(m_items); }

QLabel *FlowLayout::addLabelled(const QString &text, QWidget *field, QWidget *after)
{
    auto *group = new QWidget(parentWidget());
    auto *line = new QHBoxLayout(group);
    line->setContentsMargins({});
    line->setSpacing(space(group, 2));
    auto *label = new QLabel(text, group);
    label->setBuddy(field);
    line->addWidget(label);
    line->addWidget(field);
    if (after != nullptr) {
        line->addWidget(after);
    }
    addWidget(group);
    return label;
}

QLayoutItem *FlowLayout::takeAt(int index)
{
    return index >= 0 && index < m_items.size() ? m_items.takeAt(index) : nullptr;
}

void FlowLayout::setGeometry(const QRect &rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

QSize FlowLayout::sizeHint() const
{
    QSize size(0, 0);
    for (const QLayoutItem *item : m_items) {
        if (!item->isEmpty()) {
            const QSize wanted = item->sizeHint();
            size = {size.width() + wanted.width() + (size.width() > 0 ? m_gap : 0),
                    qMax(size.height(), wanted.height())};
        }
    }
    return size;
}

QSize FlowLayout::minimumSize() const
{
    QSize size(0, 0);
    for (const QLayoutItem *item : m_items) {
        size = item->isEmpty() ? size : size.expandedTo(item->minimumSize());
    }
    return size;
}

int FlowLayout::arrange(const QRect &rect, bool moves) const
{
    int y = rect.y();
    int first = 0;
    while (first < count()) {
        int end = first;
        int width = 0;
        int height = 0;
        for (; end < count(); ++end) {
            if (m_items[end]->isEmpty()) {
                continue;
            }
            const QSize wanted = m_items[end]->sizeHint();
            const int next = width + (width > 0 ? m_gap : 0) + wanted.width();
            if (width > 0 && next > rect.width()) {
                break;
            }
            width = next;
            height = qMax(height, wanted.height());
        }
        if (moves) {
            placeLine(first, end, QRect(rect.x(), y, rect.width(), height));
        }
        y += height + (height > 0 && end < count() ? m_gap / 2 : 0);
        first = end;
    }
    return y - rect.y();
}

void FlowLayout::placeLine(int first, int end, const QRect &line) const
{
    int left = line.left();
    int right = line.right() + 1;
    const auto place = [&line](QLayoutItem *item, int x, int width) {
        const int height = item->sizeHint().height();
        item->setGeometry(QRect(x, line.top() + (line.height() - height) / 2, width, height));
    };
    const int firstRight = m_firstRight < 0 ? end : qBound(first, m_firstRight, end);
    for (int i = end; i-- > firstRight;) {
        if (!m_items[i]->isEmpty()) {
            const int width = qMin(m_items[i]->sizeHint().width(), line.width());
            right -= width;
            place(m_items[i], right, width);
            right -= m_gap;
        }
    }
    for (int i = first; i < firstRight; ++i) {
        if (!m_items[i]->isEmpty()) {
            const int width = qMin(m_items[i]->sizeHint().width(), line.width());
            place(m_items[i], left, width);
            left += width + m_gap;
        }
    }
}

} // namespace bitprism
