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

/// Title and context above a canvas, laid out for its width.
class Sheet
{
public:
    explicit Sheet(PlotFrame &frame)
        : m_frame(frame)
        , m_margin(space(&frame, 3))
        , m_titleFont(scaledFont(&frame, 1, QFont::DemiBold))
        , m_contextFont(scaledFont(&frame, 0.85))
        , m_width(frame.canvas().width())
    {
        m_titleHeight = textHeight(m_titleFont, frame.title());
        m_contextHeight = textHeight(m_contextFont, frame.context());
    }

    QSize size() const
    {
        return {m_width + 2 * m_margin, headHeight() + m_frame.canvas().height() + 2 * m_margin};
    }

    void draw(QCPPainter &painter) const
    {
        const Theme theme = Theme::of(m_frame.palette());
        painter.fillRect(QRect(QPoint(0, 0), size()), theme.surface);
        painter.setPen(m_frame.palette().color(QPalette::Text));
        painter.setFont(m_titleFont);
        painter.drawText(QRect(m_margin, m_margin, m_width, m_titleHeight), flags, m_frame.title());
        painter.setPen(theme.mutedText);
        painter.setFont(m_contextFont);
        painter.drawText(QRect(m_margin, m_margin + m_titleHeight, m_width, m_contextHeight), flags,
                         m_frame.context());
        painter.translate(m_margin, m_margin + headHeight());
        m_frame.canvas().toPainter(&painter, m_width, m_frame.canvas().height());
    }

private:
    static constexpr int flags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

    int headHeight() const { return m_titleHeight + m_contextHeight + m_margin; }
    int textHeight(const QFont &font, const QString &text) const
    {
        return text.isEmpty()
            ? 0
            : QFontMetrics(font).boundingRect(QRect(0, 0, m_width, 10000), flags, text).height();
    }

    PlotFrame &m_frame;
    int m_margin;
    QFont m_titleFont;
    QFont m_contextFont;
    int m_width;
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

QImage plotImage(PlotFrame &frame, double scale)
{
    const Sheet sheet(frame);
    QImage image(sheet.size() * scale, QImage::Format_RGB32);
    image.fill(Theme::of(frame.palette()).surface);
    image.setDevicePixelRatio(scale);
    QCPPainter painter(&image);
    painter.setMode(QCPPainter::pmNoCaching);
    sheet.draw(painter);
    return image;
}

QByteArray plotPicture(PlotFrame &frame, PictureFormat format)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    const Sheet sheet(frame);
    if (format == PictureFormat::Png) {
        plotImage(frame, pngScale).save(&buffer, "PNG");
    } else if (format == PictureFormat::Svg) {
        QSvgGenerator svg;
        svg.setOutputDevice(&buffer);
        svg.setSize(sheet.size());
        svg.setViewBox(QRect(QPoint(0, 0), sheet.size()));
        svg.setTitle(frame.title());
        svg.setDescription(frame.context());
        drawVector(sheet, svg);
    } else {
        QPdfWriter pdf(&buffer);
        pdf.setCreator(QStringLiteral("Bitprism"));
        pdf.setTitle(frame.title());
        pdf.setResolution(pdfDotsPerInch);
        pdf.setPageSize(QPageSize(QSizeF(sheet.size()) / pdfDotsPerInch, QPageSize::Inch));
        pdf.setPageMargins(QMarginsF());
        drawVector(sheet, pdf);
    }
    return bytes;
}

} // namespace bitprism
