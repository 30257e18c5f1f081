// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/window_style.h"

#include "widgets/shared/theme.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

namespace bitprism {

namespace {

constexpr double corner = 2; // as the style's own
constexpr double focusWidth = 1.5;

void drawOutline(QPainter &painter, const QRectF &rect, const QColor &colour, double width)
{
    const double inside = width / 2;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, width));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(inside, inside, -inside, -inside), corner, corner);
    painter.restore();
}

bool isFocused(const QStyleOption &option)
{
    return option.state.testFlag(QStyle::State_HasFocus)
        && option.state.testFlag(QStyle::State_Enabled);
}

bool isFocusedByKey(const QStyleOption &option)
{
    return isFocused(option) && option.state.testFlag(QStyle::State_KeyboardFocusChange);
}

} // namespace

void drawFocusFrame(QPainter &painter, const QRectF &rect, const QPalette &palette)
{
    drawOutline(painter, rect, Theme::of(palette).accent, focusWidth);
}

WindowStyle::WindowStyle()
    : QProxyStyle(
        QStyleFactory::create("Fusion")) // the one style that obeys the palette everywhere
{
}

void WindowStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option,
                                QPainter *painter, const QWidget *widget) const
{
    if (element == PE_FrameFocusRect) {
        if (option->state.testFlag(State_KeyboardFocusChange)) {
            drawFocusFrame(*painter, option->rect, option->palette);
        }
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
    if (!option->state.testFlag(State_Enabled)) {
        return;
    }
    const Theme theme = Theme::of(option->palette);
    bool hasFocus = false;
    QColor quiet; // without the focus, where the style's own outline is lost in the dark
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        hasFocus = isFocusedByKey(*option);
        quiet = theme.mutedText;
        break;
    case PE_PanelButtonCommand:
        if (isFocusedByKey(*option)) {
            drawFocusFrame(*painter, option->rect, option->palette);
        }
        return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: {
        const auto *frame = qstyleoption_cast<const QStyleOptionFrame *>(option);
        if (frame == nullptr || frame->lineWidth <= 0) {
            return;
        }
        hasFocus = isFocused(*option);
        quiet = theme.border;
        break;
    }
    default:
        return;
    }
    if (hasFocus) {
        drawFocusFrame(*painter, option->rect, option->palette);
    } else if (theme.isDark) {
        drawOutline(*painter, option->rect, quiet, 1);
    }
}

void WindowStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                                     QPainter *painter, const QWidget *widget) const
{
    QProxyStyle::drawComplexControl(control, option, painter, widget);
    if ((control == CC_ComboBox && isFocusedByKey(*option))
        || (control == CC_Slider && isFocusedByKey(*option))
        || (control == CC_SpinBox && isFocused(*option))) {
        drawFocusFrame(*painter, option->rect, option->palette);
    }
}

void WindowStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                              const QWidget *widget) const
{
    QProxyStyle::drawControl(element, option, painter, widget);
    if (!isFocusedByKey(*option)) {
        return;
    }
    if (element == CE_TabBarTabLabel) {
        drawFocusFrame(*painter, option->rect.adjusted(3, 3, -3, -3), option->palette);
    }
    const auto *button = qstyleoption_cast<const QStyleOptionButton *>(option);
    const QStyleOptionButton::ButtonFeatures bare
        = QStyleOptionButton::Flat | QStyleOptionButton::CommandLinkButton;
    if (element == CE_PushButton && button != nullptr && (button->features & bare) != 0) {
        drawFocusFrame(*painter, option->rect, option->palette); // there is no panel to do so
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
