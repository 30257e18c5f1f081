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
};

/// The commands that fit what was typed, the best first: every word must occur, at the beginning of
/// a word weighs most.
class CommandList : public QAbstractListModel
{
    Q_OBJECT

public:
    static constexpr int hintRole = Qt::UserRole;

    using QAbstractListModel::QAbstractListModel;

    void setCommands(std::vector<Command> commands);
    void setFilter(const QString &text);
    void run(const QModelIndex &index) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    std::vector<Command> m_commands;
    std::vector<std::size_t> m_shown;
};

/// How well `title` fits `text`: 0: not at all.
int commandScore(const QString &title, const QString &text);

} // namespace bitprism
