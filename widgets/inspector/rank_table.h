// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <vector>

class QGridLayout;
class QLabel;

namespace bitprism {

/// How sensitive one layer is among all, a row for each width.
class RankTable : public QWidget
{
    Q_OBJECT

public:
    struct Row
    {
        int bits = 0;
        double divergence = 0; ///< nats per token
        int rank = 0; ///< from 1, the most sensitive, to `total`
        int total = 0;
        bool operator==(const Row &) const = default;
    };

    explicit RankTable(QWidget *parent = nullptr);

    /// Shows `sentence` where there are no rows.
    void setRows(const std::vector<Row> &rows, const QString &sentence);
    /// What is shown, a line for each row.
    QString text() const;

private:
    void addLine(int line, const QStringList &cells, bool isHeading);

    QGridLayout *m_grid = nullptr;
    QLabel *m_sentence;
    QWidget *m_table;
    std::vector<Row> m_rows;
};

} // namespace bitprism
