// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tables/table_roles.h"

#include <QSet>
#include <QWidget>

class QAbstractItemModel;
class QLabel;
class QLineEdit;
class QMenu;
class QTableView;
class QToolButton;

namespace bitprism {

class TableProxy;

/// A table as every view shows one: filter line, sorting by value, copy with headings, saving as
/// CSV, choice of columns. It shows any flat model; TableRole says what the model may add.
class DataTable : public QWidget
{
    Q_OBJECT

public:
    /// `name` is what the table is called for screen readers and in file dialogs.
    explicit DataTable(const QString &name, QWidget *parent = nullptr);

    /// Not owned; null shows nothing. Sorted by no column until sortBy() or a click.
    void setModel(QAbstractItemModel *model);
    void sortBy(int column, Qt::SortOrder order);
    void setColumnShown(int column, bool shown);
    /// Columns in their order, without those that were switched off; what gives way in a narrow
    /// table (GiveWayRole) is copied and saved all the same.
    QList<int> wantedColumns() const;

    /// Chooses a row of the model and scrolls to it, without telling; -1: none.
    void setCurrentRow(int row);
    /// Row of the model; -1: none.
    int currentRow() const;
    /// Rows of the model that are selected, in the order shown.
    QList<int> selectedRows() const;

    /// Selected rows (all where none is selected) with headings, cells between tabs.
    QString selectionAsText() const;
    /// All rows that the filter shows.
    QByteArray asCsv() const;
    /// Writes asCsv() while the window goes on; what fails is told.
    void saveCsv(const QString &path);
    /// Copy, save, columns: also for a view's own menu.
    QMenu &menu() { return *m_menu; }

    const QString &name() const { return m_name; }
    QTableView &view() { return *m_view; }
    QLineEdit &filterLine() { return *m_filter; }

Q_SIGNALS:
    /// The user chose another row of the model.
    void rowChosen(int row);
    /// Double click or Enter.
    void rowActivated(int row);
    void selectionChanged();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void makeHead();
    void makeMenu();
    void fillColumnMenu(QMenu *menu);
    void showFilter(const QString &text);
    void showCount();
    void copySelection() const;
    void askAndSave();
    void fitColumns();
    void spreadColumns();
    void dropColumns(int room);
    QList<int> fittingColumns(int room) const;

    QString m_name;
    TableProxy *m_proxy;
    QLineEdit *m_filter;
    QLabel *m_count;
    QToolButton *m_button;
    QMenu *m_menu;
    QTableView *m_view;
    bool m_isQuiet = false;
    bool m_isSpreading = false;
    /// Of a column, as its contents or the user want it, and as far as it can give way.
    struct Width
    {
        int wanted = 0;
        int least = 0;
    };
    QList<Width> m_widths;
    QSet<int> m_hidden; ///< columns that were switched off
    QSet<int> m_dropped; ///< that have no room at present
    QSet<int> m_asked; ///< that the user wants to see whatever the room is
};

} // namespace bitprism
