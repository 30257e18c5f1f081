// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/drawn_pictures.h"
#include "core/media/image.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>

#include <set>

using namespace bitprism;
using namespace bitprism::train;

class TstDrawnPictures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void heldOutSubjectsShareEveryPart();
    void captionsNameTheSubject();
    void sameStreamGivesTheSamePicture();
    void pngRoundTrip();
};

void TstDrawnPictures::heldOutSubjectsShareEveryPart()
{
    std::set<int> textures, colours, shapes;
    int heldOut = 0;
    for (const PictureSubject &subject : pictureSubjects()) {
        if (isHeldOut(subject)) {
            ++heldOut;
        } else {
            textures.insert(subject.texture);
            colours.insert(subject.colour);
            shapes.insert(subject.shape);
        }
    }
    QCOMPARE(pictureSubjects().size(), std::size_t(144));
    QCOMPARE(heldOut, 24);
    QCOMPARE(textures.size(), std::size_t(4));
    QCOMPARE(colours.size(), std::size_t(6));
    QCOMPARE(shapes.size(), std::size_t(6));
}

void TstDrawnPictures::captionsNameTheSubject()
{
    Random random(1, "captions");
    for (const PictureSubject &subject : pictureSubjects()) {
        const std::string caption = drawCaption(subject, 1, 2, random);
        QVERIFY2(caption.find(captionWords(subject)) != std::string::npos, caption.c_str());
    }
}

void TstDrawnPictures::sameStreamGivesTheSamePicture()
{
    Random first(3, "pictures"), second(3, "pictures"), other(4, "pictures");
    const Picture picture = drawPicture({1, 0, 0}, first);
    QCOMPARE(picture.pixels.size(), std::size_t(64 * 64 * 3));
    QVERIFY(picture.pixels == drawPicture({1, 0, 0}, second).pixels);
    QVERIFY(picture.pixels != drawPicture({1, 0, 0}, other).pixels);
}

void TstDrawnPictures::pngRoundTrip()
{
    QTemporaryDir folder;
    const std::string file = folder.filePath("picture.png").toStdString();
    Random random(5, "pictures");
    const Picture picture = drawPicture({3, 2, 4}, random);
    writePng(file, picture);
    const media::Image image = media::readImage(file);
    QCOMPARE(std::int64_t(image.width), std::int64_t(Picture::side));
    QCOMPARE(std::int64_t(image.height), std::int64_t(Picture::side));
    QVERIFY(std::equal(picture.pixels.begin(), picture.pixels.end(), image.rgb.begin()));
}

BITPRISM_TEST(TstDrawnPictures);
#include "tst_drawn_pictures.moc"
