// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that makes short names of layers, for plots, tables and sentences.
#include "widgets/plot/plot_text.h"

#include <QRegularExpression>

#include <algorithm>

namespace bitprism {

namespace {

constexpr QChar elision(u'\u2026');

bool isNumber(const QString &part)
{
    return !part.isEmpty()
        && std::all_of(part.begin(), part.end(), [](QChar each) { return each.isDigit(); });
}

/// What a layer's block stands in: the part of the model where several have blocks, else the list.
QString ownerOf(const QStringList &parts, qsizetype block)
{
    const QString &list = parts.at(block - 1);
    if (list.back().isDigit()) { // "layer1" of a ResNet: each list has a block 0
        return list;
    }
    for (const char *stack : {"encoder", "decoder", "visual"}) {
        if (parts.first() == QLatin1String(stack)) {
            return parts.first();
        }
    }
    if (parts.first().endsWith(QLatin1String("_model"))) { // vision_model, text_model
        return parts.first().section(QLatin1Char('_'), 0, 0);
    }
    return list.section(QLatin1Char('_'), -1);
}

/// Which part of the block a layer is in, where its last part does not say it; else empty. `inside`
/// follows the block's number.
QString roleOf(QStringList inside)
{
    static const QRegularExpression vague(QStringLiteral("^(dense|c_proj|[0-9]+)$"));
    if (inside.size() > 2 && inside.first().contains(QLatin1String("layers"))) {
        inside = inside.mid(2); // a list of one in each group of ALBERT's
    }
    if (inside.size() < 2) {
        return {};
    }
    if (inside.first() == QLatin1String("encoder_attn")
        || inside.first().contains(QLatin1String("cross"))) {
        return QStringLiteral("cross");
    }
    if (isNumber(inside.at(inside.size() - 2))) { // one of many experts
        return inside.at(inside.size() - 2);
    }
    return vague.match(inside.last()).hasMatch() ? inside.first() : QString();
}

/// `block` is the place of the block's number.
QString shortBlockName(const QStringList &parts, qsizetype block)
{
    const QStringList inside = parts.mid(block + 1);
    const QString role = roleOf(inside);
    const bool isWhole = inside.size() == 1 && block == 1;
    return ownerOf(parts, block) + QLatin1Char('.') + parts.at(block)
        + (isWhole ? QChar(u'.') : elision)
        + (role.isEmpty() ? inside.last() : role + QLatin1Char(' ') + inside.last());
}

} // namespace

QString shortLayerName(const QString &name)
{
    QStringList parts = name.split(QLatin1Char('.'), Qt::SkipEmptyParts);
    while (parts.size() > 1
           && (parts.first() == QLatin1String("model")
               || parts.first() == QLatin1String("transformer"))) {
        parts.removeFirst();
    }
    const auto block = std::find_if(parts.begin(), parts.end(), isNumber) - parts.begin();
    if (block > 0 && block + 1 < parts.size()) {
        return shortBlockName(parts, block);
    }
    if (parts.size() > 1 && parts.first() == QLatin1String("decoder")) {
        parts.removeFirst(); // what lies outside its blocks is the model's
    }
    return parts.size() <= 3
        ? parts.join(QLatin1Char('.'))
        : parts.at(0) + QLatin1Char('.') + parts.at(1) + elision + parts.last();
}

QString fittedLayerName(const QString &shortName, const QFontMetrics &metrics, int width)
{
    constexpr qsizetype leastKept = 3; // "enc", "dec"
    const qsizetype dot = shortName.indexOf(QLatin1Char('.'));
    QString fitted = shortName;
    for (qsizetype kept = dot - 1; kept >= leastKept && metrics.horizontalAdvance(fitted) > width;
         --kept) {
        fitted = shortName.left(kept) + shortName.mid(dot);
    }
    return metrics.elidedText(fitted, Qt::ElideMiddle, width);
}

QString wholeName(const QString &label, const QString &id)
{
    return label.isEmpty() || label == shortLayerName(id) ? id : label;
}

} // namespace bitprism
