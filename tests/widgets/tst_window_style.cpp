// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "widgets/shared/font_weight.h"
#include "widgets/shared/theme.h"
#include "widgets/shared/window_style.h"

#include <QFontDatabase>
#include <QImage>
#include <QPainter>
#include <QStyleOption>
#include <QtTest>

using namespace bitprism;

namespace {

constexpr int side = 24;

/// How many pixels of a picture are in about this colour.
int pixelsOf(const QImage &image, const QColor &colour)
{
    constexpr int near = 40; // of 255: blended at the edges
    int count = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QColor pixel = image.pixelColor(x, y);
            count += std::abs(pixel.red() - colour.red()) < near
                && std::abs(pixel.green() - colour.green()) < near
                && std::abs(pixel.blue() - colour.blue()) < near;
        }
    }
    return count;
}

/// The ink of a text: the sum of what its letters cover.
double inkOf(const QFont &font, const QColor &text, const QColor &ground)
{
    QImage image(300, 60, QImage::Format_ARGB32_Premultiplied);
    image.fill(ground);
    QPainter painter(&image);
    painter.setFont(font);
    painter.setPen(text);
    painter.drawText(5, 40, QString::fromUtf8("\u5f53\u524d\u5927\u5c0f\u7684\u5e73\u5747"));
    painter.end();
    double ink = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            ink += std::abs(qGray(image.pixel(x, y)) - qGray(ground.rgb())) / 255.0;
        }
    }
    return ink;
}

} // namespace

class TstWindowStyle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFocusIsSeen_data();
    void theFocusIsSeen();
    void lettersWeighTheSameInBothThemes();
};

void TstWindowStyle::theFocusIsSeen_data()
{
    QTest::addColumn<bool>("isDark");
    QTest::addColumn<int>("element");
    for (const bool isDark : {false, true}) {
        const char *theme = isDark ? "dark" : "light";
        QTest::addRow("empty check box, %s", theme) << isDark << int(QStyle::PE_IndicatorCheckBox);
        QTest::addRow("button, %s", theme) << isDark << int(QStyle::PE_PanelButtonCommand);
        QTest::addRow("line edit, %s", theme) << isDark << int(QStyle::PE_PanelLineEdit);
        QTest::addRow("frame, %s", theme) << isDark << int(QStyle::PE_FrameFocusRect);
    }
}

void TstWindowStyle::theFocusIsSeen()
{
    QFETCH(bool, isDark);
    QFETCH(int, element);
    const WindowStyle style;
    const QPalette palette = Theme::palette(isDark);
    const auto drawn = [&](QStyle::State state) {
        QImage image(side, side, QImage::Format_ARGB32_Premultiplied);
        image.fill(palette.color(QPalette::Window));
        QStyleOptionFrame frame;
        frame.lineWidth = 1;
        QStyleOptionButton button;
        QStyleOption &option = element == QStyle::PE_PanelLineEdit
            ? static_cast<QStyleOption &>(frame)
            : static_cast<QStyleOption &>(button);
        option.palette = palette;
        option.rect = QRect(0, 0, side, side);
        option.state = QStyle::State_Enabled | QStyle::State_Off | state;
        QPainter painter(&image);
        style.drawPrimitive(static_cast<QStyle::PrimitiveElement>(element), &option, &painter);
        return image;
    };
    const QColor accent = Theme::of(palette).accent;
    const int around = 2 * side; // a good part of the outline
    QVERIFY(pixelsOf(drawn(QStyle::State_HasFocus | QStyle::State_KeyboardFocusChange), accent)
            > around);
    QVERIFY(pixelsOf(drawn(QStyle::State_None), accent) < side / 4);
}

void TstWindowStyle::lettersWeighTheSameInBothThemes()
{
    const QString family = "Noto Sans CJK SC"; // its outlines are those that were emboldened
    if (!QFontDatabase::families().contains(family)) {
        QSKIP("needs fonts-noto-cjk");
    }
    drawFontsInTheirOwnWeight();
    const QFont font(family, 9);
    const double light = inkOf(font, Qt::black, Qt::white);
    const double dark = inkOf(font, Qt::white, Qt::black);
    constexpr double alike = 0.02; // 0.45 with the gamma
    QVERIFY2(std::abs(dark / light - 1) < alike,
             qPrintable(QString("%1, %2").arg(light).arg(dark)));
}

BITPRISM_TEST(TstWindowStyle);
#include "tst_window_style.moc"
