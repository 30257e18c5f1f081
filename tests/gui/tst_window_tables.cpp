// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/window_actions.h"
#include "core/families/locate_model.h"
#include "tests/gui/sample_window.h"
#include "tests/support/test_main.h"
#include "widgets/jobs/run_library.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/table_proxy.h"
#include "widgets/tables/table_roles.h"

#include <QCheckBox>
#include <QClipboard>
#include <QFile>
#include <QHeaderView>
#include <QLineEdit>
#include <QScrollBar>
#include <QSet>
#include <QTableView>

#include <algorithm>
#include <cmath>
#include <optional>

using namespace bitprism;

namespace {

using Sample = test::SampleWindow;
using test::readLimit;

/// What a cell says, read without the table's own rules.
struct Cell
{
    std::optional<double> number;
    QString text;
    bool isMissing() const { return !number && text.isEmpty(); }
};

Cell cellOf(const QModelIndex &index)
{
    const QVariant value = index.data(SortRole);
    const QString text = index.data().toString();
    if (value.typeId() == QMetaType::Double || value.typeId() == QMetaType::Int) {
        return std::isfinite(value.toDouble()) ? Cell{value.toDouble(), {}} : Cell{};
    }
    return {std::nullopt, text == QStringLiteral("\u2013") ? QString() : text};
}

/// RFC 4180: rows of fields.
QList<QStringList> parsedCsv(const QString &text)
{
    QList<QStringList> rows;
    QStringList fields;
    QString field;
    bool isQuoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (isQuoted && c == u'"' && text.mid(i + 1, 1) == "\"") {
            field += u'"';
            ++i;
        } else if (c == u'"') {
            isQuoted = !isQuoted;
        } else if (!isQuoted && c == u',') {
            fields.append(std::exchange(field, {}));
        } else if (!isQuoted && c == u'\n') {
            fields.append(std::exchange(field, {}));
            rows.append(std::exchange(fields, {}));
        } else if (isQuoted || c != u'\r') {
            field += c;
        }
    }
    return rows;
}

/// A plain number or a size of data as the window shows it.
struct ShownNumber
{
    double value = 0;
    double halfStep = 0; ///< of its last digit
};

std::optional<ShownNumber> shownNumber(const QString &text)
{
    double factor = 1;
    QString figure = text;
    for (const auto &[unit, size] :
         {std::pair(" bytes", 1.0), {" kB", 1e3}, {" MB", 1e6}, {" GB", 1e9}}) {
        if (text.endsWith(unit)) {
            figure.chop(QString(unit).size());
            factor = size;
        }
    }
    bool isNumber = false;
    const double number = QLocale().toDouble(figure, &isNumber);
    if (!isNumber) {
        return std::nullopt;
    }
    const QString mantissa = figure.section('e', 0, 0);
    const qsizetype decimals = mantissa.contains('.') ? mantissa.section('.', 1).size() : 0;
    const int exponent = figure.section('e', 1).toInt();
    const double step = std::pow(10.0, exponent - static_cast<int>(decimals));
    return ShownNumber{number * factor, step * factor / 2};
}

QString place(const DataTable &table, int row, int column)
{
    return QString("%1, row %2, column %3").arg(table.name()).arg(row).arg(column);
}

/// Above zero: `now` comes after `before`. Figures count by their value, also those in texts.
double stepOf(const Cell &before, const Cell &now)
{
    if (now.number) {
        return *now.number - *before.number;
    }
    bool isFigure = false;
    bool areFigures = false;
    const double value = QLocale().toDouble(now.text, &isFigure);
    const double earlier = QLocale().toDouble(before.text, &areFigures);
    return isFigure && areFigures ? value - earlier : compareNaturally(now.text, before.text);
}

