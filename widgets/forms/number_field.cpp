// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/number_field.h"

#include <QKeyEvent>
#include <QLocale>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr int shownDigits = 6;
constexpr int wheelNotch = 120; // of QWheelEvent::angleDelta
constexpr int linearSteps = 100; // from one end of a range to the other

} // namespace

NumberField::NumberField(QWidget *parent)
    : QLineEdit(parent)
{
    connect(this, &QLineEdit::textEdited, this, &NumberField::valueEdited);
}

void NumberField::setRange(double min, double max, Scale scale, bool isInteger)
{
    m_min = min;
    m_max = max;
    m_scale = scale;
    m_isInteger = isInteger;
}

void NumberField::setValue(double value)
{
    // What is being typed ("0.", "1e-") stays as long as it means the same.
    if (!hasFocus() || this->value() != value) {
        setText(textOf(value));
    }
}

std::optional<double> NumberField::value() const
{
    bool isNumber = false;
    double value = locale().toDouble(text().trimmed(), &isNumber);
    if (!isNumber) {
        value = text().trimmed().toDouble(&isNumber); // as in files: 1e-3
    }
    if (!isNumber || value < m_min || value > m_max
        || (m_isInteger && value != std::round(value))) {
        return std::nullopt;
    }
    return value;
}

QString NumberField::problem() const
{
    if (value()) {
        return {};
    }
    if (std::isinf(m_min) || std::isinf(m_max)) {
        return m_isInteger ? tr("A whole number is needed.") : tr("A number is needed.");
    }
    return m_isInteger
        ? tr("A whole number from %1 to %2 is needed.").arg(textOf(m_min), textOf(m_max))
        : tr("A number from %1 to %2 is needed.").arg(textOf(m_min), textOf(m_max));
}

void NumberField::step(int steps)
{
    const std::optional<double> now = value();
    if (!now) {
        return;
    }
    const double next = std::clamp(stepped(*now, steps), m_min, m_max);
    if (next != *now) {
        setText(textOf(next));
        Q_EMIT valueEdited();
    }
}

double NumberField::stepped(double value, int steps) const
{
    if (m_isInteger) {
        return value + steps;
    }
    if (m_scale == Scale::Logarithmic) {
        // Four even steps to a decade, on a round grid.
        return std::pow(10, (std::round(4 * std::log10(value)) + steps) / 4);
    }
    const double span = std::isfinite(m_max - m_min) ? m_max - m_min : 10 * std::abs(value) + 1;
    const double width = std::pow(10, std::floor(std::log10(span / linearSteps) + 0.5));
    return (std::round(value / width) + steps) * width;
}

QString NumberField::textOf(double value) const
{
    QLocale plain = locale();
    plain.setNumberOptions(QLocale::OmitGroupSeparator);
    return m_isInteger ? plain.toString(value, 'f', 0) : plain.toString(value, 'g', shownDigits);
}

void NumberField::keyPressEvent(QKeyEvent *event)
{
    const int page = 10; // steps of Page Up and Page Down
    switch (event->key()) {
    case Qt::Key_Up:
        return step(1);
    case Qt::Key_Down:
        return step(-1);
    case Qt::Key_PageUp:
        return step(page);
    case Qt::Key_PageDown:
        return step(-page);
    default:
        return QLineEdit::keyPressEvent(event);
    }
}

void NumberField::wheelEvent(QWheelEvent *event)
{
    if (hasFocus()) { // else the page scrolls
        step(event->angleDelta().y() / wheelNotch);
        event->accept();
    } else {
        event->ignore();
    }
}

} // namespace bitprism
