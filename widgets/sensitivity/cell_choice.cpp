// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sensitivity/cell_choice.h"

#include "widgets/recipe/recipe_document.h"
#include "widgets/sensitivity/sensitivity_metric.h"
#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace bitprism {

CellChoice::CellChoice(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_text(new QLabel(this))
    , m_button(new QPushButton(this))
{
    m_text->setTextFormat(Qt::PlainText);
    m_text->setForegroundRole(QPalette::PlaceholderText);
    m_text->setWordWrap(true);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_text, 1);
    layout->addWidget(m_button);
    connect(m_button, &QPushButton::clicked, this, &CellChoice::toggle);
    connect(context.recipe, &RecipeDocument::changed, this, &CellChoice::refresh);
    refresh();
}

void CellChoice::setCell(const QString &layer, int bits)
{
    m_layer = layer;
    m_bits = bits;
    refresh();
}

void CellChoice::setWidths(const RecipeWidths &widths)
{
    m_widths = widths;
    refresh();
}

bool CellChoice::isSet() const { return m_context.recipe->layerBits(m_layer) == m_bits; }

bool CellChoice::hasThem() const
{
    const auto now = m_widths.find(m_layer.toStdString());
    return !isSet() && now != m_widths.end() && now->second == m_bits;
}

void CellChoice::set()
{
    if (!m_layer.isEmpty() && m_bits > 0 && !isSet() && !hasThem()) {
        m_context.recipe->setLayerBits(m_layer, m_bits);
    }
}

void CellChoice::toggle()
{
    if (isSet()) {
        m_context.recipe->clearLayerBits(m_layer);
    } else {
        set();
    }
}

void CellChoice::refresh()
{
    const bool isChosen = !m_layer.isEmpty() && m_bits > 0;
    m_button->setEnabled(isChosen && !hasThem());
    if (!isChosen) {
        m_text->setText(tr("Click a cell to choose a layer and set its bits in the recipe."));
        m_button->setText(tr("Set to the cell's bits"));
        m_button->setToolTip(m_text->text()); // the palette says it too
        return;
    }
    const auto now = m_widths.find(m_layer.toStdString());
    m_text->setText(
        isSet() ? tr("%1 has %2 in the recipe, set for this layer.").arg(m_layer, bitsText(m_bits))
            : now == m_widths.end()
            ? tr("%1 is not quantized by the recipe.").arg(m_layer)
            : tr("%1 has %2 in the recipe.").arg(m_layer, bitsText(now->second)));
    m_button->setText(isSet() ? tr("Back to the recipe's own bits")
                              : tr("Set to %1").arg(bitsText(m_bits)));
    m_button->setToolTip(hasThem() ? m_text->text() : QString());
}

} // namespace bitprism
