// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/palette/command_list.h"

#include <algorithm>
#include <utility>

namespace bitprism {

namespace {

constexpr int wordStart = 4;
constexpr int inside = 1;
constexpr std::size_t mostShown = 200; // nobody reads further; typing a letter more is quicker

} // namespace

int commandScore(const QString &title, const QString &text)
{
    int score = inside;
    for (const QString &word : text.split(' ', Qt::SkipEmptyParts)) {
        const qsizetype place = title.indexOf(word, 0, Qt::CaseInsensitive);
        if (place < 0) {
            return 0;
        }
        const bool startsWord = place == 0 || !title.at(place - 1).isLetterOrNumber();
        score += startsWord ? wordStart : inside;
    }
    return score;
}

void CommandList::setCommands(std::vector<Command> commands)
{
    beginResetModel();
    m_commands = std::move(commands);
    m_shown.clear();
    endResetModel();
    setFilter({});
}

void CommandList::setFilter(const QString &text)
{
    std::vector<std::pair<int, std::size_t>> scored;
    for (std::size_t i = 0; i < m_commands.size(); ++i) {
        const int score = commandScore(m_commands[i].title, text);
        if (score > 0) {
            scored.emplace_back(score, i);
        }
    }
    const auto isPossible
        = [this](std::size_t place) { return m_commands[place].reason.isEmpty(); };
    std::stable_sort(scored.begin(), scored.end(), [&](const auto &a, const auto &b) {
        return std::pair(a.first, isPossible(a.second)) > std::pair(b.first, isPossible(b.second));
    });
    scored.resize(std::min(scored.size(), mostShown));
    beginResetModel();
    m_shown.clear();
    for (const auto &[score, place] : scored) {
        m_shown.push_back(place);
    }
    endResetModel();
}

void CommandList::run(const QModelIndex &index) const
{
    if (index.isValid() && at(index).reason.isEmpty()) {
        at(index).run();
    }
}

const Command &CommandList::at(const QModelIndex &index) const
{
    return m_commands[m_shown[static_cast<std::size_t>(index.row())]];
}

QModelIndex CommandList::firstPossible() const
{
    const auto found = std::find_if(m_shown.begin(), m_shown.end(), [this](std::size_t place) {
        return m_commands[place].reason.isEmpty();
    });
    return found == m_shown.end() ? QModelIndex()
                                  : index(static_cast<int>(found - m_shown.begin()));
}

Qt::ItemFlags CommandList::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags all = QAbstractListModel::flags(index); // none of an invalid index
    return index.isValid() && !at(index).reason.isEmpty() ? all & ~Qt::ItemIsEnabled : all;
}

int CommandList::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

QVariant CommandList::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Command &command = at(index);
    switch (role) {
    case Qt::DisplayRole:
        return command.title;
    case Qt::ToolTipRole: // what is long is elided
    case Qt::AccessibleDescriptionRole:
        return command.reason.isEmpty() ? command.title : command.title + '\n' + command.reason;
    case hintRole:
        return command.reason.isEmpty() ? command.hint : command.reason;
    default:
        return {};
    }
}

} // namespace bitprism
