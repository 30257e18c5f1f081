// SPDX-License-Identifier: GPL-3.0-or-later
// The part of PlotFrame that saves and copies: its context menu and what stands in it.
#include "widgets/plot/picture_dialog.h"
#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_export.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/shared/file_saver.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QMenu>

namespace bitprism {

void PlotFrame::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu *menu = makeMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->popup(event->globalPos());
}

void PlotFrame::makeActions()
{
    const auto add = [this](const QString &text, const QKeySequence &keys, auto action) {
        auto *item = new QAction(text, this);
        item->setShortcut(keys);
        item->setShortcutContext(Qt::WidgetShortcut);
        connect(item, &QAction::triggered, this, action);
        addAction(item);
    };
    add(tr("Save as PNG..."), {}, [this] { chooseFile(QStringLiteral("png")); });
    add(tr("Save as SVG..."), {}, [this] { chooseFile(QStringLiteral("svg")); });
    add(tr("Save as PDF..."), {}, [this] { chooseFile(QStringLiteral("pdf")); });
    add(tr("Copy image"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_C), [this] { copyImage(); });
    add(tr("Copy data"), QKeySequence::Copy, [this] { copyData(); });
    add(tr("Show all (Home)"), {}, [this] { resetView(); });
}

QMenu *PlotFrame::makeMenu()
{
    auto *menu = new QMenu(this);
    menu->addActions(actions());
    return menu;
}

void PlotFrame::chooseFile(const QString &suffix)
{
    askPicturePath(this, title(), suffix, [this](const QString &path) { savePicture(path); });
}

void PlotFrame::savePicture(const QString &path)
{
    m_saver->save(path, plotPicture(*this, pictureFormatOf(path)));
}

void PlotFrame::copyImage() { QApplication::clipboard()->setImage(plotImage(*this, 2)); }

void PlotFrame::copyData() { QApplication::clipboard()->setText(table().toTsv()); }

} // namespace bitprism
