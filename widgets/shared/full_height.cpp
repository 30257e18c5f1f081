// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/full_height.h"

#include <QEvent>
#include <QLayout>
#include <QWidget>

namespace bitprism {

namespace {

class FullHeight : public QObject
{
public:
    explicit FullHeight(QWidget *box)
        : QObject(box)
        , m_box(box)
    {
    }
    bool eventFilter(QObject *, QEvent *event) override
    {
        switch (event->type()) {
        case QEvent::LayoutRequest:
        case QEvent::Resize:
        case QEvent::Show:
            fit();
            break;
        default:
            break;
        }
        return false;
    }

private:
    void fit() const
    {
        QLayout *layout = m_box->layout();
        layout->activate(); // else layouts inside it answer from before the request
        const int needed = layout->hasHeightForWidth() ? layout->totalHeightForWidth(m_box->width())
                                                       : layout->totalMinimumSize().height();
        if (m_box->minimumHeight() != needed) {
            m_box->setMinimumHeight(needed);
        }
    }

    QWidget *m_box;
};

} // namespace

void keepFullHeight(QWidget *box) { box->installEventFilter(new FullHeight(box)); }

} // namespace bitprism
