// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "tests/support/test_main.h"
#include "tests/tokenize/toy_tokenizer.h"

using namespace bitprism;
using namespace bitprism::tokenize;

/// Every damage is one sentence that names the file and the key.
class TstDamagedTokenizers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesTheOffendingKey_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("word");
        const auto row = [](const char *name, const char *pointer, const char *value,
                            const char *word) { // JSON in single quotes
            QTest::newRow(name) << QString(pointer) << QString(value).replace('\'', '"')
                                << QString(word);
        };
        row("no model", "/model", "null", "lacks \"model\"");
        row("unigram with the vocabulary of BPE", "/model/type", "'Unigram'", "model.vocab");
        row("unknown type", "/model/type", "'Fancy'", "\"Fancy\" is not supported");
        row("no vocabulary", "/model/vocab", "{}", "model.vocab");
        row("vocabulary of another type", "/model/vocab", "[]", "model.vocab");
        row("negative id", "/model/vocab/a", "-1", "the id of \"a\"");
        row("huge id", "/model/vocab/a", "4000000000", "the id of \"a\"");
        row("absurd id", "/model/vocab/a", "16777216", "the id of \"a\"");
        row("id that is no number", "/model/vocab/a", "'1'", "the id of \"a\"");
        row("fractional id", "/model/vocab/a", "1.5", "the id of \"a\"");
        row("id twice", "/model/vocab/a", "66", "the same id 66");
        row("merges of another type", "/model/merges", "{}", "model.merges");
        row("merge of another type", "/model/merges/1", "7", "model.merges[1]");
        row("merge of three", "/model/merges/1", "['a', 'b', 'c']", "model.merges[1]");
        row("merge of three words", "/model/merges/1", "'a b c'", "model.merges[1]");
        row("unknown left", "/model/merges/0", "'xyz e'", "\"xyz\", which is no token");
        row("unknown result", "/model/merges/0", "'x y'", "\"xy\", which is no token");
        row("dropout", "/model/dropout", "0.1", "model.dropout");
        row("flag of another type", "/model/fuse_unk", "1", "model.fuse_unk");
        row("added tokens of another type", "/added_tokens", "{}", "added_tokens");
        row("added id out of range", "/added_tokens/0/id", "-5", "added_tokens[0].id");
        row("added id taken", "/added_tokens/0/id", "3", "added_tokens[0]");
        row("added token moved", "/added_tokens/0/content", "'a'", "added_tokens[0]");
        row("added token without text", "/added_tokens/0/content", "null", "lacks \"content\"");
        row("normalizer unknown", "/normalizer", "{'type': 'Precompiled'}",
            "\"Precompiled\" is not supported yet");
        row("normalizer without type", "/normalizer", "{}", "lacks \"type\"");
        row("pre-tokenizer unknown", "/pre_tokenizer/type", "'UnicodeScripts'",
            "\"UnicodeScripts\" is not supported yet");
        row("deep inside", "/pre_tokenizer",
            "{'type': 'Sequence', 'pretokenizers': [{'type': 'Digits', 'individual_digits': 1}]}",
            "pre_tokenizer.pretokenizers[0].individual_digits");
        row("bad expression", "/pre_tokenizer",
            "{'type': 'Split', 'pattern': {'Regex': '(a'}, 'behavior': 'Removed'}",
            "pre_tokenizer.pattern.Regex");
        row("single bytes", "/pre_tokenizer",
            "{'type': 'Split', 'pattern': {'Regex': '\\\\C'}, 'behavior': 'Removed'}",
            "pre_tokenizer.pattern.Regex");
        row("class in a class", "/pre_tokenizer",
            "{'type': 'Split', 'pattern': {'Regex': '[a&&[^b]]'}, 'behavior': 'Removed'}",
            "not supported yet");
        row("bad behavior", "/pre_tokenizer",
            "{'type': 'Split', 'pattern': {'String': 'a'}, 'behavior': 'Gone'}",
            "pre_tokenizer.behavior");
        row("empty pattern", "/pre_tokenizer",
            "{'type': 'Split', 'pattern': {'String': ''}, 'behavior': 'Removed'}",
            "pre_tokenizer.pattern.String");
        row("long mark", "/pre_tokenizer", "{'type': 'Metaspace', 'replacement': 'ab'}",
            "pre_tokenizer.replacement");
        row("contradiction", "/pre_tokenizer",
            "{'type': 'Metaspace', 'replacement': '_', 'add_prefix_space': false, "
            "'prepend_scheme': 'always'}",
            "pre_tokenizer.prepend_scheme");
        row("post-processor unknown", "/post_processor", "{'type': 'X'}", "post_processor");
        row("special out of range", "/post_processor",
            "{'type': 'BertProcessing', 'cls': ['a', 100000], 'sep': ['a', 1]}",
            "no token has the id 100000");
        row("template without text", "/post_processor",
            "{'type': 'TemplateProcessing', 'single': [], 'special_tokens': {}}",
            "post_processor.single");
        row("template names nothing", "/post_processor",
            "{'type': 'TemplateProcessing', 'single': [{'SpecialToken': {'id': 'x'}}], "
            "'special_tokens': {}}",
            "lacks \"x\"");
        row("decoder unknown", "/decoder", "{'type': 'CTC'}", "\"CTC\" is not supported yet");
        row("strip of a word", "/decoder",
            "{'type': 'Strip', 'content': 'ab', 'start': 1, 'stop': 0}", "decoder.content");
        row("strip less than nothing", "/decoder",
            "{'type': 'Strip', 'content': 'a', 'start': -1, 'stop': 0}", "decoder.start");
    }

    void namesTheOffendingKey()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, word);
        Json json = test::byteLevelDocument();
        json[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        try {
            Tokenizer::fromJson(json.dump(), "toy.json");
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains(word), error.what());
            QVERIFY2(QString(error.what()).startsWith("toy.json"), error.what());
        }
    }

    void refusesWhatIsNoJson_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("truncated")
            << QByteArray(test::byteLevelDocument().dump().substr(0, 999).c_str());
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("duplicate key") << QByteArray("{\"model\": {}, \"model\": {}}");
        QTest::newRow("invalid UTF-8") << QByteArray("{\"model\": \"\xff\"}");
        QTest::newRow("deep") << QByteArray(100000, '[');
    }

    void refusesWhatIsNoJson()
    {
        QFETCH(QByteArray, text);
        try {
            Tokenizer::fromJson(text.toStdString());
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
    }

    void stopsStagesThatBlowTextsUp()
    {
        Json json = test::byteLevelDocument();
        Json stages = Json::array();
        for (int i = 0; i < 30; ++i) { // each doubles the text
            stages.push_back(
                {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}});
        }
        json["normalizer"] = {{"type", "Sequence"}, {"normalizers", stages}};
        QVERIFY_EXCEPTION_THROWN(test::open(json)->encode("aaaa"), Error);
        json["normalizer"] = {{"type", "Prepend"}, {"prepend", std::string(300, 'a')}};
        QVERIFY_EXCEPTION_THROWN(test::open(json), Error);
    }

    void stopsExpressionsThatBacktrackWithoutEnd()
    {
        Json json = test::byteLevelDocument();
        json["pre_tokenizer"] = {{"type", "Split"},
                                 {"pattern", {{"Regex", "^(?:(a|aa)+)+$"}}},
                                 {"behavior", "Isolated"}};
        try {
            std::string text(65, 'a');
            text.back() = 'c';
            test::open(json)->encode(text);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains("pre_tokenizer.pattern.Regex"), error.what());
        }
    }

    void saysWhereNothingIs()
    {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.path().toStdString();
        QVERIFY(!Tokenizer::existsIn(path));
        QVERIFY_EXCEPTION_THROWN(Tokenizer::open(path), Error);
        QVERIFY_EXCEPTION_THROWN(Tokenizer::open(path / "none"), Error);
    }
};

BITPRISM_TEST(TstDamagedTokenizers);
#include "tst_damaged_tokenizers.moc"
