// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/british_spellings.h"
#include "core/tokenize/transcript.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <fstream>

using namespace bitprism;
using namespace bitprism::test;
using tokenize::alignWords;
using tokenize::WordAlignment;
using tokenize::wordsOf;

namespace {

WordAlignment aligned(const char *reference, const char *hypothesis)
{
    return alignWords(wordsOf(reference), wordsOf(hypothesis));
}

} // namespace

class TstTranscript : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void normalisesAsPublished_data()
    {
        // edge-asr.md 11.8, computed there with the reference rules
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto add = [](const char *text, const char *expected) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(expected);
        };
        add("It's $20 million", "it is $20000000");
        add("one oh one", "101");
        add("twenty twenty-three", "2023");
        add("nineteen ninety nine", "1999");
        add("one hundred and one", "101");
        add("double seven", "77");
        add("two and a half percent", "2.5%");
        add("He paid two dollars and seven cents.", "he paid $2.07");
        add("Mr. Smith won't", "mister smith will not");
        add("the ninth colour", "the ninth color");
        add("minus five degrees", "-5 degrees");
        add("a 1 b 1s", "a one b ones");
        add("one point five", "one.5");
        add("section 1.1", "section one one");
        add("one dollar", "one");
        add("2 and a half", "2 and a half");
        add("five o'clock", "50 clock");
        add("[noise] Um, (laughs) I'm OK.", "i am ok");
        // Rules of 4.1 and 4.2 one by one
        add("1,234 apples", "1234 apples");
        add("twenty first century", "21st century");
        add("the nineties", "the 90s");
        add("three hundred thousandth", "300000th");
        add("two decillion", "2000000000000000000000000000000000");
        add("one million two hundred thousand five", "1200005");
        add("ten per cent of it", "10% of it");
        add("caf\xc3\xa9 na\xc3\xafve stra\xc3\x9f"
            "e",
            "cafe naive strasse");
        add("seven cents",
            "\xc2\xa2"
            "7");
        add("she'd been there and he's got it", "she had been there and he has got it");
        add("", "");
    }

    void normalisesAsPublished()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const std::map<std::string, std::string> spellings{{"colour", "color"}};
        const tokenize::TranscriptNormalizer normalizer(spellings);
        QCOMPARE(QString::fromStdString(normalizer.normalize(text.toStdString())), expected);
    }

    void isNotIdempotent()
    {
        const tokenize::TranscriptNormalizer normalizer;
        QCOMPARE(normalizer.normalize("-5 degrees"), std::string("5 degrees"));
    }

    void readsSpellingsOfACheckpoint()
    {
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        QVERIFY(!tokenize::TranscriptNormalizer::open(path).isFromCheckpoint());
        std::ofstream(path + "/normalizer.json") << R"({"colour": "color"})";
        QCOMPARE(tokenize::TranscriptNormalizer::open(path).normalize("Colour!"),
                 std::string("color"));
        QVERIFY(tokenize::TranscriptNormalizer::open(path).isFromCheckpoint());
        std::ofstream(path + "/normalizer.json") << R"(["colour"])";
        QVERIFY(complaintOf([&] {
                    tokenize::TranscriptNormalizer::open(path);
                }).isBadInputNaming("normalizer.json"));
    }

    void knowsCommonSpellingsByItself_data()
    {
        QTest::addColumn<QString>("british");
        QTest::addColumn<QString>("american");
        const auto add = [](const char *british, const char *american) {
            QTest::newRow(british) << british << american;
        };
        add("colour", "color");
        add("neighbourhoods", "neighborhoods");
        add("organising", "organizing");
        add("analysed", "analyzed");
        add("centres", "centers");
        add("defence", "defense");
        add("travelled", "traveled");
        add("jeweller", "jeweler");
        add("fulfilment", "fulfillment");
        add("enrol", "enroll");
        add("skilfully", "skillfully");
        add("anaemic", "anemic");
        add("manoeuvring", "maneuvering");
        add("grey", "gray");
        add("tyres", "tires");
        add("programme", "program");
        add("colors hour pour devise advise size", "colors hour pour devise advise size");
    }

    void knowsCommonSpellingsByItself()
    {
        QFETCH(QString, british);
        QFETCH(QString, american);
        const QTemporaryDir folder;
        const auto normalizer = tokenize::TranscriptNormalizer::open(folder.path().toStdString());
        QCOMPARE(QString::fromStdString(normalizer.normalize(british.toStdString())), american);
    }

    void builtInSpellingsAreWordsThatDiffer()
    {
        const auto &spellings = tokenize::britishSpellings();
        QVERIFY2(spellings.size() > 1500, std::to_string(spellings.size()).c_str());
        for (const auto &[british, american] : spellings) {
            QVERIFY2(british != american, british.c_str());
            QVERIFY2(!spellings.contains(american), american.c_str()); // once is enough
            QVERIFY2(british.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos,
                     british.c_str());
        }
    }

    void alignmentsHaveTheirClosedForms_data()
    {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<QString>("hypothesis");
        QTest::addColumn<QString>("steps");
        QTest::newRow("equal") << "a b c"
                               << "a b c"
                               << "CCC";
        QTest::newRow("nothing said") << "a b c"
                                      << ""
                                      << "DDD";
        QTest::newRow("nothing to say") << ""
                                        << "a b"
                                        << "II";
        QTest::newRow("one wrong") << "a b c"
                                   << "a x c"
                                   << "CSC";
        QTest::newRow("one missing") << "a b c"
                                     << "a c"
                                     << "CDC";
        QTest::newRow("one too many") << "a b c"
                                      << "a b x c"
                                      << "CCIC";
        QTest::newRow("all wrong") << "a b"
                                   << "x y"
                                   << "SS";
        QTest::newRow("shifted") << "a b c d"
                                 << "b c d e"
                                 << "DCCCI";
    }

    void alignmentsHaveTheirClosedForms()
    {
        QFETCH(QString, reference);
        QFETCH(QString, hypothesis);
        QFETCH(QString, steps);
        const WordAlignment result
            = alignWords(wordsOf(reference.toStdString()), wordsOf(hypothesis.toStdString()));
        QCOMPARE(QString::fromStdString(result.steps), steps);
        QCOMPARE(result.substitutions, steps.count('S'));
        QCOMPARE(result.deletions, steps.count('D'));
        QCOMPARE(result.insertions, steps.count('I'));
        QCOMPARE(result.errors(), steps.size() - steps.count('C'));
    }

    void errorsMayExceedTheWords()
    {
        QCOMPARE(aligned("a", "x y z").errors(), 3);
        QCOMPARE(aligned("a", "x y z").referenceWords, 1);
    }
};

BITPRISM_TEST(TstTranscript);
#include "tst_transcript.moc"
