// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/picture_menu.h"

#include "widgets/plot/picture_dialog.h"
#include "widgets/shared/file_saver.h"
#include "widgets/shared/theme.h"

#include <QAbstractItemModel>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QPainter>
#include <QWidget>

namespace bitprism {

PictureMenu::PictureMenu(QWidget *widget, std::function<PlotTable()> data)
    : QObject(widget)
    , m_widget(widget)
    , m_data(std::move(data))
    , m_saver(new FileSaver(this))
{
    connect(m_saver, &FileSaver::saved, this, &PictureMenu::pictureSaved);
    const auto add = [this](const QString &text, auto action) {
        m_actions.append(new QAction(text, this));
        connect(m_actions.last(), &QAction::triggered, this, action);
    };
    add(tr("Save as PNG..."), [this] { chooseFile(QStringLiteral("png")); });
    add(tr("Save as SVG..."), [this] { chooseFile(QStringLiteral("svg")); });
    add(tr("Save as PDF..."), [this] { chooseFile(QStringLiteral("pdf")); });
    add(tr("Copy image"), [this] { copyImage(); });
    if (m_data) {
        add(tr("Copy data"), [this] { copyData(); });
    }
}

void PictureMenu::attach()
{
    m_widget->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_widget->addActions(m_actions);
    m_widget->installEventFilter(this);
}

bool PictureMenu::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_widget
        && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) {
        m_widget->update();
    } else if (watched == m_widget && event->type() == QEvent::Paint && m_widget->hasFocus()) {
        QPainter painter(m_widget);
        painter.setPen(Theme::of(m_widget->palette()).accent);
        painter.drawRect(m_widget->rect().adjusted(0, 0, -1, -1));
    }
    return QObject::eventFilter(watched, event);
}

bool PictureMenu::isVisible() const { return m_widget->isVisible(); }

void PictureMenu::setTexts(const QString &title, const QString &context)
{
    m_title = title;
    m_context = context;
}

void PictureMenu::setDrawing(std::function<PictureContent()> drawing)
{
    m_drawing = std::move(drawing);
}

PictureContent PictureMenu::content() const
{
    return m_drawing ? m_drawing() : contentOf(*m_widget, m_title, m_context);
}

void PictureMenu::chooseFile(const QString &suffix)
{
    askPicturePath(m_widget, m_title, suffix, [this](const QString &path) { savePicture(path); });
}

void PictureMenu::savePicture(const QString &path)
{
    m_saver->save(path, pictureFile(content(), pictureFormatOf(path)));
}

void PictureMenu::copyImage() { QApplication::clipboard()->setImage(pictureImage(content(), 2)); }

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
