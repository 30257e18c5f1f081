// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/palette/command_list.h"

#include <algorithm>

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
    std::stable_sort(scored.begin(), scored.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
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
    if (index.isValid()) {
        m_commands[m_shown[static_cast<std::size_t>(index.row())]].run();
    }
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
    const Command &command = m_commands[m_shown[static_cast<std::size_t>(index.row())]];
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole) { // a long one is elided
        return command.title;
    }
    return role == hintRole ? QVariant(command.hint) : QVariant();
}

} // namespace bitprism
