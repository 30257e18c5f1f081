// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/token_model.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/tables/table_roles.h"

namespace bitprism {

namespace {

constexpr std::int64_t contextTokens = 8; // on either side
constexpr qsizetype contextLetters = 12; // likewise, so that the token stays in sight

bool isText(int column)
{
    return column == TokenModel::TextColumn || column == TokenModel::ContextColumn;
}

} // namespace

void TokenModel::setTokens(std::vector<ExcitedToken> tokens, AtlasTokensPtr texts)
{
    beginResetModel();
    m_rows = std::move(tokens);
    m_texts = std::move(texts);
    endResetModel();
}

int TokenModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int TokenModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : columnTotal;
}

QString TokenModel::contextOf(std::int64_t token) const
{
    if (!m_texts || token >= m_texts->count() || m_texts->text(token).empty()) {
        return notMeasured();
    }
    const QString before = visibleText(m_texts->textAround(token, token - contextTokens, token));
    const QString after
        = visibleText(m_texts->textAround(token, token + 1, token + 1 + contextTokens));
    return before.right(contextLetters) + QChar(0x25B8) + visibleText(m_texts->text(token))
        + QChar(0x25C2) + after.left(contextLetters);
}

QVariant TokenModel::valueOf(const ExcitedToken &token, int column) const
{
    const bool isKnown = m_texts && token.token < m_texts->count();
    const auto place = static_cast<std::size_t>(token.token);
    switch (column) {
    case TextColumn: {
        const std::string text = isKnown ? m_texts->text(token.token) : std::string();
        return text.empty() ? notMeasured() : visibleText(text);
    }
    case ContextColumn:
        return contextOf(token.token);
    case SampleColumn:
        return isKnown ? QVariant(static_cast<double>(m_texts->samples[place])) : QVariant();
    case PositionColumn:
        return isKnown ? QVariant(static_cast<double>(m_texts->positions[place])) : QVariant();
    default:
        return token.magnitude;
    }
}

QVariant TokenModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const int column = index.column();
    QVariant value = valueOf(token(index.row()), column);
    switch (role) {
    case Qt::DisplayRole:
        return isText(column)           ? value
            : column == MagnitudeColumn ? QVariant(plotNumber(value.toDouble()))
                                        : QVariant(formatCount(value.toLongLong()));
    case SortRole:
        return value;
    case Qt::ToolTipRole:
        return column == TextColumn ? contextOf(token(index.row()).token) : QString();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isText(column) ? Qt::AlignLeft : Qt::AlignRight));
    default:
        return {};
    }
}

QVariant TokenModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columnTotal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter)
                                   | (isText(section) ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::ToolTipRole && section == MagnitudeColumn) {
        return tr("Known within a few per cent, as the run stores it");
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case TextColumn:
        return tr("Token");
    case ContextColumn:
        return tr("In its text");
    case SampleColumn:
        return tr("Sample");
    case PositionColumn:
        return tr("Position");
    default:
        return tr("Magnitude");
    }
}

} // namespace bitprism
