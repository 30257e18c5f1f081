// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace bitprism {

/// The name of a file for a picture: its title in small letters with hyphens, cut after a word.
QString pictureFileName(const QString &title, const QString &suffix);

/// Asks where the picture of `title` goes, with such a name to begin with, and hands the path on.
/// `suffix` is png, svg or pdf. The dialog belongs to `parent`.
void askPicturePath(QWidget *parent, const QString &title, const QString &suffix,
                    const std::function<void(const QString &)> &use);

} // namespace bitprism