void checkOrder(DataTable &table, int column, Qt::SortOrder order)
{
    table.sortBy(column, order);
    const QAbstractItemModel &shown = *table.view().model();
    const bool isUp = order == Qt::AscendingOrder;
    for (int row = 1; row < shown.rowCount(); ++row) {
        const Cell before = cellOf(shown.index(row - 1, column));
        const Cell now = cellOf(shown.index(row, column));
        const QByteArray where = place(table, row, column).toUtf8();
        QVERIFY2(!before.isMissing() || now.isMissing(), where); // empty ones last, either way
        if (before.isMissing() || now.isMissing()) {
            continue;
        }
        QVERIFY2(before.number.has_value() == now.number.has_value(), where);
        const double step = stepOf(before, now);
        QVERIFY2(isUp ? step >= 0 : step <= 0, where);
    }
}

void checkFilter(DataTable &table)
{
    const QAbstractItemModel &shown = *table.view().model();
    const int all = shown.rowCount();
    const QString word
        = shown.index(all - 1, 0).data().toString().split(' ', Qt::SkipEmptyParts).value(0);
    int expected = 0;
    for (int row = 0; row < all; ++row) {
        bool contains = false;
        for (int column = 0; column < shown.columnCount(); ++column) {
            contains = contains
                || shown.index(row, column).data().toString().contains(word, Qt::CaseInsensitive);
        }
        expected += contains ? 1 : 0;
    }
    table.filterLine().setText(word.toUpper());
    QVERIFY2(shown.rowCount() == expected && expected > 0, table.name().toUtf8());
    table.filterLine().setText("no such word anywhere");
    QCOMPARE(shown.rowCount(), 0);
    QCOMPARE(parsedCsv(QString::fromUtf8(table.asCsv())).size(), 1); // its head
    table.filterLine().clear();
    QCOMPARE(shown.rowCount(), all);
}

