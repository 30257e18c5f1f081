// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/sensitivity/sensitivity_charts.h"
#include "widgets/shared/view.h"

#include <QString>
#include <QWidget>

class QLabel;
class QPushButton;

namespace bitprism {

/// What the recipe does with the chosen cell's layer, and a button that sets its bits.
class CellChoice : public QWidget
{
    Q_OBJECT

public:
    CellChoice(ViewContext &context, QWidget *parent = nullptr);

    /// No bits: a layer alone, or nothing, is chosen.
    void setCell(const QString &layer, int bits);
    const QString &layer() const { return m_layer; }
    int bits() const { return m_bits; }
    /// Widths of the layers in the recipe.
    void setWidths(const RecipeWidths &widths);
    /// Sets the cell's bits in the recipe; nothing happens where the layer has them already.
    void set();

private:
    void refresh();
    bool isSet() const;
    /// The layer has the cell's bits by the recipe's other rules.
    bool hasThem() const;
    /// The button: sets the bits, or takes them back.
    void toggle();

    ViewContext &m_context;
    QLabel *m_text;
    QPushButton *m_button;
    RecipeWidths m_widths;
    QString m_layer;
    int m_bits = 0;
};

} // namespace bitprism
