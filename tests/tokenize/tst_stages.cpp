// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/decoder.h"
#include "core/tokenize/normalizer.h"
#include "core/tokenize/pre_tokenizer.h"
#include "tests/support/test_main.h"
#include "tests/tokenize/toy_tokenizer.h"

using namespace bitprism;
using namespace bitprism::tokenize;

namespace {

std::string piecesOf(const Json &stage, const std::string &text)
{
    PieceList list{text, {{0, text.size()}}, true};
    readPreTokenizer(JsonNode(stage, "test", ""))(list);
    std::vector<std::string> pieces;
    for (const Range &piece : list.pieces) {
        pieces.emplace_back(list.view(piece));
    }
    return test::joined(pieces);
}

QString asQString(const std::string &text) { return QString::fromStdString(text); }

} // namespace

/// The expected values are those of Hugging Face's `tokenizers` 0.22.
class TstStages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsAsTheReferenceDoes_data()
    {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("pieces");
        const auto row
            = [](const char *name, const char *stage, const char *text, const char *pieces) {
                  QTest::newRow(name) << QString(stage) << QString(text) << QString(pieces);
              };
        row("whitespace", R"({"type":"Whitespace"})", "Hey, you_2  €5!", "Hey|,|you_2|€|5|!");
        row("whitespace split", R"({"type":"WhitespaceSplit"})", " a\tb c", "a|b|c");
        row("punctuation", R"({"type":"Punctuation"})", "a,b¿c$", "a|,|b|¿|c|$");
        row("digits one by one", R"({"type":"Digits","individual_digits":true})", "a12½",
            "a|1|2|½");
        row("digits together", R"({"type":"Digits","individual_digits":false})", "a12b", "a|12|b");
        row("bert", R"({"type":"BertPreTokenizer"})", "Hey, you", "Hey|,|you");
        row("delimiter", R"({"type":"CharDelimiterSplit","delimiter":"-"})", "a-b--c", "a|b|c");
        row("metaspace", R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"always"})",
            "a b  c", "▁a|▁b|▁|▁c");
        row("metaspace, never",
            R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"never"})", "a b", "a|▁b");
        row("metaspace, unsplit",
            R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false})",
            "a b", "▁a▁b");
        row("metaspace, old", R"({"type":"Metaspace","replacement":"▁","add_prefix_space":false})",
            "a b", "a|▁b");
        row("byte level", R"({"type":"ByteLevel","add_prefix_space":false})", "I'll go  ä1 \n",
            "I|'ll|Ġgo|Ġ|ĠÃ¤|1|ĠĊ");
        row("byte level, prefixed", R"({"type":"ByteLevel","add_prefix_space":true})", "go on",
            "Ġgo|Ġon");
        row("byte level, unsplit",
            R"({"type":"ByteLevel","add_prefix_space":false,"use_regex":false})", "a b", "aĠb");
        row("sequence", R"({"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},
            {"type":"Digits","individual_digits":true}]})",
            "a1 22", "a|1|2|2");
    }

    void cutsAsTheReferenceDoes()
    {
        QFETCH(QString, stage);
        QFETCH(QString, text);
        QFETCH(QString, pieces);
        QCOMPARE(asQString(piecesOf(Json::parse(stage.toStdString()), text.toStdString())), pieces);
    }

    void splitsByEveryBehavior_data()
    {
        QTest::addColumn<QString>("behavior");
        QTest::addColumn<bool>("invert");
        QTest::addColumn<QString>("pieces");
        QTest::newRow("removed") << "Removed" << false << "the|final|count";
        QTest::newRow("isolated") << "Isolated" << false << "the|-|final|-|-|count|-";
        QTest::newRow("previous") << "MergedWithPrevious" << false << "the-|final-|-|count-";
        QTest::newRow("next") << "MergedWithNext" << false << "the|-final|-|-count|-";
        QTest::newRow("contiguous") << "Contiguous" << false << "the|-|final|--|count|-";
        QTest::newRow("removed, inverted") << "Removed" << true << "-|-|-|-";
        QTest::newRow("contiguous, inverted") << "Contiguous" << true << "the|-|final|--|count|-";
    }

    void splitsByEveryBehavior()
    {
        QFETCH(QString, behavior);
        QFETCH(bool, invert);
        QFETCH(QString, pieces);
        for (const char *kind : {"String", "Regex"}) {
            const Json stage = {{"type", "Split"},
                                {"pattern", {{kind, "-"}}},
                                {"behavior", behavior.toStdString()},
                                {"invert", invert}};
            QCOMPARE(asQString(piecesOf(stage, "the-final--count-")), pieces);
        }
    }

    void readsOnigurumaExpressions_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("pieces");
        const auto row
            = [](const char *name, const char *expression, const char *text, const char *pieces) {
                  QTest::newRow(name) << QString(expression) << QString(text) << QString(pieces);
              };
        row("hexadecimal digits", R"(\h+)", "zAF09g", "AF09");
        row("marks are word characters", R"(\w+)", "के-है", "के|है");
        row("space without U+180E", R"(\S+)", "a\u180eb c\u3000d", "a\u180eb|c|d");
        row("class of spaces", R"([^\s,]+)", "a, b\u00a0c", "a|b|c");
        row("lines", R"(^\w)", "ab\ncd", "a|c");
        row("code points", R"([\u0900-\u0dff]+)", "aके", "के");
        row("symbols are punctuation", R"([[:punct:]]+)", "a€+b", "€+");
        row("GPT-4",
            R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
            "I'LL pay 12345 €!\n\n now", "I|'LL| pay| |123|45| €!\n\n| now");
    }

    void readsOnigurumaExpressions()
    {
        QFETCH(QString, expression);
        QFETCH(QString, text);
        QFETCH(QString, pieces);
        const Json stage = {{"type", "Split"},
                            {"pattern", {{"Regex", expression.toStdString()}}},
                            {"behavior", "Removed"},
                            {"invert", true}};
        QCOMPARE(asQString(piecesOf(stage, text.toStdString())), pieces);
    }

    void normalizesAsTheReferenceDoes_data()
    {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("normalized");
        const auto row
            = [](const char *name, const char *stage, const char *text, const char *normalized) {
                  QTest::newRow(name) << QString(stage) << QString(text) << QString(normalized);
              };
        row("NFC", R"({"type":"NFC"})", "e\u0301", "é");
        row("NFD", R"({"type":"NFD"})", "é", "e\u0301");
        row("NFKC", R"({"type":"NFKC"})", "ﬁ½", "fi1\u20442");
        row("NFKD", R"({"type":"NFKD"})", "Å①", "A\u030a1");
        row("lower case", R"({"type":"Lowercase"})", "ÀΣİ", "àσi\u0307");
        row("strip", R"({"type":"Strip","strip_left":true,"strip_right":true})", " \u3000a b\n",
            "a b");
        row("strip the left", R"({"type":"Strip","strip_left":true,"strip_right":false})", " a ",
            "a ");
        row("strip white space only", R"({"type":"Strip","strip_left":true,"strip_right":true})",
            " \n", "");
        row("accents",
            R"({"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"}]})", "Ünïq",
            "Uniq");
        row("prepend", R"({"type":"Prepend","prepend":"▁"})", "a", "▁a");
        row("prepend to nothing", R"({"type":"Prepend","prepend":"▁"})", "", "");
        row("replace text", R"({"type":"Replace","pattern":{"String":" "},"content":"▁"})", "a  b",
            "a▁▁b");
        row("replace expression", R"({"type":"Replace","pattern":{"Regex":"\\s+"},"content":" "})",
            "a \n b", "a b");
        row("bert", R"({"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
            "strip_accents":null,"lowercase":true})",
            "H\u00c9\u000bi\t你好\u200b", "hei  你  好 ");
        row("bert, cased", R"({"type":"BertNormalizer","clean_text":true,
            "handle_chinese_chars":false,"strip_accents":null,"lowercase":false})",
            "HÉ你", "HÉ你");
    }

    void normalizesAsTheReferenceDoes()
    {
        QFETCH(QString, stage);
        QFETCH(QString, text);
        QFETCH(QString, normalized);
        std::string value = text.toStdString();
        const Json json = Json::parse(stage.toStdString());
        readNormalizer(JsonNode(json, "test", ""))(value);
        QCOMPARE(asQString(value), normalized);
    }

    void decodesAsTheReferenceDoes_data()
    {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<QStringList>("tokens");
        QTest::addColumn<QString>("text");
        const auto row
            = [](const char *name, const char *stage, const QStringList &tokens, const char *text) {
                  QTest::newRow(name) << QString(stage) << tokens << QString(text);
              };
        row("byte level", R"({"type":"ByteLevel"})", {"Hi", "Ġ", "Ã", "¤", "Ċ"}, "Hi ä\n");
        row("byte level, damaged", R"({"type":"ByteLevel"})", {"Ã", "a", "ð", "Ł", "x"},
            "\ufffda\ufffdx");
        row("byte level, foreign token", R"({"type":"ByteLevel"})", {"Ġ", "你 好"}, " 你 好");
        row("byte fallback", R"({"type":"ByteFallback"})", {"<0xC3>", "<0xA4>", "b", "<0xC3>"},
            "äb\ufffd");
        row("byte fallback, no byte", R"({"type":"ByteFallback"})", {"<0xG1>", "<0x+1>"},
            "<0xG1><0x+1>");
        row("strip", R"({"type":"Strip","content":" ","start":1,"stop":1})", {"  a  ", " "}, " a ");
        row("replace", R"({"type":"Replace","pattern":{"String":"▁"},"content":" "})", {"▁a", "b▁"},
            " ab ");
        row("metaspace", R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"always"})",
            {"▁a▁b", "▁c"}, "ab c");
        row("metaspace, never",
            R"({"type":"Metaspace","replacement":"▁","prepend_scheme":"never"})", {"▁a", "▁c"},
            " a c");
        row("word pieces", R"({"type":"WordPiece","prefix":"##","cleanup":true})",
            {"I", "do", "n't", "go", "##ing", "."}, "I don't going.");
        row("word pieces as they are", R"({"type":"WordPiece","prefix":"##","cleanup":false})",
            {"a", "##b", "."}, "ab .");
        row("word ends", R"({"type":"BPEDecoder","suffix":"</w>"})", {"a</w>", "b", "c</w>"},
            "a bc");
        row("sequence", R"({"type":"Sequence","decoders":[{"type":"Fuse"},
            {"type":"Replace","pattern":{"String":"ab"},"content":"c"}]})",
            {"a", "b"}, "c");
    }

    void decodesAsTheReferenceDoes()
    {
        QFETCH(QString, stage);
        QFETCH(QStringList, tokens);
        QFETCH(QString, text);
        std::vector<std::string> values;
        for (const QString &token : tokens) {
            values.push_back(token.toStdString());
        }
        const Json json = Json::parse(stage.toStdString());
        readDecoder(JsonNode(json, "test", ""))(values);
        std::string result;
        for (const std::string &value : values) {
            result += value;
        }
        QCOMPARE(asQString(result), text);
    }
};

BITPRISM_TEST(TstStages);
#include "tst_stages.moc"
