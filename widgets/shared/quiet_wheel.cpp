// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/quiet_wheel.h"

#include <QEvent>
#include <QWidget>

namespace bitprism {

namespace {

class QuietWheel : public QObject
{
public:
    using QObject::QObject;
    bool eventFilter(QObject *object, QEvent *event) override
    {
        const auto *widget = qobject_cast<QWidget *>(object);
        if (event->type() == QEvent::Wheel && widget != nullptr && !widget->hasFocus()) {
            event->ignore();
            return true;
        }
        return false;
    }
};

} // namespace

void keepWheel(QWidget *field)
{
    field->setFocusPolicy(Qt::StrongFocus);
    field->installEventFilter(new QuietWheel(field));
}

} // namespace bitprism
