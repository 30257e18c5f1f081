// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/inspector/rank_table.h"

#include "widgets/plot/plot_text.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>

namespace bitprism {

RankTable::RankTable(QWidget *parent)
    : QWidget(parent)
    , m_sentence(new QLabel(this))
    , m_table(new QWidget(this))
{
    m_sentence->setWordWrap(true);
    m_table->setToolTip(tr("Measured with only this layer quantized. Percentile: the share of the "
                           "layers that are less sensitive, from 1 to 99."));
    auto *title = new QLabel(tr("How sensitive it is"), m_table);
    title->setFont(scaledFont(this, 1, QFont::DemiBold));
    auto *tableLayout = new QVBoxLayout(m_table);
    tableLayout->setContentsMargins({});
    tableLayout->setSpacing(space(this, 1));
    tableLayout->addWidget(title);
    m_grid = new QGridLayout;
    m_grid->setHorizontalSpacing(space(this, 3));
    m_grid->setVerticalSpacing(1);
    tableLayout->addLayout(m_grid);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_sentence);
    layout->addWidget(m_table);
}

void RankTable::setRows(const std::vector<Row> &rows, const QString &sentence)
{
    m_sentence->setText(sentence);
    m_sentence->setVisible(rows.empty());
    m_table->setVisible(!rows.empty());
    if (rows == m_rows) {
        return;
    }
    m_rows = rows;
    while (QLayoutItem *item = m_grid->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    addLine(0, {tr("Bits"), tr("KL, nats"), tr("Rank"), tr("Percentile")}, true);
    std::vector<double> divergences;
    for (const Row &row : m_rows) {
        divergences.push_back(row.divergence);
    }
    constexpr int digits = 4;
    constexpr int leastDigits = 2;
    const Notation notation = commonNotation(divergences, digits, leastDigits);
    int line = 1;
    for (const Row &row : m_rows) {
        addLine(line++,
                {QString::number(row.bits), notedNumber(row.divergence, notation),
                 rankText(row.rank, row.total), percentileText(row.rank, row.total)},
                false);
    }
}

void RankTable::addLine(int line, const QStringList &cells, bool isHeading)
{
    constexpr int rankColumn = 2; // words; the rest are figures
    for (int column = 0; column < cells.size(); ++column) {
        auto *label = new QLabel(cells[column], m_table);
        label->setTextFormat(Qt::PlainText);
        label->setAlignment(Qt::AlignVCenter
                            | (column == rankColumn ? Qt::AlignLeft : Qt::AlignRight));
        if (isHeading) {
            label->setForegroundRole(QPalette::PlaceholderText);
        } else {
            label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        }
        m_grid->addWidget(label, line, column);
    }
    m_grid->setColumnStretch(static_cast<int>(cells.size()), 1); // columns stay together
}

QString RankTable::text() const
{
    QStringList lines;
    for (int line = 1; line <= static_cast<int>(m_rows.size()); ++line) {
        QStringList cells;
        for (int column = 0; column < m_grid->columnCount(); ++column) {
            const QLayoutItem *item = m_grid->itemAtPosition(line, column);
            if (item != nullptr) {
                cells.append(static_cast<const QLabel *>(item->widget())->text());
            }
        }
        lines.append(listText(cells));
    }
    return lines.isEmpty() ? m_sentence->text() : lines.join('\n');
}

} // namespace bitprism
