// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TradeOffsView that chooses runs, in plot and table alike.
#include "widgets/plot/series_plot.h"
#include "widgets/shared/selection.h"
#include "widgets/tables/data_table.h"
#include "widgets/trade_offs/runs_table_model.h"
#include "widgets/trade_offs/trade_offs_view.h"

#include <QAbstractProxyModel>
#include <QLabel>
#include <QPushButton>
#include <QSet>
#include <QSignalBlocker>
#include <QTableView>

namespace bitprism {

void TradeOffsView::choose(const QString &runId)
{
    m_context.selection->setRun(runId);
    m_chosen = {runId};
    showChosen();
}

void TradeOffsView::open(const QString &runId)
{
    m_context.selection->setRun(runId);
    m_context.selection->setCompared({runId});
    Q_EMIT showViewRequested("report");
}

void TradeOffsView::takeBrush(const QStringList &ids)
{
    m_chosen = ids;
    m_chosen.removeDuplicates();
    showChosen();
}

void TradeOffsView::showChosen()
{
    m_plot->setSelected(m_chosen);
    m_compare->setEnabled(m_chosen.size() > 1);
    if (m_chosen.size() > 1) {
        m_chosenText->setText(tr("%n runs are chosen", nullptr, static_cast<int>(m_chosen.size())));
    } else {
        m_chosenText->setText(
            tr("Drag a frame with Shift, or choose rows below, to compare runs."));
    }
    if (!m_isTableLeading) {
        showChosenRows();
    }
}

void TradeOffsView::showChosenRows()
{
    const QSignalBlocker quiet(m_table); // what it selects here is no choice of the person
    QTableView &table = m_table->view();
    const auto &shown = *static_cast<const QAbstractProxyModel *>(table.model());
    const QSet<QString> chosen(m_chosen.begin(), m_chosen.end());
    QItemSelection rows; // from top to bottom
    for (int row = 0; !chosen.isEmpty() && row < shown.rowCount(); ++row) {
        const QModelIndex place = shown.index(row, 0);
        if (!chosen.contains(m_tableModel->runId(shown.mapToSource(place).row()))) {
            continue;
        }
        if (!rows.isEmpty() && rows.last().bottom() == row - 1) { // few ranges: they are compared
            rows.last() = QItemSelectionRange(rows.last().topLeft(), place);
        } else {
            rows.append(QItemSelectionRange(place));
        }
    }
    const bool hasRows = !rows.isEmpty();
    // The topmost is scrolled to.
    m_table->setCurrentRow(hasRows ? shown.mapToSource(rows.front().topLeft()).row() : -1);
    table.selectionModel()->select(rows,
                                   QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

} // namespace bitprism
