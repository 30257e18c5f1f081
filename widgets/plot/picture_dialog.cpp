// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/picture_dialog.h"

#include <QCoreApplication>
#include <QFileDialog>

namespace bitprism {

namespace {

constexpr qsizetype longestName = 60; // characters: a list of files shows it whole

/// The context of this file's texts.
struct DialogTexts
{
    Q_DECLARE_TR_FUNCTIONS(PictureDialog)
};

} // namespace

QString pictureFileName(const QString &title, const QString &suffix)
{
    QStringList words{QString()};
    for (const QChar letter : title.toLower()) {
        if (letter.isLetterOrNumber()) {
            words.last().append(letter);
        } else if (!words.last().isEmpty()) {
            words.append(QString());
        }
    }
    QString name = words.takeFirst().left(longestName);
    for (const QString &word : std::as_const(words)) {
        if (word.isEmpty() || name.size() + 1 + word.size() > longestName) {
            break;
        }
        name += QLatin1Char('-') + word;
    }
    return (name.isEmpty() ? QStringLiteral("plot") : name) + QLatin1Char('.') + suffix;
}

void askPicturePath(QWidget *parent, const QString &title, const QString &suffix,
                    const std::function<void(const QString &)> &use)
{
    auto *dialog = new QFileDialog(parent, DialogTexts::tr("Save the plot"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->setNameFilter(DialogTexts::tr("%1 picture (*.%2)").arg(suffix.toUpper(), suffix));
    dialog->selectFile(pictureFileName(title, suffix));
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, use);
    dialog->open();
}

} // namespace bitprism
