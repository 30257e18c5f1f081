// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QImage>
#include <QSize>
#include <QString>

#include <functional>

class QCPPainter;
class QWidget;

namespace bitprism {

class PlotFrame;

enum class PictureFormat
{
    Png,
    Svg,
    Pdf
};

/// By the ending of a file's name; PNG for any other.
PictureFormat pictureFormatOf(const QString &path);

/// Something drawn, with the words above it. It holds nothing: what it points to must outlive it.
struct PictureContent
{
    const QWidget *look; ///< whose font and palette the words have
    QString title; ///< a sentence with its unit
    QString context; ///< model, data, run
    QSize size; ///< of what `draw` draws from the origin on
    std::function<void(QCPPainter &)> draw;
};
PictureContent contentOf(PlotFrame &frame);
/// Any widget that paints itself, with its children.
PictureContent contentOf(QWidget &widget, const QString &title, const QString &context);

/// `scale` pixels to each of the screen's.
QImage pictureImage(const PictureContent &content, double scale);
/// A file's contents. PNG comes at twice the screen's size.
QByteArray pictureFile(const PictureContent &content, PictureFormat format);

/// The plot with title and context, as large as on the screen, `scale` pixels to each of its own.
QImage plotImage(PlotFrame &frame, double scale);

/// The same as a file's contents.
QByteArray plotPicture(PlotFrame &frame, PictureFormat format);

} // namespace bitprism
