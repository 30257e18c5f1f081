// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/transcript_text.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace bitprism {

namespace {

/// Words in turn; an empty one behind the last.
class Words
{
public:
    explicit Words(const std::string &text)
        : m_words(QString::fromStdString(text).split(QLatin1Char(' '), Qt::SkipEmptyParts))
    {
    }
    QString next()
    {
        return m_next < m_words.size() ? m_words[m_next++].toHtmlEscaped() : QString();
    }

private:
    QStringList m_words;
    qsizetype m_next = 0;
};

QString marked(const QString &text, const QColor &colour)
{
    return QStringLiteral("<span style=\"color:%1\">%2</span>").arg(colour.name(), text);
}

} // namespace

WordErrors wordErrorsOf(const std::string &alignment)
{
    const auto count = [&](char step) {
        return static_cast<int>(std::count(alignment.begin(), alignment.end(), step));
    };
    return {count('S'), count('I'), count('D')};
}

QString transcriptHtml(const std::string &reference, const std::string &hypothesis,
                       const std::string &alignment, const Theme &theme)
{
    Words said(reference);
    Words heard(hypothesis);
    QStringList words;
    for (const char step : alignment) {
        switch (step) {
        case 'S':
            words.append(
                marked(QStringLiteral("<s>%1</s>&nbsp;<b>%2</b>").arg(said.next(), heard.next()),
                       theme.bad));
            break;
        case 'I':
            words.append(marked(QStringLiteral("<u>+%1</u>").arg(heard.next()), theme.warning));
            break;
        case 'D':
            words.append(marked(QStringLiteral("<s>\u2212%1</s>").arg(said.next()), theme.bad));
            break;
        default:
            static_cast<void>(said.next());
            words.append(heard.next());
        }
    }
    return words.join(QLatin1Char(' '));
}

QString wordErrorsText(const WordErrors &errors)
{
    return QCoreApplication::translate("Transcript", "%1 substituted, %2 inserted, %3 missing")
        .arg(errors.substitutions)
        .arg(errors.insertions)
        .arg(errors.deletions);
}

} // namespace bitprism
