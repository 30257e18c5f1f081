// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/plot_export.h"

#include "widgets/plot/plot_canvas.h"
#include "widgets/plot/plot_frame.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"

#include <QBuffer>
#include <QPdfWriter>
#include <QSvgGenerator>

namespace bitprism {

namespace {

constexpr double pngScale = 2;
/// Of the PDF's page: one unit of the screen becomes 1/96 inch.
constexpr int pdfDotsPerInch = 96;

/// Title and context above what is drawn, laid out for its width.
class Sheet
{
public:
    explicit Sheet(const PictureContent &content)
        : m_content(content)
        , m_margin(space(content.look, 3))
        , m_titleFont(scaledFont(content.look, 1, QFont::DemiBold))
        , m_contextFont(scaledFont(content.look, 0.85))
    {
        m_titleHeight = textHeight(m_titleFont, content.title);
        m_contextHeight = textHeight(m_contextFont, content.context);
    }

    const PictureContent &content() const { return m_content; }

    QSize size() const
    {
        return {m_content.size.width() + 2 * m_margin,
                headHeight() + m_content.size.height() + 2 * m_margin};
    }

    void draw(QCPPainter &painter) const
    {
        const QPalette palette = m_content.look->palette();
        const Theme theme = Theme::of(palette);
        const int width = m_content.size.width();
        painter.fillRect(QRect(QPoint(0, 0), size()), theme.surface);
        painter.setPen(palette.color(QPalette::Text));
        painter.setFont(m_titleFont);
        painter.drawText(QRect(m_margin, m_margin, width, m_titleHeight), flags, m_content.title);
        painter.setPen(theme.mutedText);
        painter.setFont(m_contextFont);
        painter.drawText(QRect(m_margin, m_margin + m_titleHeight, width, m_contextHeight), flags,
                         m_content.context);
        painter.translate(m_margin, m_margin + headHeight());
        m_content.draw(painter);
    }

private:
    static constexpr int flags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

    int headHeight() const { return m_titleHeight + m_contextHeight + m_margin; }
    int textHeight(const QFont &font, const QString &text) const
    {
        const QRect room(0, 0, m_content.size.width(), 10000);
        return text.isEmpty() ? 0 : QFontMetrics(font).boundingRect(room, flags, text).height();
    }

    const PictureContent &m_content;
    int m_margin;
    QFont m_titleFont;
    QFont m_contextFont;
    int m_titleHeight = 0;
    int m_contextHeight = 0;
};

void drawVector(const Sheet &sheet, QPaintDevice &device)
{
    QCPPainter painter;
    painter.begin(&device);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    sheet.draw(painter);
}

} // namespace

PictureFormat pictureFormatOf(const QString &path)
{
    if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        return PictureFormat::Svg;
    }
    return path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive) ? PictureFormat::Pdf
                                                                     : PictureFormat::Png;
}

QImage pictureImage(const PictureContent &content, double scale)
{
    const Sheet sheet(content);
    QImage image(sheet.size() * scale, QImage::Format_RGB32);
    image.fill(Theme::of(content.look->palette()).surface);
    image.setDevicePixelRatio(scale);
    QCPPainter painter(&image);
    painter.setMode(QCPPainter::pmNoCaching);
    sheet.draw(painter);
    return image;
}

QByteArray pictureFile(const PictureContent &content, PictureFormat format)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const Sheet sheet(content);
    if (format == PictureFormat::Png) {
        pictureImage(content, pngScale).save(&buffer, "PNG");
    } else if (format == PictureFormat::Svg) {
        QSvgGenerator svg;
        svg.setOutputDevice(&buffer);
        svg.setSize(sheet.size());
        svg.setViewBox(QRect(QPoint(0, 0), sheet.size()));
        svg.setTitle(content.title);
        svg.setDescription(content.context);
        drawVector(sheet, svg);
    } else {
        QPdfWriter pdf(&buffer);
        pdf.setCreator(QStringLiteral("Bitprism"));
        pdf.setTitle(content.title);
        pdf.setResolution(pdfDotsPerInch);
        pdf.setPageSize(QPageSize(QSizeF(sheet.size()) / pdfDotsPerInch, QPageSize::Inch));
        pdf.setPageMargins(QMarginsF());
        drawVector(sheet, pdf);
    }
    return bytes;
}

PictureContent contentOf(PlotFrame &frame)
{
    const QSize size(frame.canvas().width(), frame.canvas().height());
    return {&frame, frame.title(), frame.context(), size, [&frame, size](QCPPainter &painter) {
                frame.canvas().toPainter(&painter, size.width(), size.height());
            }};
}

PictureContent contentOf(QWidget &widget, const QString &title, const QString &context)
{
    return {&widget, title, context, widget.size(), [&widget](QCPPainter &painter) {
                widget.render(&painter, QPoint(), QRegion(), QWidget::DrawChildren);
            }};
}

QImage plotImage(PlotFrame &frame, double scale) { return pictureImage(contentOf(frame), scale); }

QByteArray plotPicture(PlotFrame &frame, PictureFormat format)
{
    return pictureFile(contentOf(frame), format);
}

} // namespace bitprism
