// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/palette/command_list.h"

#include <QDialog>

class QLabel;
class QLineEdit;
class QListView;

namespace bitprism {

/// One field that reaches everything: actions of the menus, views, layers, runs.
class CommandPalette : public QDialog
{
    Q_OBJECT

public:
    explicit CommandPalette(std::vector<Command> commands, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *object, QEvent *event) override;

private:
    /// Nothing happens where it cannot be done now: the text can still be changed.
    void run(const QModelIndex &command);
    /// Says so where no command fits `text`.
    void showNothing(const QString &text);

    CommandList *m_commands;
    QLineEdit *m_text;
    QListView *m_list;
    QLabel *m_nothing;
};

} // namespace bitprism
