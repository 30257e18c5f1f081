// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/report/report_preview.h"

#include "core/report/content.h"
#include "core/report/escape.h"
#include "widgets/jobs/report_language.h"
#include "widgets/shared/text.h"
#include "widgets/shared/theme.h"

#include <QCoreApplication>
#include <QHash>
#include <QPainter>
#include <QSvgRenderer>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct Texts
{
    Q_DECLARE_TR_FUNCTIONS(ReportPreview)
};

QString escaped(const std::string &text)
{
    return QString::fromStdString(report::xmlEscaped(text));
}

/// The paper is white in every theme, as it prints.
QString styleSheet()
{
    const QPalette paper = Theme::palette(false);
    const Theme theme = Theme::of(paper);
    return QString("h1, h2, h3 { color: %1; } p, td, th, pre { color: %1; } "
                   ".muted { color: %2; } .bad { color: %3; } "
                   "th { background-color: %4; padding: 3px 6px; } "
                   "td { padding: 3px 6px; vertical-align: middle; } "
                   "pre { background-color: %4; }")
        .arg(paper.color(QPalette::Text).name(), theme.mutedText.name(), theme.bad.name(),
             paper.color(QPalette::Window).name());
}

class Writer
{
public:
    Writer(int width, double scale)
        : m_width(width)
        , m_scale(scale)
    {
        m_preview.html = "<html><head><style>" + styleSheet() + "</style></head><body>";
    }

    void operator()(const report::Heading &heading)
    {
        m_preview.html += QString("<h%1>%2</h%1>").arg(heading.level).arg(escaped(heading.text));
        m_heading = QString::fromStdString(heading.text);
    }

    void operator()(const report::Paragraph &paragraph)
    {
        const bool isBad = paragraph.style == report::Paragraph::Style::Bad;
        m_preview.html += QString("<p class=\"%1\">%2</p>")
                              .arg(isBad ? "bad" : "muted", escaped(paragraph.text));
    }

    void operator()(const report::Code &code)
    {
        if (code.title.empty()) {
            m_preview.html
                += "<pre style=\"white-space: pre-wrap\">" + escaped(code.text) + "</pre>";
        } else {
            folded(escaped(code.title));
        }
    }

    void operator()(const report::TableBlock &block)
    {
        const report::Table &table = block.table;
        if (block.isFolded) {
            folded(Texts::tr("%1: %n rows", nullptr, static_cast<int>(table.rows.size()))
                       .arg(escaped(table.title)));
            return;
        }
        m_preview.html += "<h3>" + escaped(table.title) + "</h3><table cellspacing=\"0\"><tr>";
        for (const report::Column &column : table.columns) {
            cell("th", column.heading, column.isNumber);
        }
        m_preview.html += "</tr>";
        const std::size_t shown = std::min(table.rows.size(), mostPreviewRows);
        for (std::size_t row = 0; row < shown; ++row) {
            m_preview.html += "<tr>";
            for (std::size_t i = 0; i < table.rows[row].size(); ++i) {
                cell("td", table.rows[row][i], table.columns[i].isNumber, table.isMuted(row, i));
            }
            m_preview.html += "</tr>";
        }
        m_preview.html += "</table>";
        if (shown < table.rows.size()) {
            const int more = static_cast<int>(table.rows.size() - shown);
            m_preview.html += "<p class=\"muted\">"
                + Texts::tr("%n more rows are in the document.", nullptr, more) + "</p>";
        }
    }

    void operator()(const chart::Drawing &drawing)
    {
        const std::string svg = toSvg(drawing, chart::SvgStyle::Light);
        const QByteArray bytes(svg.data(), static_cast<qsizetype>(svg.size()));
        QSvgRenderer renderer(bytes);
        const double factor = m_width / drawing.width;
        const QSize size(m_width, qMax(1, qRound(drawing.height * factor)));
        QImage image(size * m_scale, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        QPainter painter(&image);
        renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(size) * m_scale));
        painter.end();
        image.setDevicePixelRatio(m_scale);
        m_preview.html += QString(R"(<p><img src="chart-%1" width="%2" height="%3"></p>)")
                              .arg(m_preview.charts.size())
                              .arg(size.width())
                              .arg(size.height());
        m_preview.charts.push_back(std::move(image));
        m_preview.sources.push_back({QString::fromStdString(drawing.title), bytes,
                                     QSizeF(drawing.width, drawing.height).toSize()});
        m_headings.append(m_heading);
    }

    ReportPreview take()
    {
        m_preview.html += "</body></html>";
        tellApart();
        return std::move(m_preview);
    }

private:
    /// Charts of several runs have one title: what they stand under is named with it.
    void tellApart()
    {
        QHash<QString, int> counts;
        QHash<QString, int> told;
        for (const ChartSource &chart : m_preview.sources) {
            ++counts[chart.title];
        }
        for (std::size_t i = 0; i < m_preview.sources.size(); ++i) {
            QString &title = m_preview.sources[i].title;
            if (counts.value(title) > 1) {
                //: the title of a chart, and of the part of the report that it is in
                title = Texts::tr("%1 (%2)").arg(title, m_headings.at(static_cast<int>(i)));
            }
            if (const int before = told[title]++; before > 0) {
                title = listText({title, QString::number(before + 1)});
            }
        }
    }

    void folded(const QString &title)
    {
        m_preview.html += "<p class=\"muted\">\u25b8 " + title + "</p>";
    }

    void cell(const char *name, const std::string &text, bool isNumber, bool isMuted = false)
    {
        QString shown = escaped(text);
        if (isNumber && QLatin1String(name) == QLatin1String("td")) {
            shown.replace(u' ', u'\u00a0'); // a value stays with its error
        }
        if (isMuted) {
            shown = "<span class=\"muted\">" + shown + "</span>";
        }
        m_preview.html
            += QString("<%1 align=\"%2\">%3</%1>").arg(name, isNumber ? "right" : "left", shown);
    }

    int m_width;
    double m_scale;
    ReportPreview m_preview;
    QString m_heading; ///< the last one
    QStringList m_headings; ///< of each chart
};

} // namespace

ReportPreview makePreview(const ReportModel &report, const ReportSections &sections, int width,
                          double scale)
{
    const report::Language words(windowLanguage());
    Writer writer(width, scale);
    for (const report::Section &section : report::reportContent(restrictedTo(report, sections))) {
        for (const report::Block &block : section) {
            std::visit(writer, block);
        }
    }
    return writer.take();
}

} // namespace bitprism
