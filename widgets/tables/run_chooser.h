// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

class QComboBox;
class QLabel;
class QMenu;
class QToolButton;

namespace bitprism {

class Project;

/// Chooses the runs that a view compares or reports: the first, and a menu for the others.
class RunChooser : public QWidget
{
    Q_OBJECT

public:
    /// `firstLabel` says what the first run is: "Reference". `project` outlives the chooser.
    RunChooser(Project &project, const QString &firstLabel, QWidget *parent = nullptr);

    /// Only runs that can be compared, or all kinds.
    void setAllKinds(bool all);
    /// Shows a choice without telling.
    void setChosen(const QStringList &ids);
    const QStringList &chosen() const { return m_chosen; }

    QComboBox &firstBox() { return *m_first; }
    QMenu &othersMenu() { return *m_menu; }

Q_SIGNALS:
    void chosenChanged(const QStringList &ids);

private:
    void fillFirst();
    void fillMenu();
    void toggle(const QString &id, bool chosen);
    void takeFirst(int index);
    void change(const QStringList &ids);
    QStringList offered() const;
    QString nameOf(const QString &id) const;

    Project &m_project;
    QComboBox *m_first;
    QToolButton *m_others;
    QMenu *m_menu;
    QStringList m_chosen;
    bool m_allKinds = false;
};

} // namespace bitprism
