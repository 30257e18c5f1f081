// SPDX-License-Identifier: GPL-3.0-or-later
// The part of DataTable that shows columns and gives them their widths.
#include "widgets/shared/metrics.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/table_header.h"
#include "widgets/tables/table_proxy.h"

#include <QHeaderView>
#include <QMenu>
#include <QTableView>

#include <climits>

namespace bitprism {

void DataTable::fillColumnMenu(QMenu *menu)
{
    menu->clear();
    for (int column = 0; column < m_proxy->columnCount(); ++column) {
        const QString title = m_proxy->headerData(column, Qt::Horizontal).toString();
        QAction *action = menu->addAction(title);
        action->setCheckable(true);
        action->setChecked(!m_view->isColumnHidden(column));
        action->setEnabled(column > 0); // the first says what the row is
        connect(action, &QAction::toggled, this, [this, column](bool shown) {
            if (shown) {
                m_asked.insert(column); // it stays, and the table scrolls
            } else {
                m_asked.remove(column);
            }
            setColumnShown(column, shown);
        });
    }
}

void DataTable::setColumnShown(int column, bool shown)
{
    if (shown) {
        m_hidden.remove(column);
    } else {
        m_hidden.insert(column);
    }
    spreadColumns();
}

QList<int> DataTable::wantedColumns() const
{
    QList<int> columns;
    for (int i = 0; i < m_proxy->columnCount(); ++i) {
        const int column = m_view->horizontalHeader()->logicalIndex(i);
        if (!m_hidden.contains(column)) {
            columns.append(column);
        }
    }
    return columns;
}

void DataTable::fitColumns()
{
    // Names get a good share and no more: the figures behind them are what one came for.
    m_isSpreading = true;
    for (int column = 0; column < m_proxy->columnCount(); ++column) {
        m_view->setColumnHidden(column, false); // a hidden one has no width that could be asked for
    }
    m_view->resizeColumnsToContents();
    const int longest = em(this, 24);
    const int shortest = em(this, 4);
    const QAbstractItemView &view = *m_view; // where the hint is public
    const auto *header = static_cast<const TableHeader *>(m_view->horizontalHeader());
    m_widths.clear();
    for (int column = 0; column < m_proxy->columnCount(); ++column) {
        Width width;
        width.wanted = qMin(longest, m_view->columnWidth(column) + space(this, 2));
        const int cells = view.sizeHintForColumn(column) + space(this, 2);
        // Figures are never cut; names are elided, and headings go on in a second line.
        const int most = column == 0 ? em(this, 14) : em(this, 11);
        const int floor = m_proxy->isNumeric(column) ? cells : qMin(cells, most);
        const int heading = header->leastWidth(column, em(this, 9));
        width.least = qMin(width.wanted, qMax(qMax(floor, shortest), heading));
        m_widths.append(width);
    }
    spreadColumns();
}

/// Widths for as many columns from the left as find room at their least: a column that is half in
/// sight helps nobody, so what the last ones leave over goes to the others.
QList<int> DataTable::fittingColumns(int room) const
{
    QList<int> columns;
    int used = 0;
    for (int place = 0; place < m_widths.size(); ++place) {
        const int column = m_view->horizontalHeader()->logicalIndex(place);
        if (m_view->isColumnHidden(column)) {
            continue;
        }
        used += m_widths[column].least;
        if (used > room && !columns.isEmpty()) {
            break;
        }
        columns.append(column);
    }
    return columns;
}

/// Hides what gives way until the rest has room, and shows it again where there is more of it.
void DataTable::dropColumns(int room)
{
    m_dropped.clear();
    int used = 0;
    for (int column = 0; column < m_widths.size(); ++column) {
        used += m_hidden.contains(column) ? 0 : m_widths[column].least;
    }
    while (used > room) {
        int next = -1;
        int most = 1;
        for (int column = 0; column < m_widths.size(); ++column) {
            const int order = m_proxy->headerData(column, Qt::Horizontal, GiveWayRole).toInt();
            const bool isFree = !m_hidden.contains(column) && !m_dropped.contains(column)
                && !m_asked.contains(column);
            if (isFree && order >= most) {
                most = order;
                next = column;
            }
        }
        if (next < 0) {
            break;
        }
        m_dropped.insert(next);
        used -= m_widths[next].least;
    }
    for (int column = 0; column < m_proxy->columnCount(); ++column) {
        m_view->setColumnHidden(column, m_hidden.contains(column) || m_dropped.contains(column));
    }
}

/// Figures have their room first. What is left over goes to the names, the first column's before
/// others, and then to the headings of figures; what nobody needs is the first column's.
void DataTable::spreadColumns()
{
    m_isSpreading = true;
    dropColumns(m_view->viewport()->width());
    const QList<int> columns = fittingColumns(m_view->viewport()->width());
    int left = m_view->viewport()->width();
    QList<int> shown;
    for (const Width &width : std::as_const(m_widths)) {
        shown.append(width.least);
    }
    for (const int column : columns) {
        left -= m_widths[column].least;
    }
    const auto grant = [&](bool isToFigures) {
        for (int column = 0; column < m_widths.size(); ++column) {
            if (columns.contains(column) && m_proxy->isNumeric(column) == isToFigures) {
                const int more = qBound(0, left, m_widths[column].wanted - m_widths[column].least);
                shown[column] += more;
                left -= more;
            }
        }
    };
    grant(false);
    grant(true);
    if (!m_widths.isEmpty()) {
        const bool isAll = columns.size()
            == m_view->horizontalHeader()->count()
                - m_view->horizontalHeader()->hiddenSectionCount();
        const int most = isAll ? qMax(m_widths.first().wanted, em(this, 30)) : INT_MAX;
        shown[0] = qMax(m_widths.first().least, qMin(shown[0] + qMax(0, left), most));
    }
    for (int column = 0; column < shown.size(); ++column) {
        if (!m_view->isColumnHidden(column)) {
            m_view->setColumnWidth(column, shown[column]);
        }
    }
    m_isSpreading = false;
}

} // namespace bitprism