void checkCopy(DataTable &table)
{
    const QAbstractItemModel &shown = *table.view().model();
    QList<int> rows{0};
    if (shown.rowCount() > 2) {
        rows.append(2);
    }
    table.view().clearSelection();
    for (const int row : rows) {
        table.view().selectionModel()->select(
            shown.index(row, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    QGuiApplication::clipboard()->clear();
    QTest::keySequence(&table.view(), QKeySequence::Copy);
    QString text = QGuiApplication::clipboard()->text();
    QVERIFY(text.endsWith('\n'));
    text.chop(1);
    const QStringList lines = text.split('\n');
    QCOMPARE(lines.size(), rows.size() + 1);
    const QList<int> columns = table.wantedColumns();
    for (qsizetype line = 0; line < lines.size(); ++line) {
        const QStringList cells = lines[line].split('\t');
        QCOMPARE(cells.size(), columns.size());
        for (qsizetype i = 0; i < columns.size(); ++i) {
            const QString wanted = line == 0
                ? shown.headerData(columns[i], Qt::Horizontal).toString()
                : shown.index(rows[line - 1], columns[i]).data().toString();
            QCOMPARE(cells[i].simplified(), wanted.simplified());
        }
    }
    table.view().clearSelection();
}

/// Whether the file has a column for the standard errors of this one.
bool hasErrors(const QAbstractItemModel &shown, int column)
{
    for (int row = 0; row < shown.rowCount(); ++row) {
        const QVariant error = shown.index(row, column).data(StandardErrorRole);
        if (error.isValid() && std::isfinite(error.toDouble())) {
            return true;
        }
    }
    return false;
}

void checkCsv(DataTable &table, const QString &path)
{
    const QAbstractItemModel &shown = *table.view().model();
    QFile::remove(path);
    table.saveCsv(path);
    QTRY_VERIFY(QFile::exists(path)); // whole as soon as it is there
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QStringList> rows = parsedCsv(QString::fromUtf8(file.readAll()));
    QCOMPARE(rows.size(), shown.rowCount() + 1);
    for (int row = 0; row <= shown.rowCount(); ++row) {
        qsizetype field = 0;
        for (const int column : table.wantedColumns()) {
            const QByteArray where = place(table, row, column).toUtf8();
            QVERIFY2(field < rows[row].size(), where);
            const QString read = rows[row][field++];
            field += hasErrors(shown, column) ? 1 : 0;
            if (row == 0) {
                QCOMPARE(read, shown.headerData(column, Qt::Horizontal).toString());
                continue;
            }
            const Cell cell = cellOf(shown.index(row - 1, column));
            if (cell.number) {
                bool isNumber = false;
                QVERIFY2(QLocale::c().toDouble(read, &isNumber) == *cell.number && isNumber, where);
            } else {
                QVERIFY2(read == cell.text, where);
            }
        }
        QCOMPARE(field, rows[row].size());
    }
}

} // namespace

/// Every table of every view, with the sample's real results in it.
class TstWindowTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void everyTableSortsFiltersCopiesAndSaves_data();
    void everyTableSortsFiltersCopiesAndSaves();
    void namesOfAllKindsSurviveTheFile();
    void whatIsShownAsANumberIsSavedAsIt();
    void columnsHaveRoomInTheUsualWindow();
    void mainColumnsHaveRoomInASmallWindow();
    void commandsSayWhatTheyAreDoneTo();

private:
    std::filesystem::path m_project;
};

void TstWindowTables::init()
{
    const auto project = sampleProject();
    if (!project) {
        QSKIP("the sample project is not built: cmake --build --preset dev --target "
              "sample-project");
    }
    m_project = *project;
}

void TstWindowTables::everyTableSortsFiltersCopiesAndSaves_data()
{
    QTest::addColumn<QString>("view");
    QTest::addColumn<int>("least"); // tables that the view has, in all of its tabs
    QTest::newRow("sensitivity") << "sensitivity" << 1;
    QTest::newRow("outliers") << "outliers" << 2;
    QTest::newRow("allocation") << "allocation" << 1;
    QTest::newRow("trade_offs") << "trade_offs" << 1;
    QTest::newRow("compare") << "compare" << 2;
    QTest::newRow("tokens") << "tokens" << 1;
}

void TstWindowTables::everyTableSortsFiltersCopiesAndSaves()
{
    QFETCH(QString, view);
    QFETCH(int, least);
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    sample.window.showView(view);
    QWidget *page = sample.window.views().currentWidget();
    for (QCheckBox *box : page->findChildren<QCheckBox *>()) {
        if (box->text().remove(u'&').contains("Table")) { // it is folded away at first
            box->setChecked(true);
        }
    }
    QSet<DataTable *> checked;
    const auto checkAll = [&] {
        sample.settle();
        for (auto *table : page->findChildren<DataTable *>()) {
            if (!table->isVisible() || table->view().model()->rowCount() == 0
                || checked.contains(table)) {
                continue;
            }
            checked.insert(table);
            for (int column = 0; column < table->view().model()->columnCount(); ++column) {
                checkOrder(*table, column, Qt::AscendingOrder);
                checkOrder(*table, column, Qt::DescendingOrder);
            }
            checkFilter(*table);
            checkCopy(*table);
            checkCsv(*table, sample.folder.filePath("table.csv"));
        }
    };
    checkAll();
    for (QTabWidget *tabs : page->findChildren<QTabWidget *>()) {
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            checkAll();
        }
    }
    QVERIFY2(checked.size() >= least, qPrintable(QString::number(checked.size())));
}

void TstWindowTables::namesOfAllKindsSurviveTheFile()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    const QString name = QString::fromUtf8("\"gr\u00f6\u00dfer\", 3 Bit; \u91cf\u5316");
    const QString run = sample.runs().first();
    sample.workbench.library.renameRun(run, name);
    auto &table = sample.view<DataTable>("trade_offs");
    const auto names = [&] {
        QStringList all;
        const QAbstractItemModel &shown = *table.view().model();
        for (int row = 0; row < shown.rowCount(); ++row) {
            all.append(shown.index(row, 0).data().toString());
        }
        return all;
    };
    QTRY_VERIFY_WITH_TIMEOUT(names().contains(name), readLimit);
    const QString path = sample.folder.filePath(QString::fromUtf8("\u91cf\u5316, 1.csv"));
    checkCsv(table, path);
    QVERIFY(QFile::exists(path));
}

