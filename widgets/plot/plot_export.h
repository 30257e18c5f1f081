// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QImage>
#include <QString>

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

/// The plot with title and context, as large as on the screen, `scale` pixels to each of its own.
QImage plotImage(PlotFrame &frame, double scale);

/// The same as a file's contents. PNG comes at twice the screen's size.
QByteArray plotPicture(PlotFrame &frame, PictureFormat format);

} // namespace bitprism
