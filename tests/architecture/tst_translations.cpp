// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>

namespace {

struct Message
{
    QString source;
    QStringList translations; ///< one, or one for each plural form
    bool isUnfinished = false;
};

QList<Message> readMessages(const QString &path)
{
    QFile file(path);
    QList<Message> messages;
    if (!file.open(QIODevice::ReadOnly)) {
        return messages;
    }
    QXmlStreamReader xml(&file);
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) {
            continue;
        }
        if (xml.name() == u"message") {
            messages.append(Message());
        } else if (xml.name() == u"source") {
            messages.last().source = xml.readElementText();
        } else if (xml.name() == u"translation") {
            messages.last().isUnfinished = xml.attributes().hasAttribute("type");
            const QString text = xml.readElementText(QXmlStreamReader::IncludeChildElements);
            messages.last().translations.append(text.trimmed());
        }
    }
    return messages;
}

/// "%1", "%n", "%L2" in order of the alphabet, each once.
QStringList placeholders(const QString &text)
{
    static const QRegularExpression pattern("%L?[1-9n]");
    QStringList found;
    auto matches = pattern.globalMatch(text);
    while (matches.hasNext()) {
        found.append(matches.next().captured());
    }
    found.removeDuplicates();
    found.sort();
    return found;
}

} // namespace

class TstTranslations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areComplete();
};

void TstTranslations::areComplete() // no entry unfinished, no placeholder lost or invented
{
    const QDir folder(QString::fromStdString(bitprism::test::sourceDir()) + "/translations");
    const QStringList files = folder.entryList({"*.ts"}, QDir::Files);
    QVERIFY(!files.isEmpty());
    for (const QString &file : files) {
        const QList<Message> messages = readMessages(folder.filePath(file));
        QVERIFY2(!messages.isEmpty(), qPrintable(file));
        for (const Message &message : messages) {
            QVERIFY2(!message.isUnfinished, qPrintable(message.source));
            for (const QString &translation : message.translations) {
                QVERIFY2(!translation.isEmpty(), qPrintable(message.source));
                QCOMPARE(placeholders(translation), placeholders(message.source));
            }
        }
    }
}

BITPRISM_TEST(TstTranslations);
#include "tst_translations.moc"
