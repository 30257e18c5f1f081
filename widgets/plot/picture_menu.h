// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_export.h"
#include "widgets/plot/plot_text.h"

#include <QList>
#include <QObject>
#include <QString>

#include <functional>

class QAbstractItemModel;
class QAction;
class QWidget;

namespace bitprism {

class FileSaver;

/// Saves and copies what a widget draws by itself, as plots are: PNG, SVG, PDF, the image and the
/// data. Belongs to the widget.
class PictureMenu : public QObject
{
    Q_OBJECT

public:
    /// `data` makes the table that "copy data" gives; without one that is not offered.
    explicit PictureMenu(QWidget *widget, std::function<PlotTable()> data = {});

    /// A right click on the widget, or the menu key while it has the focus, offers the actions. The
    /// focus is drawn around it, where it paints nothing itself.
    void attach();
    const QList<QAction *> &actions() const { return m_actions; }
    /// Title and context above the picture: a sentence with its unit; model, data, run.
    void setTexts(const QString &title, const QString &context);
    const QString &title() const { return m_title; }
    /// What is saved in place of the widget as it stands, with the texts that it has itself.
    void setDrawing(std::function<PictureContent()> drawing);
    bool isVisible() const;
    /// Writes the picture on a thread of its own; pictureSaved() follows. The name's ending chooses
    /// among PNG, SVG and PDF.
    void savePicture(const QString &path);
    void copyImage();
    void copyData();

    bool eventFilter(QObject *watched, QEvent *event) override;

Q_SIGNALS:
    /// `problem` is a sentence, or empty where all went well.
    void pictureSaved(const QString &path, const QString &problem);

private:
    PictureContent content() const;
    void chooseFile(const QString &suffix);

    QWidget *m_widget;
    std::function<PlotTable()> m_data;
    std::function<PictureContent()> m_drawing; ///< empty: the widget as it stands
    QList<QAction *> m_actions;
    FileSaver *m_saver;
    QString m_title;
    QString m_context;
};

/// The texts of an item model, with its headings.
PlotTable plotTable(const QAbstractItemModel &model);

} // namespace bitprism
