// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QButtonGroup;
class QHBoxLayout;

namespace bitprism {

/// A row of buttons of which one is down: all experiments, or one of them.
class ExperimentChips : public QWidget
{
    Q_OBJECT

public:
    explicit ExperimentChips(QWidget *parent);

    /// What is down stays down where it is still there.
    void setExperiments(const QStringList &names);
    /// Empty: all.
    const QString &chosen() const { return m_chosen; }

Q_SIGNALS:
    void chosenChanged();

private:
    void addChip(const QString &name);

    QStringList m_names;
    QString m_chosen;
    QHBoxLayout *m_line;
    QButtonGroup *m_group = nullptr;
};

} // namespace bitprism
