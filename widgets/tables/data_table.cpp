// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/data_table.h"

#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/quiet_focus.h"
#include "widgets/tables/table_delegate.h"
#include "widgets/tables/table_files.h"
#include "widgets/tables/table_header.h"
#include "widgets/tables/table_proxy.h"
#include "widgets/tables/table_text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace bitprism {

DataTable::DataTable(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_name(name)
    , m_proxy(new TableProxy(this))
    , m_filter(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_button(new QToolButton(this))
    , m_menu(new QMenu(this))
    , m_view(new QTableView(this))
{
    m_view->setHorizontalHeader(new TableHeader(m_view));
    m_view->setModel(m_proxy);
    m_view->setItemDelegate(new TableDelegate(m_view));
    new QuietFocus(*m_view);
    m_view->setAccessibleName(name);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setShowGrid(false);
    m_view->setAlternatingRowColors(true);
    m_view->setWordWrap(false);
    m_view->setTabKeyNavigation(false);
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->verticalHeader()->hide();

    makeHead();
    makeMenu();
    auto *head = new QHBoxLayout;
    head->setSpacing(space(this, 2));
    head->addWidget(m_filter, 1);
    head->addWidget(m_count);
    head->addWidget(m_button);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addLayout(head);
    layout->addWidget(m_view, 1);

    connect(m_view->horizontalHeader(), &QHeaderView::sectionResized, this,
            [this](int column, int, int width) {
                if (!m_isSpreading && column < m_widths.size() && width > 0) {
                    m_widths[column] = {width, width}; // the user's own wish
                }
            });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) {
                if (!m_isQuiet && current.isValid()) {
                    Q_EMIT rowChosen(m_proxy->mapToSource(current).row());
                }
            });
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &DataTable::selectionChanged);
    connect(m_view, &QTableView::activated, this, [this](const QModelIndex &index) {
        Q_EMIT rowActivated(m_proxy->mapToSource(index).row());
    });
    for (auto changed : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved}) {
        connect(m_proxy, changed, this, &DataTable::showCount);
    }
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &DataTable::fitColumns);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &DataTable::showCount);
}

void DataTable::makeHead()
{
    m_filter->setPlaceholderText(tr("Filter rows"));
    m_filter->setAccessibleName(tr("Filter of the table: %1").arg(m_name));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAcceptDrops(false); // the window opens what is dropped
    m_count->setForegroundRole(QPalette::PlaceholderText);
    //: a button with a menu: copy the table, save it, choose its columns
    m_button->setText(tr("Table"));
    m_button->setAccessibleName(tr("Menu of the table: %1").arg(m_name));
    m_button->setPopupMode(QToolButton::InstantPopup);
    m_button->setAutoRaise(true);
    m_button->setMenu(m_menu);
    connect(m_filter, &QLineEdit::textChanged, this, &DataTable::showFilter);
}

void DataTable::makeMenu()
{
    QAction *copy
        = m_menu->addAction(tr("&Copy rows"), QKeySequence::Copy, this, &DataTable::copySelection);
    copy->setShortcutContext(Qt::WidgetShortcut); // shown only: the view takes the keys first
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);
    m_menu->addAction(tr("&Save as CSV..."), this, &DataTable::askAndSave);
    QMenu *columns = m_menu->addMenu(tr("C&olumns"));
    connect(columns, &QMenu::aboutToShow, this, [this, columns] { fillColumnMenu(columns); });
    connect(m_view, &QWidget::customContextMenuRequested, this,
            [this](const QPoint &place) { m_menu->popup(m_view->viewport()->mapToGlobal(place)); });
    connect(m_view->horizontalHeader(), &QWidget::customContextMenuRequested, columns,
            [this, columns](const QPoint &place) {
                columns->popup(m_view->horizontalHeader()->mapToGlobal(place));
            });
}

bool DataTable::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view->viewport() && event->type() == QEvent::Resize) {
        spreadColumns(); // the view is laid out after the table around it
    }
    // The view's own answer to these keys would copy a single cell.
    if (watched == m_view && event->type() == QEvent::KeyPress
        && static_cast<QKeyEvent *>(event)->matches(QKeySequence::Copy)) {
        copySelection();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void DataTable::setModel(QAbstractItemModel *model)
{
    m_proxy->setSourceModel(model);
    m_proxy->setSortRole(SortRole);
    m_view->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_view->setSortingEnabled(true);
    fitColumns();
    showCount();
}

void DataTable::sortBy(int column, Qt::SortOrder order) { m_view->sortByColumn(column, order); }

void DataTable::setCurrentRow(int row)
{
    const QModelIndex source = row < 0 || m_proxy->sourceModel() == nullptr
        ? QModelIndex()
        : m_proxy->sourceModel()->index(row, 0);
    const QModelIndex shown = m_proxy->mapFromSource(source);
    m_isQuiet = true;
    if (shown.isValid()) {
        m_view->setCurrentIndex(shown);
        m_view->scrollTo(shown);
    } else {
        m_view->clearSelection();
        m_view->setCurrentIndex({});
    }
    m_isQuiet = false;
}

int DataTable::currentRow() const
{
    const QModelIndex current = m_view->currentIndex();
    return current.isValid() ? m_proxy->mapToSource(current).row() : -1;
}

QList<int> DataTable::selectedRows() const
{
    QModelIndexList indexes = m_view->selectionModel()->selectedRows();
    std::sort(indexes.begin(), indexes.end());
    QList<int> rows;
    for (const QModelIndex &index : indexes) {
        rows.append(m_proxy->mapToSource(index).row());
    }
    return rows;
}

QString DataTable::selectionAsText() const
{
    QModelIndexList indexes = m_view->selectionModel()->selectedRows();
    std::sort(indexes.begin(), indexes.end());
    QList<int> rows;
    for (const QModelIndex &index : indexes) {
        rows.append(index.row());
    }
    if (rows.isEmpty()) {
        rows.resize(m_proxy->rowCount());
        std::iota(rows.begin(), rows.end(), 0);
    }
    return tableAsTsv(*m_proxy, rows, wantedColumns());
}

QByteArray DataTable::asCsv() const
{
    QList<int> rows(m_proxy->rowCount());
    std::iota(rows.begin(), rows.end(), 0);
    return tableAsCsv(*m_proxy, rows, wantedColumns());
}

void DataTable::saveCsv(const QString &path) { writeCsv(*this, path, asCsv()); }

void DataTable::copySelection() const { QGuiApplication::clipboard()->setText(selectionAsText()); }

void DataTable::askAndSave() { askAndWriteCsv(this, m_name, asCsv()); }

void DataTable::showFilter(const QString &text)
{
    m_proxy->setWords(text.split(u' ', Qt::SkipEmptyParts));
    showCount();
}

void DataTable::showCount()
{
    const int all = m_proxy->sourceModel() == nullptr ? 0 : m_proxy->sourceModel()->rowCount();
    const int shown = m_proxy->rowCount();
    m_count->setText(shown == all ? tr("%n rows", nullptr, all)
                                  : tr("%1 of %2 rows").arg(formatCount(shown), formatCount(all)));
}

} // namespace bitprism
