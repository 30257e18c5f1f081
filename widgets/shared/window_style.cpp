// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/window_style.h"

#include "widgets/shared/theme.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

namespace bitprism {

WindowStyle::WindowStyle()
    : QProxyStyle(
        QStyleFactory::create("Fusion")) // the one style that obeys the palette everywhere
{
}

void WindowStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option,
                                QPainter *painter, const QWidget *widget) const
{
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    const Theme theme = Theme::of(option->palette);
    const bool hasFocus = option->state.testFlag(State_HasFocus);
    if (!theme.isDark || hasFocus || !option->state.testFlag(State_Enabled)) {
        return; // the style shows the focus itself
    }
    QColor outline;
    QRectF rect = option->rect;
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        outline = theme.mutedText;
        break;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        outline = frame != nullptr && frame->lineWidth > 0 ? theme.border : QColor();
        break;
    }
    default:
        return;
    }
    if (outline.isValid()) {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(outline);
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
        painter->restore();
    }
}

int WindowStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                           QStyleHintReturn *returned) const
{
    return hint == SH_DialogButtonBox_ButtonsHaveIcons
        ? 0
        : QProxyStyle::styleHint(hint, option, widget, returned);
}

} // namespace bitprism
