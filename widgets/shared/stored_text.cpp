// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/shared/stored_text.h"

#include "core/base/error.h"

#include <QCoreApplication>
#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>

#include <algorithm>
#include <optional>
#include <vector>

namespace bitprism {

namespace {

constexpr const char *errorContext = "Error"; // of BITPRISM_TR
constexpr qsizetype mostPlaces = 9;

struct ErrorForm
{
    QByteArray text; ///< with its places, %1 and on
    QRegularExpression pattern;
    std::vector<std::size_t> places; ///< which argument each capture is, from 0
    qsizetype letters = 0; ///< that stand in it whatever the arguments are
    QString longest; ///< the longest piece between its places: a quick look before the pattern
};

ErrorForm formOf(const QString &text)
{
    static const QRegularExpression place(QStringLiteral("%([1-9])"));
    ErrorForm form;
    form.text = text.toUtf8();
    QString pattern;
    qsizetype from = 0;
    const auto take = [&](const QString &piece) {
        pattern += QRegularExpression::escape(piece);
        form.letters += piece.size();
        if (piece.size() > form.longest.size()) {
            form.longest = piece;
        }
    };
    for (auto all = place.globalMatch(text); all.hasNext();) {
        const QRegularExpressionMatch match = all.next();
        take(text.mid(from, match.capturedStart() - from));
        pattern += QStringLiteral("(.+?)");
        form.places.push_back(match.captured(1).toUInt() - 1);
        from = match.capturedEnd();
    }
    take(text.mid(from));
    form.pattern.setPattern(QRegularExpression::anchoredPattern(pattern));
    return form;
}

/// All sentences of errors that lupdate found, the most telling ones first.
std::vector<ErrorForm> readForms()
{
    std::vector<ErrorForm> forms;
    QFile catalogue(QStringLiteral(":/texts/bitprism_zh_CN.ts"));
    catalogue.open(QIODevice::ReadOnly);
    QXmlStreamReader reader(&catalogue);
    QString context;
    while (reader.readNextStartElement() || !reader.atEnd()) {
        if (!reader.isStartElement()) {
            continue;
        }
        if (reader.name() == QLatin1String("name")) {
            context = reader.readElementText();
        } else if (reader.name() == QLatin1String("source")) {
            const QString text = reader.readElementText();
            if (context == QLatin1String(errorContext)) {
                forms.push_back(formOf(text));
            }
        }
    }
    std::stable_sort(forms.begin(), forms.end(),
                     [](const ErrorForm &a, const ErrorForm &b) { return a.letters > b.letters; });
    return forms;
}

std::optional<QString> translationBy(const ErrorForm &form, const QString &english)
{
    if (!english.contains(form.longest)) {
        return std::nullopt;
    }
    const QRegularExpressionMatch match = form.pattern.match(english);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    std::vector<std::string> arguments(mostPlaces);
    for (std::size_t i = 0; i < form.places.size(); ++i) {
        arguments[form.places[i]] = match.captured(static_cast<int>(i) + 1).toStdString();
    }
    const QString text = QCoreApplication::translate(errorContext, form.text.constData());
    return QString::fromStdString(substitute(text.toStdString(), arguments));
}

} // namespace

QString storedErrorText(const std::string &english)
{
    static const std::vector<ErrorForm> forms = readForms();
    QString text = QString::fromStdString(english);
    for (const ErrorForm &form : forms) {
        if (const std::optional<QString> translation = translationBy(form, text)) {
            return *translation;
        }
    }
    return text;
}

} // namespace bitprism
