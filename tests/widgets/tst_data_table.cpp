// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "widgets/shared/file_saver.h"
#include "widgets/shared/format.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/data_table.h"
#include "widgets/tables/table_delegate.h"
#include "widgets/tables/table_files.h"
#include "widgets/tables/table_proxy.h"
#include "widgets/tables/table_roles.h"
#include "widgets/tables/table_text.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTableView>

#include <limits>

using namespace bitprism;

namespace {

constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();

QStandardItem *numberItem(double value)
{
    auto *item = new QStandardItem(std::isnan(value) ? notMeasured() : QString::number(value));
    item->setData(value, SortRole);
    return item;
}

QStandardItem *mutedItem(double value)
{
    QStandardItem *item = numberItem(value);
    item->setData(true, MutedRole);
    return item;
}

/// Layers with an error each; the third was not measured.
std::unique_ptr<QStandardItemModel> layers()
{
    auto model = std::make_unique<QStandardItemModel>();
    model->setHorizontalHeaderLabels({"Layer", "Error"});
    model->appendRow({new QStandardItem("layers.10.q_proj"), numberItem(0.5)});
    model->appendRow({new QStandardItem("layers.2.k_proj"), numberItem(12)});
    model->appendRow({new QStandardItem("layers.1.q_proj"), numberItem(notANumber)});
    model->appendRow({new QStandardItem("layers.0.down, \"fast\""), mutedItem(2)});
    return model;
}

QStringList firstColumn(const DataTable &table)
{
    QStringList names;
    const QAbstractItemModel &shown = *const_cast<DataTable &>(table).view().model();
    for (int row = 0; row < shown.rowCount(); ++row) {
        names.append(shown.index(row, 0).data().toString());
    }
    return names;
}

} // namespace

class TstDataTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_model = layers();
        m_table = std::make_unique<DataTable>("Layers");
        m_table->setModel(m_model.get());
        m_table->resize(500, 300);
        m_table->show();
    }

    void cleanup() { m_table.reset(); }

    /// Headings and names give way before figures do; the heading's tooltip has all of it.
    void figuresAreNeverCut()
    {
        QStandardItemModel model;
        const QString heading = "Perplexity (tiny-llama/evaluation.txt)";
        model.setHorizontalHeaderLabels({"Run", "Experiment", heading, heading + ", baseline"});
        for (int row = 0; row < 3; ++row) {
            QStandardItem *figure = numberItem(13.77);
            figure->setText("13.77 ± 0.78");
            QStandardItem *other = numberItem(13.77);
            other->setText("13.77 ± 0.78");
            model.appendRow({new QStandardItem("gptq, bits by layer, of a long name indeed"),
                             new QStandardItem("Methods and widths"), figure, other});
        }
        DataTable table("Runs");
        table.setModel(&model);
        table.resize(480, 200);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        const QTableView &view = table.view();
        const int needed = view.fontMetrics().horizontalAdvance("13.77 ± 0.78");
        const int right = view.columnViewportPosition(3) + view.columnWidth(3);
        QVERIFY2(right <= view.viewport()->width(), qPrintable(QString::number(right)));
        QVERIFY(view.columnWidth(2) >= needed && view.columnWidth(3) >= needed);
        QCOMPARE(view.model()->headerData(2, Qt::Horizontal, Qt::ToolTipRole).toString(), heading);
        // What reaches beyond the edge all the same is drawn in the part that is seen.
        struct Shown : TableDelegate
        {
            using TableDelegate::initStyleOption;
        } delegate;
        QStyleOptionViewItem option;
        option.widget = &view;
        option.rect = QRect(view.viewport()->width() - 60, 0, 200, 20);
        delegate.initStyleOption(&option, view.model()->index(0, 2));
        QCOMPARE(option.rect.right(), view.viewport()->width() - 1);
        QCOMPARE(option.text, QString("\u2026")); // a piece of it would be another figure
        option.rect = QRect(0, 0, 2 * needed, 20);
        delegate.initStyleOption(&option, view.model()->index(0, 2));
        QCOMPARE(option.text, QString("13.77 ± 0.78"));
        // Headings that are wider than their columns stand in two lines.
        const QHeaderView &header = *view.horizontalHeader();
        QVERIFY(header.sizeHint().height() >= 2 * header.fontMetrics().height());
    }

    /// At its least widths, too, a table ends with a whole column.
    void noColumnIsHalfInSight()
    {
        QStandardItemModel model;
        QStringList headings{"Run"};
        for (int column = 1; column < 9; ++column) {
            headings.append(QString("Figure %1").arg(column));
        }
        model.setHorizontalHeaderLabels(headings);
        QList<QStandardItem *> cells{new QStandardItem("a run")};
        for (int column = 1; column < 9; ++column) {
            cells.append(numberItem(13.77));
            cells.last()->setText("0.002674 ± 0.000071");
        }
        model.appendRow(cells);
        DataTable table("Runs");
        table.setModel(&model);
        table.resize(620, 200);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        const QTableView &view = table.view();
        int end = 0;
        for (int column = 0; column < 9 && end < view.viewport()->width(); ++column) {
            end = view.columnViewportPosition(column) + view.columnWidth(column);
        }
        QCOMPARE(end, view.viewport()->width());
        QVERIFY(view.columnWidth(1) >= view.fontMetrics().horizontalAdvance("0.002674 ± 0.000071"));
    }

    void narrowNamesKeepTheirBlock()
    {
        QStandardItemModel model;
        model.appendRow(new QStandardItem("model.layers.7.self_attn.q_proj"));
        struct Shown : TableDelegate
        {
            using TableDelegate::initStyleOption;
        } delegate;
        QStyleOptionViewItem option;
        option.font = QApplication::font();
        option.fontMetrics = QFontMetrics(option.font);
        option.rect = QRect(0, 0, 1000, 20);
        delegate.initStyleOption(&option, model.index(0, 0));
        QCOMPARE(option.text, QString("model.layers.7.self_attn.q_proj"));
        option.rect.setWidth(option.fontMetrics.horizontalAdvance("model.layers.7.se"));
        delegate.initStyleOption(&option, model.index(0, 0));
        QCOMPARE(option.text, QString("layers.7\u2026q_proj"));
    }

    void theProxyIsAModel()
    {
        TableProxy proxy;
        const QAbstractItemModelTester tester(
            &proxy, QAbstractItemModelTester::FailureReportingMode::QtTest);
        proxy.setSourceModel(m_model.get());
        proxy.sort(1);
        proxy.setWords({"q_proj"});
        QCOMPARE(proxy.rowCount(), 2);
        proxy.setWords({});
        m_model->removeRow(0);
        QCOMPARE(proxy.rowCount(), 3);
    }

    void aClickOnTheHeadingSortsByValueWithTheMissingLast()
    {
        QHeaderView &header = *m_table->view().horizontalHeader();
        const QPoint place(header.sectionViewportPosition(1) + 5, header.height() / 2);
        QTest::mouseClick(header.viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(firstColumn(*m_table),
                 QStringList({"layers.10.q_proj", "layers.0.down, \"fast\"", "layers.2.k_proj",
                              "layers.1.q_proj"}));
        QTest::mouseClick(header.viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(firstColumn(*m_table),
                 QStringList({"layers.2.k_proj", "layers.0.down, \"fast\"", "layers.10.q_proj",
                              "layers.1.q_proj"}));
    }

    void namesSortByTheirNumbers()
    {
        m_table->sortBy(0, Qt::AscendingOrder);
        QCOMPARE(firstColumn(*m_table),
                 QStringList({"layers.0.down, \"fast\"", "layers.1.q_proj", "layers.2.k_proj",
                              "layers.10.q_proj"}));
    }

    void typingFiltersByAllWords()
    {
        QTest::keyClicks(&m_table->filterLine(), "Q_proj 10");
        QCOMPARE(firstColumn(*m_table), QStringList({"layers.10.q_proj"}));
        m_table->filterLine().clear();
        QCOMPARE(firstColumn(*m_table).size(), 4);
    }

    void controlCCopiesTheChosenRowsWithHeadings()
    {
        m_table->sortBy(0, Qt::AscendingOrder);
        m_table->view().selectRow(0);
        QTest::keySequence(&m_table->view(), QKeySequence::Copy);
        QCOMPARE(m_table->selectionAsText(), QString("Layer\tError\nlayers.0.down, \"fast\"\t2\n"));
        QCOMPARE(QGuiApplication::clipboard()->text(), m_table->selectionAsText());
    }

    void nothingChosenCopiesAll() { QCOMPARE(m_table->selectionAsText().count('\n'), 5); }

    void csvHoldsTheValuesOfTheShownRowsAndColumns()
    {
        m_table->sortBy(1, Qt::DescendingOrder);
        QCOMPARE(m_table->asCsv(),
                 QByteArray("Layer,Error\r\nlayers.2.k_proj,12\r\n\"layers.0.down, \"\"fast\"\"\",2"
                            "\r\nlayers.10.q_proj,0.5\r\nlayers.1.q_proj,\r\n"));
        m_table->setColumnShown(1, false);
        m_table->filterLine().setText("k_proj");
        QCOMPARE(m_table->asCsv(), QByteArray("Layer\r\nlayers.2.k_proj\r\n"));
    }

    void csvHasAColumnForStandardErrors()
    {
        auto *first = new QStandardItem("0.50 \u00b1 0.25");
        first->setData(0.5, SortRole);
        first->setData(0.25, StandardErrorRole);
        QStandardItemModel model;
        model.setHorizontalHeaderLabels({"Layer", "Error", "Bits"});
        model.appendRow({new QStandardItem("a"), first, numberItem(3)});
        model.appendRow({new QStandardItem("b"), numberItem(2), numberItem(4)});
        QCOMPARE(
            tableAsCsv(model, {0, 1}, {0, 1, 2}),
            QByteArray("Layer,Error,Error: standard error,Bits\r\na,0.5,0.25,3\r\nb,2,,4\r\n"));
    }

    void csvIsSavedOrSaysWhyNot()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("layers.csv");
        m_table->saveCsv(path);
        QTRY_VERIFY(QFile::exists(path)); // whole as soon as it is there
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), m_table->asCsv());
        QVERIFY(m_table->findChild<QMessageBox *>() == nullptr);
        m_table->saveCsv(folder.filePath("none/layers.csv"));
        QTRY_VERIFY(m_table->findChild<QMessageBox *>() != nullptr);
        auto *said = m_table->findChild<QMessageBox *>();
        QVERIFY2(said->text().contains("none/layers.csv"), qPrintable(said->text()));
        said->close();
    }

    void tablesAreWrittenBesideTheWindow()
    {
        const QTemporaryDir folder;
        m_table->saveCsv(folder.filePath("layers.csv"));
        QVERIFY(m_table->findChild<FileSaver *>() != nullptr); // on its own thread
        QTRY_VERIFY(m_table->findChild<FileSaver *>() == nullptr); // and gone when it is done
        QVERIFY(QFile::exists(folder.filePath("layers.csv")));
    }

    void theFocusChoosesNoRow()
    {
        QSignalSpy chosen(m_table.get(), &DataTable::rowChosen);
        m_table->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_table.get()));
        m_table->view().setFocus(Qt::TabFocusReason);
        QVERIFY(m_table->view().currentIndex().isValid());
        QCOMPARE(chosen.size(), 0);
        QTest::keyClick(&m_table->view(), Qt::Key_Down);
        QCOMPARE(chosen.size(), 1);
    }

    void aClickChoosesTheFirstRowToo() // of a table that gets the focus by it
    {
        QSignalSpy chosen(m_table.get(), &DataTable::rowChosen);
        m_table->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_table.get()));
        QTableView &view = m_table->view();
        view.clearFocus();
        const QPoint place = view.visualRect(view.model()->index(0, 0)).center();
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(chosen.size(), 1);
    }

    void plainTablesCopyToo()
    {
        QStandardItemModel model;
        model.setHorizontalHeaderLabels({"part", "size"});
        model.appendRow({new QStandardItem("norms"), numberItem(3)});
        model.appendRow({new QStandardItem("head"), numberItem(12)});
        QTableView table;
        table.setModel(&model);
        table.setSelectionBehavior(QAbstractItemView::SelectRows);
        addCopying(table, "parts");
        QAction *const copy = table.actions().constFirst();
        QCOMPARE(copy->shortcut(), QKeySequence(QKeySequence::Copy));
        copy->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QString("part\tsize\nnorms\t3\nhead\t12\n"));
        table.selectRow(1);
        copy->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(), QString("part\tsize\nhead\t12\n"));
    }

    /// In a narrow table, the ones that matter least first; they are copied and saved all the same.
    void columnsGiveWayWhereThereIsNoRoom()
    {
        QStandardItemModel model;
        model.setHorizontalHeaderLabels({"Run", "Experiment", "Change", "Before", "After"});
        model.setHeaderData(1, Qt::Horizontal, 3, GiveWayRole);
        model.setHeaderData(3, Qt::Horizontal, 1, GiveWayRole);
        model.setHeaderData(4, Qt::Horizontal, 1, GiveWayRole);
        const auto figure = [] {
            QStandardItem *item = numberItem(13.77);
            item->setText("13.77 \u00b1 0.78");
            return item;
        };
        model.appendRow({new QStandardItem("gptq, 4 bits"), new QStandardItem("widths"), figure(),
                         figure(), figure()});
        DataTable table("Runs");
        table.setModel(&model);
        table.resize(900, 200);
        table.show();
        QVERIFY(QTest::qWaitForWindowExposed(&table));
        QTableView &view = table.view();
        const auto hidden = [&] {
            QList<int> columns;
            for (int column = 0; column < model.columnCount(); ++column) {
                if (view.isColumnHidden(column)) {
                    columns.append(column);
                }
            }
            return columns;
        };
        QCOMPARE(hidden(), QList<int>());
        const int figures = view.fontMetrics().horizontalAdvance("13.77 \u00b1 0.78");
        int width = table.width();
        const auto narrowTo = [&](int gone) {
            for (; hidden().size() < gone && width > 100; width -= 10) {
                table.resize(width, 200);
                QCoreApplication::processEvents();
            }
            return hidden();
        };
        QCOMPARE(narrowTo(1), QList<int>{1});
        QCOMPARE(narrowTo(2), (QList<int>{1, 4})); // of equals the last
        QCOMPARE(view.horizontalScrollBar()->maximum(), 0);
        QCOMPARE(table.wantedColumns(), (QList<int>{0, 1, 2, 3, 4}));
        QVERIFY(table.asCsv().startsWith("Run,Experiment,Change,Before,After"));
        // What the user asks for stays.
        auto *columns = table.menu().findChild<QMenu *>();
        Q_EMIT columns->aboutToShow();
        QVERIFY(!columns->actions().at(4)->isChecked());
        columns->actions().at(4)->trigger();
        QVERIFY(!view.isColumnHidden(4) && view.columnWidth(4) >= figures);
        table.resize(900, 200);
        QTRY_COMPARE(hidden(), QList<int>());
        QVERIFY(view.columnWidth(1) > 0);
    }

    void theColumnMenuHidesColumnsButTheFirst()
    {
        QMenu *columns = m_table->menu().findChild<QMenu *>();
        QVERIFY(columns != nullptr);
        Q_EMIT columns->aboutToShow();
        QCOMPARE(columns->actions().size(), 2);
        QVERIFY(!columns->actions().front()->isEnabled());
        columns->actions().back()->trigger();
        QVERIFY(m_table->view().isColumnHidden(1));
    }

    void figuresStandRightAndMutedOnesAreMuted()
    {
        const QAbstractItemModel &shown = *m_table->view().model();
        const auto aligned = [&](int row, int column) {
            return shown.index(row, column).data(Qt::TextAlignmentRole).value<Qt::Alignment>();
        };
        QVERIFY(aligned(0, 1).testFlag(Qt::AlignRight));
        QVERIFY(aligned(2, 1).testFlag(Qt::AlignRight)); // the dash of what was not measured
        QVERIFY(aligned(0, 0).testFlag(Qt::AlignLeft));
        QVERIFY(shown.headerData(1, Qt::Horizontal, Qt::TextAlignmentRole)
                    .value<Qt::Alignment>()
                    .testFlag(Qt::AlignRight));

        struct Delegate : TableDelegate
        {
            using TableDelegate::initStyleOption;
        } delegate;
        QStyleOptionViewItem option;
        option.palette = m_table->palette();
        delegate.initStyleOption(&option, shown.index(3, 1));
        QCOMPARE(option.palette.color(QPalette::Text), Theme::of(option.palette).mutedText);
    }

    void choosingARowIsToldInTheModelsRows()
    {
        QSignalSpy chosen(m_table.get(), &DataTable::rowChosen);
        m_table->sortBy(1, Qt::DescendingOrder);
        QTableView &view = m_table->view();
        const QPoint place = view.visualRect(view.model()->index(0, 0)).center();
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, place);
        QCOMPARE(chosen.size(), 1);
        QCOMPARE(chosen.front().front().toInt(), 1);
        m_table->setCurrentRow(3);
        QCOMPARE(m_table->currentRow(), 3);
        QCOMPARE(chosen.size(), 1); // what the program chose is no news
        m_table->setCurrentRow(-1);
        QCOMPARE(m_table->currentRow(), -1);
    }

private:
    std::unique_ptr<QStandardItemModel> m_model;
    std::unique_ptr<DataTable> m_table;
};

BITPRISM_TEST(TstDataTable);
#include "tst_data_table.moc"
