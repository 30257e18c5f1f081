// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/stage_text.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <iterator>
#include <vector>

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

struct Form
{
    const char *text;
    QRegularExpression pattern; ///< a group for each placeholder
};

Form compiled(const char *text)
{
    static const QRegularExpression placeholder(QStringLiteral("%\\d"));
    QStringList pieces = QString::fromLatin1(text).split(placeholder);
    for (QString &piece : pieces) {
        piece = QRegularExpression::escape(piece);
    }
    return {text,
            QRegularExpression(QRegularExpression::anchoredPattern(pieces.join("(\\S+)")))};
}

/// Compiled once: a job that works is told of ten times a second.
const std::vector<Form> &forms()
{
    static const std::vector<Form> all = [] {
        std::vector<Form> list;
        std::transform(std::begin(stages), std::end(stages), std::back_inserter(list), compiled);
        return list;
    }();
    return all;
}

} // namespace

QString stageText(const std::string &stage)
{
    const QString english = QString::fromStdString(stage);
    for (const Form &form : forms()) {
        const QRegularExpressionMatch match = form.pattern.match(english);
        if (!match.hasMatch()) {
            continue;
        }
        QString text = QCoreApplication::translate("Stage", form.text);
        for (int i = 1; i <= match.lastCapturedIndex(); ++i) {
            text.replace(QStringLiteral("%%1").arg(i), match.captured(i));
        }
        return text;
    }
    return english;
}

} // namespace bitprism
