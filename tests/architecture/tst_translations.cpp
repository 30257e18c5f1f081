// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QLibraryInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QXmlStreamReader>

namespace {

struct Message
{
    QString context;
    QString source;
    QStringList translations; ///< one, or one for each plural form
    bool isUnfinished = false;
    bool isPlural = false; ///< of a count
};

QList<Message> readMessages(const QString &path)
{
    QFile file(path);
    QList<Message> messages;
    if (!file.open(QIODevice::ReadOnly)) {
        return messages;
    }
    QXmlStreamReader xml(&file);
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement) {
            continue;
        }
        if (xml.name() == u"name") {
            context = xml.readElementText();
        } else if (xml.name() == u"message") {
            messages.append(Message());
            messages.last().context = context;
            messages.last().isPlural = xml.attributes().hasAttribute("numerus");
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

/// The files whose texts the window shows; benchmarks print English only.
QStringList translatedFiles(const QString &root)
{
    QStringList files;
    for (const char *folder : {"widgets", "app/gui", "core"}) {
        QDirIterator walk(root + '/' + folder, {"*.cpp", "*.h"}, QDir::Files,
                          QDirIterator::Subdirectories);
        while (walk.hasNext()) {
            const QString file = walk.next();
            if (!file.contains("/core/jobs/bench")) {
                files.append(file);
            }
        }
    }
    files.sort();
    return files;
}

} // namespace

class TstTranslations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void areComplete();
    void holdEveryTextOfTheSources();
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

/// Asks lupdate what the sources say now.
void TstTranslations::holdEveryTextOfTheSources()
{
    const QString lupdate = QLibraryInfo::path(QLibraryInfo::BinariesPath) + "/lupdate";
    if (!QFile::exists(lupdate)) {
        QSKIP("lupdate is not installed: qt6-l10n-tools");
    }
    const QString root = QString::fromStdString(bitprism::test::sourceDir());
    const QTemporaryDir folder;
    const QString fresh = folder.filePath("fresh.ts");
    QFile list(folder.filePath("files.lst"));
    QVERIFY(list.open(QIODevice::WriteOnly));
    list.write(translatedFiles(root).join('\n').toUtf8());
    list.close();
    QProcess process;
    process.setWorkingDirectory(root);
    process.start(lupdate,
                  {"-silent", '@' + list.fileName(), "-I", ".", "-locations", "none",
                   "-no-obsolete", "-tr-function-alias", "QT_TRANSLATE_NOOP+=BITPRISM_TR", "-ts",
                   fresh, "-target-language", "zh_CN"});
    const int limit = 120000; // milliseconds: a busy machine
    QVERIFY(process.waitForFinished(limit));
    QCOMPARE(process.exitCode(), 0);
    const QDir translations(root + "/translations");
    for (const QString &file : translations.entryList({"*.ts"}, QDir::Files)) {
        QSet<QString> known;
        for (const Message &message : readMessages(translations.filePath(file))) {
            known.insert(message.context + '\n' + message.source);
        }
        QStringList missing;
        const bool isPluralsOnly = file.startsWith("plurals_");
        for (const Message &message : readMessages(fresh)) {
            if ((message.isPlural || !isPluralsOnly)
                && !known.contains(message.context + '\n' + message.source)) {
                missing.append(message.context + ": " + message.source);
            }
        }
        QVERIFY2(missing.isEmpty(), qPrintable(file + " lacks:\n" + missing.join('\n')));
    }
}

BITPRISM_TEST(TstTranslations);
#include "tst_translations.moc"
