// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"
#include "core/media/image.h"
#include "core/media/resize.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <QtCore/QTemporaryDir>

#include <cmath>
#include <fstream>

using namespace bitprism;
using namespace bitprism::test;

namespace {

/// JPEG decoders may differ by the rounding of their inverse transform.
constexpr int jpegTolerance = 2;

std::string folder() { return sourceDir() + "/tests/data/media/"; }

std::string imageBytesOf(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// As in make.py beside the files.
media::Image picture(std::int64_t width, std::int64_t height)
{
    media::Image image{width, height, {}};
    for (std::int64_t y = 0; y < height; ++y) {
        for (std::int64_t x = 0; x < width; ++x) {
            for (std::int64_t c = 0; c < 3; ++c) {
                image.rgb.push_back(
                    static_cast<std::uint8_t>(x * 37 + y * 91 + c * 53 + x * y * (c + 1)));
            }
        }
    }
    return image;
}

std::string digestOf(const media::Image &image)
{
    Sha256 hash;
    hash.update(std::as_bytes(std::span(image.rgb)));
    return hash.hex();
}

} // namespace

class TstImage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodesAsAnotherProgram_data()
    {
        QTest::addColumn<QString>("file");
        for (const char *file :
             {"rgb.png", "grey.png", "alpha.png", "palette.png", "colour.jpg", "grey.jpg"}) {
            QTest::newRow(file) << file;
        }
    }

    void decodesAsAnotherProgram()
    {
        QFETCH(QString, file);
        const std::string expected
            = imageBytesOf(folder() + QString(file).replace(".", "-").toStdString() + ".rgb");
        const media::Image image = media::readImage(folder() + file.toStdString());
        QCOMPARE(image.width, 16);
        QCOMPARE(image.height, 12);
        QCOMPARE(image.rgb.size(), expected.size());
        const int allowed = file.endsWith("jpg") ? jpegTolerance : 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QVERIFY(std::abs(image.rgb[i] - static_cast<unsigned char>(expected[i])) <= allowed);
        }
    }

    void resizesAsAnotherProgram_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<QString>("digest");
        QTest::newRow("both smaller")
            << 17 << 9 << "33ca1cc80b5c1daca188b53e125692fa741ebfe4366bdba5a42a06973e9f74f0";
        QTest::newRow("narrower, taller")
            << 20 << 60 << "5296960dd0e0a98785c38bfa366809a0dd20f5a7c64c2decac40ffb54d3fcb4e";
        QTest::newRow("columns only")
            << 41 << 5 << "692fdada7b9880fdaa8d723a0df4d139d0b9056f2ff347614c6a51e5282e3129";
        QTest::newRow("rows only")
            << 100 << 23 << "8d282f2ff3238ec61d200a06325d8dc6bdbdd95308d661b794ef9d52547a925f";
        QTest::newRow("both larger")
            << 82 << 46 << "5ba4bb309d266632f37bf21a60a2ccd8b37bc6c936c68f2d57212490d9d77390";
    }

    void resizesAsAnotherProgram()
    {
        QFETCH(int, width);
        QFETCH(int, height);
        QFETCH(QString, digest);
        const media::Image resized = media::resizeBicubic(picture(41, 23), width, height);
        QCOMPARE(digestOf(resized), digest.toStdString());
    }

    void photographsDecodeAndResizeAsElsewhere_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("digest");
        QTest::newRow("chelsea")
            << "chelsea.png"
            << "416b729128bfb2c3d1eb69bf9b1734a796293abc17939267b2dc94f8a5784031";
        QTest::newRow("coffee")
            << "coffee.png"
            << "0ce2b51640b9c95f19617f03eabf40c3f0368589cc1ee1190b70966165ac184f";
        QTest::newRow("camera, grey")
            << "camera.png"
            << "13e2b4aa92cb1649b4aac5a4d48b38a8ea3a18b86e8abdf5a4871abf24c9d038";
    }

    void photographsDecodeAndResizeAsElsewhere()
    {
        QFETCH(QString, file);
        QFETCH(QString, digest);
        const std::string path = sharedData("images/natural/" + file.toStdString());
        if (path.empty()) {
            QSKIP("the shared data are absent");
        }
        QCOMPARE(digestOf(media::readImage(path)), digest.toStdString());
    }

    void preparesACentredSquare()
    {
        media::Image image{4, 2, std::vector<std::uint8_t>(4 * 2 * 3)};
        for (std::int64_t i = 0; i < 8; ++i) {
            image.rgb[static_cast<std::size_t>(3 * i)] = static_cast<std::uint8_t>(i * 10);
        }
        media::ImagePreparation preparation;
        preparation.size = 2; // nothing to resize, one column off at each side
        const std::vector<float> values = media::prepareImage(image, preparation);
        QCOMPARE(values.size(), std::size_t(12));
        const double expected[] = {10, 20, 50, 60};
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY(std::abs(values[i] - (expected[i] / 255 - 0.48145466) / 0.26862954) < 1e-6);
            QVERIFY(std::abs(values[4 + i] + 0.4578275 / 0.26130258) < 1e-6);
        }
    }

    void refusesWhatIsDamaged()
    {
        const QTemporaryDir made;
        const std::string png = imageBytesOf(folder() + "rgb.png");
        const std::string jpeg = imageBytesOf(folder() + "colour.jpg");
        std::string wide = png;
        wide[16] = '\x7f'; // the first byte of the width; its checksum is wrong as well
        const std::map<std::string, std::string> files{
            {"empty.png", ""},
            {"text.png", "no image"},
            {"half.png", png.substr(0, png.size() / 2)},
            {"header.png", png.substr(0, 20)},
            {"wide.png", wide},
            {"half.jpg", jpeg.substr(0, jpeg.size() / 2)},
            {"header.jpg", jpeg.substr(0, 10)},
            {"cmyk.jpg", imageBytesOf(folder() + "cmyk.jpg")},
        };
        for (const auto &[name, bytes] : files) {
            const std::string path = made.filePath(QString::fromStdString(name)).toStdString();
            std::ofstream(path, std::ios::binary) << bytes;
            const Complaint complaint = complaintOf([&] { media::readImage(path); });
            QVERIFY2(complaint.isBadInputNaming(name), (name + ": " + complaint.text).c_str());
        }
    }

    void everyByteMayBeWrong_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("PNG") << "rgb.png";
        QTest::newRow("JPEG") << "colour.jpg";
    }

    void everyByteMayBeWrong()
    {
        QFETCH(QString, file);
        const QTemporaryDir made;
        const std::string path = made.filePath(file).toStdString();
        const std::string good = imageBytesOf(folder() + file.toStdString());
        for (std::size_t place = 0; place < good.size(); ++place) {
            std::string bytes = good;
            bytes[place] = static_cast<char>(bytes[place] ^ 0xff);
            std::ofstream(path, std::ios::binary) << bytes;
            const Complaint complaint = complaintOf([&] { media::readImage(path); });
            QVERIFY(!complaint.code || complaint.code == ErrorCode::BadInput);
        }
    }
};

BITPRISM_TEST(TstImage);
#include "tst_image.moc"
