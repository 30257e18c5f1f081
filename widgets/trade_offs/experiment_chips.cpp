// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/experiment_chips.h"

#include "widgets/shared/metrics.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>

namespace bitprism {

ExperimentChips::ExperimentChips(QWidget *parent)
    : QWidget(parent)
    , m_line(new QHBoxLayout(this))
{
    m_line->setContentsMargins({});
    m_line->setSpacing(space(this, 1));
}

void ExperimentChips::setExperiments(const QStringList &names)
{
    if (names == m_names && m_group != nullptr) {
        return;
    }
    m_names = names;
    while (QLayoutItem *item = m_line->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    if (!names.contains(m_chosen)) {
        m_chosen.clear();
    }
    delete m_group;
    m_group = new QButtonGroup(this);
    addChip({});
    for (const QString &name : names) {
        addChip(name);
    }
}

void ExperimentChips::addChip(const QString &name)
{
    auto *chip = new QToolButton(this);
    chip->setText(name.isEmpty() ? tr("All experiments") : name);
    chip->setAccessibleName(name.isEmpty() ? tr("Show the runs of all experiments")
                                           : tr("Show the runs of experiment %1").arg(name));
    chip->setCheckable(true);
    connect(chip, &QToolButton::toggled, chip, [chip](bool isChosen) {
        QFont font = chip->font(); // its colour alone says little in the dark
        font.setWeight(isChosen ? QFont::DemiBold : QFont::Normal);
        chip->setFont(font);
    });
    chip->setChecked(name == m_chosen);
    m_group->addButton(chip);
    m_line->addWidget(chip);
    connect(chip, &QToolButton::clicked, this, [this, name] {
        m_chosen = name;
        Q_EMIT chosenChanged();
    });
}

} // namespace bitprism
