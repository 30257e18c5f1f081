// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/picture_menu.h"

#include "widgets/plot/plot_export.h"
#include "widgets/shared/file_saver.h"

#include <QAbstractItemModel>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QWidget>

namespace bitprism {

PictureMenu::PictureMenu(QWidget *widget, std::function<PlotTable()> data)
    : QObject(widget)
    , m_widget(widget)
    , m_data(std::move(data))
    , m_saver(new FileSaver(this))
{
    connect(m_saver, &FileSaver::saved, this, &PictureMenu::pictureSaved);
    widget->setContextMenuPolicy(Qt::ActionsContextMenu);
    const auto add = [this](const QString &text, auto action) {
        auto *item = new QAction(text, m_widget);
        connect(item, &QAction::triggered, this, action);
        m_widget->addAction(item);
    };
    add(tr("Save as PNG..."), [this] { chooseFile(QStringLiteral("png")); });
    add(tr("Save as SVG..."), [this] { chooseFile(QStringLiteral("svg")); });
    add(tr("Save as PDF..."), [this] { chooseFile(QStringLiteral("pdf")); });
    add(tr("Copy image"), [this] { copyImage(); });
    add(tr("Copy data"), [this] { copyData(); });
}

void PictureMenu::setTexts(const QString &title, const QString &context)
{
    m_title = title;
    m_context = context;
}

void PictureMenu::chooseFile(const QString &suffix)
{
    auto *dialog = new QFileDialog(m_widget, tr("Save the picture"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->setNameFilter(tr("%1 picture (*.%2)").arg(suffix.toUpper(), suffix));
    connect(dialog, &QFileDialog::fileSelected, this, &PictureMenu::savePicture);
    dialog->open();
}

void PictureMenu::savePicture(const QString &path)
{
    m_saver->save(path,
                  pictureFile(contentOf(*m_widget, m_title, m_context), pictureFormatOf(path)));
}

void PictureMenu::copyImage()
{
    QApplication::clipboard()->setImage(pictureImage(contentOf(*m_widget, m_title, m_context), 2));
}

PlotTable plotTable(const QAbstractItemModel &model)
{
    PlotTable table;
    for (int column = 0; column < model.columnCount(); ++column) {
        table.header.append(model.headerData(column, Qt::Horizontal).toString());
    }
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList &fields = table.rows.emplace_back();
        for (int column = 0; column < model.columnCount(); ++column) {
            fields.append(model.index(row, column).data().toString());
        }
    }
    return table;
}

void PictureMenu::copyData() { QApplication::clipboard()->setText(m_data().toTsv()); }

} // namespace bitprism