/// 1440 x 900, docks where they are at first.
void TstWindowTables::columnsHaveRoomInTheUsualWindow()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    for (const char *view : {"sensitivity", "trade_offs", "compare", "tokens"}) {
        sample.window.showView(view);
        QWidget *page = sample.window.views().currentWidget();
        for (QCheckBox *box : page->findChildren<QCheckBox *>()) {
            if (box->text().remove(u'&').contains("Table")) {
                box->setChecked(true);
            }
        }
        sample.settle();
        int seen = 0;
        for (auto *table : page->findChildren<DataTable *>()) {
            if (table->isVisible() && table->view().model()->rowCount() > 0) {
                ++seen;
                QTRY_VERIFY2(table->view().horizontalScrollBar()->maximum() == 0,
                             qPrintable(table->name()));
            }
        }
        QVERIFY2(seen > 0, view);
    }
}

/// 1024 x 640: what matters less gives way, and nothing has to be scrolled sideways.
void TstWindowTables::mainColumnsHaveRoomInASmallWindow()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    sample.window.resize(1024, 640);
    for (const char *view : {"allocation", "trade_offs", "tokens"}) {
        sample.window.showView(view);
        sample.settle();
        int seen = 0;
        for (auto *table : sample.window.views().currentWidget()->findChildren<DataTable *>()) {
            if (table->isVisible() && table->view().model()->rowCount() > 0) {
                ++seen;
                QTRY_VERIFY2(table->view().horizontalScrollBar()->maximum() == 0,
                             qPrintable(table->name()));
                QVERIFY(!table->view().isColumnHidden(0));
            }
        }
        QVERIFY2(seen > 0, view);
    }
}

/// Every plot can be saved as a picture: the palette says which.
void TstWindowTables::commandsSayWhatTheyAreDoneTo()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    for (const char *view : {"sensitivity", "outliers", "allocation", "compare", "report"}) {
        sample.window.showView(view);
        sample.settle();
        QSet<QString> titles;
        for (const Command &command : sample.window.actions().commands()) {
            if (command.title.startsWith("Save as PNG")) {
                QVERIFY2(command.title.startsWith("Save as PNG: "), qPrintable(command.title));
                QVERIFY2(!titles.contains(command.title), qPrintable(command.title));
                titles.insert(command.title);
            }
        }
        QVERIFY2(titles.size() > 0, view);
    }
}

/// The figure in a cell and the one in the file count the same way.
void TstWindowTables::whatIsShownAsANumberIsSavedAsIt()
{
    Sample sample(m_project);
    QVERIFY(sample.isRead());
    int compared = 0;
    for (const char *view : {"sensitivity", "trade_offs", "tokens", "outliers", "compare"}) {
        sample.window.showView(view);
        sample.settle();
        for (auto *table : sample.window.views().currentWidget()->findChildren<DataTable *>()) {
            const QAbstractItemModel &shown = *table->view().model();
            for (int row = 0; row < shown.rowCount(); ++row) {
                for (int column = 0; column < shown.columnCount(); ++column) {
                    const QModelIndex index = shown.index(row, column);
                    const Cell cell = cellOf(index);
                    const std::optional<ShownNumber> read = shownNumber(index.data().toString());
                    if (cell.number && read) {
                        const double rounding = 5e-4 * std::abs(*cell.number); // four digits
                        QVERIFY2(std::abs(read->value - *cell.number)
                                     <= std::max(1.01 * read->halfStep, rounding),
                                 qPrintable(place(*table, row, column) + ": "
                                            + index.data().toString()));
                        ++compared;
                    }
                }
            }
        }
    }
    QVERIFY(compared > 100);
}

BITPRISM_TEST(TstWindowTables);
#include "tst_window_tables.moc"
