// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/layout_fence.h"

#include <QEvent>

namespace bitprism {

LayoutFence::LayoutFence(QWidget *content, QWidget *parent)
    : QWidget(parent)
    , m_content(content)
{
    m_content->setParent(this);
    setFocusProxy(m_content->focusPolicy() == Qt::NoFocus ? nullptr : m_content);
    readHints();
}

void LayoutFence::setModest(Qt::Orientations directions)
{
    m_modest = directions;
    readHints();
}

void LayoutFence::readHints()
{
    constexpr Qt::Orientations all = Qt::Horizontal | Qt::Vertical;
    QSize hint;
    QSize minimum;
    if (m_modest != all) { // of a deep content they cost milliseconds
        hint = m_content->sizeHint();
        minimum = m_content->minimumSizeHint().expandedTo(m_content->minimumSize());
    }
    if (m_modest.testFlag(Qt::Horizontal)) {
        hint.setWidth(0);
        minimum.setWidth(0);
    }
    if (m_modest.testFlag(Qt::Vertical)) {
        hint.setHeight(0);
        minimum.setHeight(0);
    }
    if (hint != m_sizeHint || minimum != m_minimum) {
        m_sizeHint = hint;
        m_minimum = minimum;
        updateGeometry();
    }
}

bool LayoutFence::event(QEvent *event)
{
    // Sent here because the fence has no layout of its own.
    if (event->type() == QEvent::LayoutRequest) {
        readHints();
    }
    return QWidget::event(event);
}

void LayoutFence::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_content->setGeometry(rect());
}

void LayoutFence::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    readHints(); // a hidden fence is not told
}

} // namespace bitprism
