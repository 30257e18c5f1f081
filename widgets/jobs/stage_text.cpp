// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/stage_text.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

#include <optional>

namespace bitprism {

namespace {

/// As jobs write them, with placeholders; of two that fit the first counts.
const char *const stages[] = {
    QT_TRANSLATE_NOOP("Stage", "reading"),
    QT_TRANSLATE_NOOP("Stage", "generating"),
    QT_TRANSLATE_NOOP("Stage", "calibration samples"),
    QT_TRANSLATE_NOOP("Stage", "running the unquantized model"),
    QT_TRANSLATE_NOOP("Stage", "measuring the noise of a few probes"),
    QT_TRANSLATE_NOOP("Stage", "ranking channels by gradients"),
    QT_TRANSLATE_NOOP("Stage", "statistics of the head"),
    QT_TRANSLATE_NOOP("Stage", "running block %1 in full precision"),
    QT_TRANSLATE_NOOP("Stage", "pairs of block %1, %2 of %3"),
    QT_TRANSLATE_NOOP("Stage", "pairs of blocks %1 and %2"),
    QT_TRANSLATE_NOOP("Stage", "adaround block %1, step %2"),
    QT_TRANSLATE_NOOP("Stage", "adaround %1, step %2"),
    QT_TRANSLATE_NOOP("Stage", "omniquant-clip, epoch %1 of %2"),
    QT_TRANSLATE_NOOP("Stage", "statistics of %1"),
    QT_TRANSLATE_NOOP("Stage", "statistics for %1"),
    QT_TRANSLATE_NOOP("Stage", "quantizing %1"),
    QT_TRANSLATE_NOOP("Stage", "writing %1"),
    QT_TRANSLATE_NOOP("Stage", "%1 of the unquantized model"),
    QT_TRANSLATE_NOOP("Stage", "%1 at %2 bits"),
    QT_TRANSLATE_NOOP("Stage", "%1 at ratio %2"),
    QT_TRANSLATE_NOOP("Stage", "block %1"),
};

/// What stands in for the placeholders; nothing where the stage is another one.
std::optional<QStringList> valuesIn(const QString &stage, const char *form)
{
    static const QRegularExpression placeholder(QStringLiteral("%\\d"));
    QString pattern;
    for (const QString &piece : QString::fromLatin1(form).split(placeholder)) {
        pattern += (pattern.isEmpty() ? QString() : QStringLiteral("(\\S+)"))
            + QRegularExpression::escape(piece);
        pattern = pattern.isEmpty() ? QStringLiteral("^") : pattern;
    }
    const QRegularExpressionMatch match
        = QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(stage);
    return match.hasMatch() ? std::optional(match.capturedTexts().mid(1)) : std::nullopt;
}

} // namespace

QString stageText(const std::string &stage)
{
    QString english = QString::fromStdString(stage);
    for (const char *form : stages) {
        if (const auto values = valuesIn(english, form)) {
            QString text = QCoreApplication::translate("Stage", form);
            for (qsizetype i = 0; i < values->size(); ++i) {
                text.replace(QStringLiteral("%%1").arg(i + 1), values->at(i));
            }
            return text;
        }
    }
    return english;
}

} // namespace bitprism
