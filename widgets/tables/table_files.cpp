// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables/table_files.h"

#include "widgets/shared/file_saver.h"
#include "widgets/tables/table_text.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QItemSelectionModel>
#include <QMessageBox>
#include <QTableView>

#include <algorithm>
#include <numeric>

namespace bitprism {

namespace {

struct TableFilesTexts
{
    Q_DECLARE_TR_FUNCTIONS(TableFiles)
};

QList<int> allOf(int count)
{
    QList<int> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

QList<int> selectedOf(const QTableView &table)
{
    QList<int> rows;
    for (const QModelIndex &index : table.selectionModel()->selectedRows()) {
        rows.append(index.row());
    }
    std::sort(rows.begin(), rows.end());
    return rows.isEmpty() ? allOf(table.model()->rowCount()) : rows;
}

QString saveTitle() { return TableFilesTexts::tr("Save the table as CSV"); }

/// Empty: nothing to tell.
void tellProblem(QWidget &table, const QString &problem)
{
    if (!problem.isEmpty()) {
        auto *box
            = new QMessageBox(QMessageBox::Warning, saveTitle(), problem, QMessageBox::Ok, &table);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    }
}

} // namespace

void writeCsv(QWidget &table, const QString &path, const QByteArray &csv)
{
    auto *saver = new FileSaver(&table);
    QObject::connect(saver, &FileSaver::saved, &table,
                     [&table, saver](const QString &, const QString &problem) {
                         saver->deleteLater();
                         tellProblem(table, problem);
                     });
    saver->save(path, csv);
}

void askAndWriteCsv(QWidget *parent, const QString &name, const QByteArray &csv)
{
    QString path = QFileDialog::getSaveFileName(parent, saveTitle(), name + ".csv",
                                                TableFilesTexts::tr("CSV tables (*.csv)"));
    if (path.isEmpty()) {
        return;
    }
    if (QFileInfo(path).suffix().isEmpty()) {
        path += ".csv";
        if (QFileInfo::exists(path)) { // the dialog asked about another name
            tellProblem(*parent,
                        TableFilesTexts::tr("Not written: %1 exists already.")
                            .arg(QFileInfo(path).fileName()));
            return;
        }
    }
    writeCsv(*parent, path, csv);
}

void addCopying(QTableView &table, const QString &name)
{
    auto *copy = new QAction(TableFilesTexts::tr("&Copy"), &table);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    QObject::connect(copy, &QAction::triggered, &table, [&table] {
        QGuiApplication::clipboard()->setText(
            tableAsTsv(*table.model(), selectedOf(table), allOf(table.model()->columnCount())));
    });
    auto *save = new QAction(TableFilesTexts::tr("&Save as CSV..."), &table);
    QObject::connect(save, &QAction::triggered, &table, [&table, name] {
        askAndWriteCsv(&table, name,
                       tableAsCsv(*table.model(), allOf(table.model()->rowCount()),
                                  allOf(table.model()->columnCount())));
    });
    table.addActions({copy, save});
    table.setContextMenuPolicy(Qt::ActionsContextMenu);
}

} // namespace bitprism
