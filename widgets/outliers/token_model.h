// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/outliers/layer_map.h"

#include <QAbstractTableModel>

namespace bitprism {

/// Tokens with their text and context, the largest first.
class TokenModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column
    {
        TextColumn,
        MagnitudeColumn,
        ContextColumn,
        SampleColumn,
        PositionColumn,
        columnTotal
    };

    using QAbstractTableModel::QAbstractTableModel;

    void setTokens(std::vector<ExcitedToken> tokens, AtlasTokensPtr texts);
    const ExcitedToken &token(int row) const { return m_rows[static_cast<std::size_t>(row)]; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant valueOf(const ExcitedToken &token, int column) const;
    QString contextOf(std::int64_t token) const;

    std::vector<ExcitedToken> m_rows;
    AtlasTokensPtr m_texts;
};

} // namespace bitprism
