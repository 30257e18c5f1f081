// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/quiet_wheel.h"

#include <QEvent>
#include <QKeyEvent>
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

class LeftUndo : public QObject
{
public:
    using QObject::QObject;
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() != QEvent::ShortcutOverride) {
            return false;
        }
        auto *key = static_cast<QKeyEvent *>(event);
        const bool isUndo = key->matches(QKeySequence::Undo) || key->matches(QKeySequence::Redo)
            || key->keyCombination() == QKeyCombination(Qt::ControlModifier, Qt::Key_Y);
        if (isUndo) {
            event->ignore(); // now it is a shortcut
        }
        return isUndo;
    }
};

} // namespace

void keepWheel(QWidget *field)
{
    field->setFocusPolicy(Qt::StrongFocus);
    field->installEventFilter(new QuietWheel(field));
}

void leaveUndo(QWidget *field) { field->installEventFilter(new LeftUndo(field)); }

} // namespace bitprism
