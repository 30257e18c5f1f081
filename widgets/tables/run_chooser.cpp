// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/run_chooser.h"

#include "widgets/jobs/run_choice.h"
#include "widgets/shared/metrics.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

namespace bitprism {

namespace {

constexpr qsizetype mostOffered = 40; // a menu of ten thousand runs helps nobody

} // namespace

RunChooser::RunChooser(Project &project, const QString &firstLabel, QWidget *parent)
    : QWidget(parent)
    , m_project(project)
    , m_first(new QComboBox(this))
    , m_others(new QToolButton(this))
    , m_menu(new QMenu(this))
{
    auto *label = new QLabel(firstLabel, this);
    label->setBuddy(m_first);
    m_first->setAccessibleName(firstLabel);
    m_first->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_first->setMinimumContentsLength(12);
    m_others->setPopupMode(QToolButton::InstantPopup);
    m_others->setMenu(m_menu);
    m_others->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(label);
    layout->addWidget(m_first);
    layout->addWidget(m_others);
    layout->addStretch(1);
    connect(m_menu, &QMenu::aboutToShow, this, &RunChooser::fillMenu);
    connect(m_first, &QComboBox::activated, this, &RunChooser::takeFirst);
    connect(&m_project, &Project::runsChanged, this, &RunChooser::fillFirst);
    fillFirst();
}

void RunChooser::setAllKinds(bool all)
{
    m_allKinds = all;
    fillFirst();
}

QStringList RunChooser::offered() const
{
    // In the store's order, whatever is chosen: a list that jumps cannot be walked by keys.
    QStringList ids;
    if (const RunListPtr &runs = m_project.runs()) {
        for (const store::RunRecord &run : *runs) {
            if (ids.size() == mostOffered) {
                break;
            }
            if (m_allKinds || isComparable(run)) {
                ids.append(QString::fromStdString(run.id));
            }
        }
    }
    for (const QString &id : m_chosen) {
        if (!ids.contains(id)) {
            ids.append(id);
        }
    }
    return ids;
}

QString RunChooser::nameOf(const QString &id) const
{
    const store::RunRecord *run = m_project.findRun(id);
    return run == nullptr ? id : QString::fromStdString(run->name);
}

void RunChooser::setChosen(const QStringList &ids)
{
    m_chosen = ids;
    fillFirst();
}

void RunChooser::fillFirst()
{
    const QSignalBlocker quiet(m_first);
    m_first->clear();
    for (const QString &id : offered()) {
        m_first->addItem(nameOf(id), id);
    }
    m_first->setCurrentIndex(m_chosen.isEmpty() ? -1 : m_first->findData(m_chosen.front()));
    const int others = qMax(0, static_cast<int>(m_chosen.size()) - 1);
    //: a button: how many runs are shown beside the first one; its menu chooses them
    m_others->setText(others == 0 ? tr("Add runs") : tr("with %n more", nullptr, others));
    m_others->setAccessibleName(m_others->text());
}

void RunChooser::fillMenu()
{
    m_menu->clear();
    for (const QString &id : offered()) {
        if (!m_chosen.isEmpty() && id == m_chosen.front()) {
            continue;
        }
        QAction *action = m_menu->addAction(nameOf(id));
        action->setCheckable(true);
        action->setChecked(m_chosen.contains(id));
        connect(action, &QAction::toggled, this, [this, id](bool on) { toggle(id, on); });
    }
    if (m_menu->isEmpty()) {
        m_menu->addAction(tr("There is no other run"))->setEnabled(false);
    }
}

void RunChooser::toggle(const QString &id, bool chosen)
{
    QStringList ids = m_chosen;
    ids.removeAll(id);
    if (chosen) {
        ids.append(id);
    }
    change(ids);
}

void RunChooser::takeFirst(int index)
{
    QStringList ids = m_chosen;
    const QString id = m_first->itemData(index).toString();
    ids.removeAll(id);
    ids.prepend(id);
    change(ids);
}

void RunChooser::change(const QStringList &ids)
{
    if (ids != m_chosen) {
        setChosen(ids);
        Q_EMIT chosenChanged(ids);
    }
}

} // namespace bitprism
