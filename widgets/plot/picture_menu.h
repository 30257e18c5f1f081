// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plot_text.h"

#include <QObject>
#include <QString>

#include <functional>

class QAbstractItemModel;
class QWidget;

namespace bitprism {

class FileSaver;

/// Lets a widget that draws figures by itself be saved and copied as plots are: a context menu with
/// PNG, SVG, PDF, the image and the data. Belongs to the widget.
class PictureMenu : public QObject
{
    Q_OBJECT

public:
    /// `data` makes the table that "copy data" gives.
    PictureMenu(QWidget *widget, std::function<PlotTable()> data);

    /// Title and context above the picture: a sentence with its unit; model, data, run.
    void setTexts(const QString &title, const QString &context);
    /// Writes the picture on a thread of its own; pictureSaved() follows. The name's ending chooses
    /// among PNG, SVG and PDF.
    void savePicture(const QString &path);
    void copyImage();
    void copyData();

Q_SIGNALS:
    /// `problem` is a sentence, or empty where all went well.
    void pictureSaved(const QString &path, const QString &problem);

private:
    void chooseFile(const QString &suffix);

    QWidget *m_widget;
    std::function<PlotTable()> m_data;
    FileSaver *m_saver;
    QString m_title;
    QString m_context;
};

/// The texts of an item model, with its headings.
PlotTable plotTable(const QAbstractItemModel &model);

} // namespace bitprism
