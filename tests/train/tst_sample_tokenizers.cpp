// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/caption_tokenizer.h"
#include "app/train/drawn_pictures.h"
#include "app/train/sentence_pieces.h"
#include "app/train/spoken_sentences.h"
#include "app/train/word_piece.h"
#include "core/tokenize/tokenizer.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

using namespace bitprism;
using namespace bitprism::train;

namespace {

template <typename Id> std::vector<std::int64_t> wide(const std::vector<Id> &ids)
{
    return {ids.begin(), ids.end()};
}

} // namespace

/// What a sample is trained on is what the program makes of a text later.
class TstSampleTokenizers : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }

private Q_SLOTS:
    void captions();
    void sentences();
    void verses();
};

void TstSampleTokenizers::captions()
{
    Random random(1, "captions");
    std::vector<std::string> texts;
    for (const PictureSubject &subject : pictureSubjects()) {
        texts.push_back(drawCaption(subject, int(random.below(5)), int(random.below(4)), random));
    }
    const CaptionTokenizer own(texts);
    own.write(folder(), 32);
    const auto read = tokenize::Tokenizer::open(folder());
    QCOMPARE(read->vocabularySize(), own.size());
    texts.emplace_back("a photo of a purple house."); // a word that it never saw
    for (const std::string &text : texts) {
        QCOMPARE(wide(read->encodeIds(text)), own.encode(text));
    }
}

void TstSampleTokenizers::sentences()
{
    Random random(2, "sentences");
    std::vector<std::string> texts;
    for (int i = 0; i < 200; ++i) {
        texts.push_back(drawSentence(random));
    }
    const SentencePieces own(texts, 400);
    own.write(folder(), 64);
    const auto read = tokenize::Tokenizer::open(folder());
    QCOMPARE(read->vocabularySize(), own.size());
    texts.emplace_back("an unknown zebra");
    for (const std::string &text : texts) {
        QCOMPARE(wide(read->encodeIds(text, /*addSpecials=*/false)), own.encode(text));
        QCOMPARE(read->decode(read->encodeIds(text)), text);
    }
}

void TstSampleTokenizers::verses()
{
    const std::string text = "In the beginning God created the heaven and the earth.\n"
                             "And the earth was without form, and void; and darkness was.\n";
    const WordPiece own = WordPiece::learn(text, 60);
    const auto read = tokenize::Tokenizer::fromJson(own.toTokenizerJson());
    for (const char *words : {"And the earth was void,", "God's DARKNESS was", "void-less q"}) {
        QCOMPARE(wide(read->encodeIds(words, /*addSpecials=*/false)), wide(own.encode(words)));
    }
}

BITPRISM_TEST(TstSampleTokenizers);
#include "tst_sample_tokenizers.moc"
