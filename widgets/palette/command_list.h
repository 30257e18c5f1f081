// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QString>

#include <functional>
#include <vector>

namespace bitprism {

/// Something that the palette can do.
struct Command
{
    QString title; ///< "File: open a model"
    QString hint; ///< a shortcut, or what kind of thing it is
    std::function<void()> run;
    QString reason = {}; ///< why it cannot be done now; empty: it can
};

/// The commands that fit what was typed, the best first: every word must occur, at the beginning of
/// a word weighs most. What cannot be done now is greyed, and its hint says why.
class CommandList : public QAbstractListModel
{
    Q_OBJECT

public:
    static constexpr int hintRole = Qt::UserRole;

    using QAbstractListModel::QAbstractListModel;

    void setCommands(std::vector<Command> commands);
    void setFilter(const QString &text);
    /// Does nothing where the command cannot be done now.
    void run(const QModelIndex &index) const;
    /// The best of those that can be done now; invalid: none.
    QModelIndex firstPossible() const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

private:
    const Command &at(const QModelIndex &index) const;

    std::vector<Command> m_commands;
    std::vector<std::size_t> m_shown;
};

/// How well `title` fits `text`: 0: not at all.
int commandScore(const QString &title, const QString &text);

} // namespace bitprism
