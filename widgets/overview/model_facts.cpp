// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/model_facts.h"

#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QFormLayout>
#include <QLabel>

namespace bitprism {

ModelFacts::ModelFacts(QWidget *parent)
    : QWidget(parent)
    , m_form(new QFormLayout(this))
{
    m_form->setContentsMargins({});
    m_form->setHorizontalSpacing(space(this, 6));
    m_form->setVerticalSpacing(space(this, 2));
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->setLabelAlignment(Qt::AlignLeft);
    m_form->setFormAlignment(Qt::AlignLeft | Qt::AlignTop);
}

void ModelFacts::showModel(const ModelInfo &info)
{
    while (m_form->rowCount() > 0) {
        m_form->removeRow(0);
    }
    add(tr("Family"), QString::fromStdString(info.family));
    add(tr("Blocks"), formatCount(info.blocks));
    if (info.hiddenSize > 0) {
        add(tr("Hidden size"), formatCount(info.hiddenSize));
    }
    if (info.vocabularySize > 0) {
        add(tr("Vocabulary"), tr("%1 tokens").arg(formatCount(info.vocabularySize)));
    }
    if (info.contextLength > 0) {
        add(tr("Context"), tr("%1 tokens").arg(formatCount(info.contextLength)));
    }
    add(tr("Tokenizer"),
        info.tokenizer.empty() ? tr("None found") : QString::fromStdString(info.tokenizer));
    add(tr("Head"), info.hasTiedHead ? tr("Shares the embedding's weights") : tr("Its own"));
    add(tr("Can be run"),
        info.runnable ? tr("Yes") : tr("No: %1").arg(modelProblemText(info.problem)));
}

void ModelFacts::add(const QString &name, const QString &value)
{
    auto *label = new QLabel(name, this);
    label->setForegroundRole(QPalette::PlaceholderText);
    auto *text = new QLabel(value, this);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_form->addRow(label, text);
}

} // namespace bitprism
