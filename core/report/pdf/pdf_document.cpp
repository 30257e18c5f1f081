// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pdf/pdf_document.h"

#include "core/base/utf8.h"
#include "core/base/version.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace bitprism::pdf {

namespace {

/// With two decimals, without depending on the locale.
std::string number(double value)
{
    const auto hundredths = static_cast<long long>(std::llround(value * 100));
    std::string text = hundredths < 0 ? "-" : "";
    const long long whole = std::llabs(hundredths);
    text += std::to_string(whole / 100);
    if (whole % 100 != 0) {
        text += "." + std::string(whole % 100 < 10 ? "0" : "") + std::to_string(whole % 100);
    }
    return text;
}

std::string numbers(std::initializer_list<double> values)
{
    std::string text;
    for (const double value : values) {
        text += number(value) + " ";
    }
    return text;
}

/// A scale, of which a hundred cells make a row: with four decimals.
std::string factor(double value)
{
    const auto parts = std::llround(std::fabs(value) * 10000);
    const std::string decimals = std::to_string(10000 + parts % 10000);
    return (value < 0 ? "-" : "") + std::to_string(parts / 10000) + "." + decimals.substr(1) + " ";
}

std::string flipped(double x, double y) { return numbers({x, pageHeight - y}); }

/// "#rrggbb" as three shares.
std::string shares(const std::string &colour)
{
    std::string text;
    for (std::size_t i = 1; i + 1 < colour.size(); i += 2) {
        unsigned value = 0;
        std::from_chars(colour.data() + i, colour.data() + i + 2, value, 16);
        text += number(value / 255.0) + " ";
    }
    return text;
}

std::string fillOf(const std::string &colour) { return shares(colour) + "rg "; }
std::string strokeOf(const std::string &colour) { return shares(colour) + "RG "; }

std::string hex(std::string_view bytes)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text = "<";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text += digits[value >> 4];
        text += digits[value & 15];
    }
    return text + ">";
}

/// A text string of the document (not of a page): UTF-16 with its mark.
std::string documentText(std::string_view text)
{
    const std::string clean = sanitizedUtf8(text);
    std::string bytes = "\xFE\xFF";
    for (std::size_t position = 0; position < clean.size();) {
        char32_t character = nextCodePoint(clean, position);
        if (character >= 0x10000) {
            character = 0xFFFD; // outlines need no more
        }
        bytes.push_back(static_cast<char>(character >> 8));
        bytes.push_back(static_cast<char>(character & 0xFF));
    }
    return hex(bytes);
}

std::string_view fontName(Font font)
{
    switch (font) {
    case Font::Regular:
        return "/F1";
    case Font::Bold:
        return "/F2";
    case Font::Mono:
        return "/F3";
    case Font::Wide:
        break;
    }
    return "/F4";
}

/// Four Bézier curves: what a circle is in PDF.
std::string circle(double cx, double cy, double r)
{
    const double k = 0.5522847498 * r;
    return flipped(cx + r, cy) + "m " + flipped(cx + r, cy + k) + flipped(cx + k, cy + r)
        + flipped(cx, cy + r) + "c " + flipped(cx - k, cy + r) + flipped(cx - r, cy + k)
        + flipped(cx - r, cy) + "c " + flipped(cx - r, cy - k) + flipped(cx - k, cy - r)
        + flipped(cx, cy - r) + "c " + flipped(cx + k, cy - r) + flipped(cx + r, cy - k)
        + flipped(cx + r, cy) + "c f\n";
}

/// Writes a chart's shapes as operators.
class ShapeWriter
{
public:
    ShapeWriter(double x, double y, double scale, std::string &out)
        : m_x(x)
        , m_y(y)
        , m_scale(scale)
        , m_out(out)
    {
    }

    void operator()(const chart::Rectangle &shape)
    {
        const double height = std::max(shape.height, 0.0) * m_scale;
        m_out += fill(shape.fill)
            + numbers({at(shape.x), pageHeight - top(shape.y) - height,
                       std::max(shape.width, 0.0) * m_scale, height})
            + "re f\n";
    }

    void operator()(const chart::Line &shape)
    {
        if (shape.points.empty()) {
            return;
        }
        m_out += strokeOf(chart::colourOf(shape.stroke, false)) + number(shape.width * m_scale)
            + " w " + (shape.isDashed ? "[3 2.4] 0 d " : "[] 0 d ");
        const char *move = "m ";
        for (const chart::Point &point : shape.points) {
            m_out += flipped(at(point.x), top(point.y)) + move;
            move = "l ";
        }
        m_out += "S\n";
    }

    void operator()(const chart::Marker &shape)
    {
        const double r = shape.size / 2 * m_scale;
        const double cx = at(shape.at.x);
        const double cy = top(shape.at.y);
        m_out += fill(shape.fill);
        switch (shape.shape) {
        case chart::MarkerShape::Circle:
            m_out += circle(cx, cy, r);
            return;
        case chart::MarkerShape::Square:
            return polygon(
                {{cx - r, cy - r}, {cx + r, cy - r}, {cx + r, cy + r}, {cx - r, cy + r}});
        case chart::MarkerShape::Triangle:
            return polygon({{cx, cy - r}, {cx + r, cy + r}, {cx - r, cy + r}});
        case chart::MarkerShape::Diamond:
            return polygon({{cx, cy - r}, {cx + r, cy}, {cx, cy + r}, {cx - r, cy}});
        case chart::MarkerShape::Cross: {
            const double t = r / 3;
            return polygon({{cx - t, cy - r},
                            {cx + t, cy - r},
                            {cx + t, cy - t},
                            {cx + r, cy - t},
                            {cx + r, cy + t},
                            {cx + t, cy + t},
                            {cx + t, cy + r},
                            {cx - t, cy + r},
                            {cx - t, cy + t},
                            {cx - r, cy + t},
                            {cx - r, cy - t},
                            {cx - t, cy - t}});
        }
        }
    }

    void operator()(const chart::Label &shape)
    {
        const Font font = shape.isBold ? Font::Bold : Font::Regular;
        const double size = shape.size * m_scale;
        const double width = widthOf(shape.text, font, size);
        const double back = shape.anchor == chart::Anchor::Middle ? width / 2
            : shape.anchor == chart::Anchor::End                  ? width
                                                                  : 0;
        const double x = at(shape.at.x);
        const double y = pageHeight - top(shape.at.y);
        m_out += "BT " + fill(shape.ink)
            + (shape.isVertical ? "0 1 -1 0 " + numbers({x, y - back})
                                : "1 0 0 1 " + numbers({x - back, y}))
            + "Tm ";
        for (const Run &run : shaped(shape.text, font)) {
            m_out += std::string(fontName(run.font)) + " " + number(size) + " Tf " + hex(run.codes)
                + " Tj ";
        }
        m_out += "ET\n";
    }

    /// In units of cells. Each reaches a little into the next, so that no background shows between.
    void operator()(const chart::Cells &shape)
    {
        const double width = shape.width * m_scale;
        const double height = shape.height * m_scale;
        constexpr double reach = 0.3; // points
        const std::string tall = number(1 + reach / height);
        m_out += "q " + factor(width) + "0 0 " + factor(-height)
            + flipped(at(shape.at.x), top(shape.at.y)) + "cm\n";
        const std::vector<std::vector<chart::CellRun>> runs = chart::cellRuns(shape);
        for (std::size_t level = 0; level < runs.size(); ++level) {
            if (runs[level].empty()) {
                continue;
            }
            m_out += fill({chart::Role::Map, static_cast<int>(level)});
            for (const chart::CellRun &run : runs[level]) {
                m_out += std::to_string(run.first) + " " + std::to_string(run.row) + " "
                    + number(static_cast<double>(run.count) + reach / width) + " " + tall + " re\n";
            }
            m_out += "f\n";
        }
        m_out += "Q\n";
    }

private:
    double at(double x) const { return m_x + x * m_scale; }
    double top(double y) const { return m_y + y * m_scale; }
    static std::string fill(chart::Ink ink) { return fillOf(chart::colourOf(ink, false)); }

    void polygon(const std::vector<chart::Point> &points)
    {
        const char *move = "m ";
        for (const chart::Point &point : points) {
            m_out += flipped(point.x, point.y) + move;
            move = "l ";
        }
        m_out += "h f\n";
    }

    double m_x;
    double m_y;
    double m_scale;
    std::string &m_out;
};

/// Numbers objects and remembers where each begins.
class ObjectWriter
{
public:
    explicit ObjectWriter(io::ByteSink &sink)
        : m_sink(sink)
    {
        put("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n");
    }

    void object(int id, const std::string &body)
    {
        if (static_cast<std::size_t>(id) >= m_offsets.size()) {
            m_offsets.resize(static_cast<std::size_t>(id) + 1);
        }
        m_offsets[static_cast<std::size_t>(id)] = m_position;
        put(std::to_string(id) + " 0 obj\n" + body + "\nendobj\n");
    }

    void stream(int id, const std::string &content)
    {
        object(id,
               "<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content
                   + "\nendstream");
    }

    void finish(int root, int info)
    {
        const std::uint64_t table = m_position;
        std::string text
            = "xref\n0 " + std::to_string(m_offsets.size()) + "\n0000000000 65535 f \n";
        for (std::size_t i = 1; i < m_offsets.size(); ++i) {
            const std::string offset = std::to_string(m_offsets[i]);
            text += std::string(10 - offset.size(), '0') + offset + " 00000 n \n";
        }
        text += "trailer\n<< /Size " + std::to_string(m_offsets.size()) + " /Root "
            + std::to_string(root) + " 0 R /Info " + std::to_string(info) + " 0 R >>\nstartxref\n"
            + std::to_string(table) + "\n%%EOF\n";
        put(text);
    }

private:
    void put(std::string_view text)
    {
        m_sink.write(text);
        m_position += text.size();
    }

    io::ByteSink &m_sink;
    std::uint64_t m_position = 0;
    std::vector<std::uint64_t> m_offsets;
};

// Objects of every document; pages, their contents and the outline follow.
enum Fixed : int
{
    Catalog = 1,
    Pages,
    Info,
    Outlines,
    RegularFont,
    BoldFont,
    MonoFont,
    WideFont,
    WideDescendant,
    FirstFree
};

std::string reference(int id) { return std::to_string(id) + " 0 R"; }

std::string standardFont(const char *name)
{
    return "<< /Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont /"
        + std::string(name) + " >>";
}

void writeFonts(ObjectWriter &writer)
{
    writer.object(RegularFont, standardFont("Helvetica"));
    writer.object(BoldFont, standardFont("Helvetica-Bold"));
    writer.object(MonoFont, standardFont("Courier"));
    writer.object(WideFont,
                  "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H "
                  "/DescendantFonts ["
                      + reference(WideDescendant) + "] >>");
    writer.object(WideDescendant,
                  "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << "
                  "/Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 /FontDescriptor << "
                  "/Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 "
                  "880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>");
}

/// "D:20261126120000Z".
std::string dateOf(std::string_view iso)
{
    std::string digits;
    for (const char c : iso) {
        if (c >= '0' && c <= '9' && digits.size() < 14) {
            digits += c;
        }
    }
    return "(D:" + digits + "Z)";
}

int pageObject(int page) { return FirstFree + 2 * page; }

std::string destination(Target target)
{
    return "[" + reference(pageObject(target.page)) + " /XYZ 0 " + number(pageHeight - target.y)
        + " null]";
}

void writePage(const Page &page, int index, ObjectWriter &writer)
{
    std::string links;
    for (const Page::Link &link : page.links()) {
        links += "<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect ["
            + numbers({link.x, pageHeight - link.y - link.height, link.x + link.width,
                       pageHeight - link.y})
            + "] /Dest " + destination(link.target) + " >> ";
    }
    writer.object(pageObject(index),
                  "<< /Type /Page /Parent " + reference(Pages) + " /MediaBox [0 0 "
                      + number(pageWidth) + " " + number(pageHeight) + "] /Contents "
                      + reference(pageObject(index) + 1) + " /Resources << /Font << /F1 "
                      + reference(RegularFont) + " /F2 " + reference(BoldFont) + " /F3 "
                      + reference(MonoFont) + " /F4 " + reference(WideFont) + " >> >>"
                      + (links.empty() ? std::string() : " /Annots [" + links + "]") + " >>");
    writer.stream(pageObject(index) + 1, page.content());
}

/// The next entry of the same level below the same parent; -1: none.
int sibling(const std::vector<OutlineEntry> &entries, int from, int step)
{
    const int level = entries[static_cast<std::size_t>(from)].level;
    for (int i = from + step; i >= 0 && i < static_cast<int>(entries.size()); i += step) {
        const int other = entries[static_cast<std::size_t>(i)].level;
        if (other == level) {
            return i;
        }
        if (other < level) {
            break;
        }
    }
    return -1;
}

int parentOf(const std::vector<OutlineEntry> &entries, int entry)
{
    for (int i = entry - 1; i >= 0; --i) {
        if (entries[static_cast<std::size_t>(i)].level
            < entries[static_cast<std::size_t>(entry)].level) {
            return i;
        }
    }
    return -1;
}

/// The outermost entries (`parent` -1) or an entry's children: first, last, and how many.
std::string childrenOf(const std::vector<OutlineEntry> &entries, int parent, int firstObject)
{
    int first = -1;
    int last = -1;
    int count = 0;
    for (int i = 0; i < static_cast<int>(entries.size()); ++i) {
        if (parentOf(entries, i) == parent) {
            first = first < 0 ? i : first;
            last = i;
            ++count;
        }
    }
    return first < 0 ? std::string()
                     : " /First " + reference(firstObject + first) + " /Last "
            + reference(firstObject + last) + " /Count " + std::to_string(count);
}

void writeOutline(const std::vector<OutlineEntry> &entries, int firstObject, ObjectWriter &writer)
{
    writer.object(Outlines, "<< /Type /Outlines" + childrenOf(entries, -1, firstObject) + " >>");
    for (int i = 0; i < static_cast<int>(entries.size()); ++i) {
        const OutlineEntry &entry = entries[static_cast<std::size_t>(i)];
        const int parent = parentOf(entries, i);
        const int before = sibling(entries, i, -1);
        const int after = sibling(entries, i, 1);
        writer.object(
            firstObject + i,
            "<< /Title " + documentText(entry.title) + " /Parent "
                + reference(parent < 0 ? static_cast<int>(Outlines) : firstObject + parent)
                + (before < 0 ? std::string() : " /Prev " + reference(firstObject + before))
                + (after < 0 ? std::string() : " /Next " + reference(firstObject + after))
                + childrenOf(entries, i, firstObject) + " /Dest " + destination(entry.target)
                + " >>");
    }
}

} // namespace

void Page::text(double x, double y, std::string_view text, Font font, double size,
                const std::string &colour)
{
    m_content += "BT " + fillOf(colour) + "1 0 0 1 " + flipped(x, y) + "Tm ";
    for (const Run &run : shaped(text, font)) {
        m_content += std::string(fontName(run.font)) + " " + number(size) + " Tf " + hex(run.codes)
            + " Tj ";
    }
    m_content += "ET\n";
}

void Page::line(double x1, double y1, double x2, double y2, double width, const std::string &colour)
{
    m_content += strokeOf(colour) + number(width) + " w [] 0 d " + flipped(x1, y1) + "m "
        + flipped(x2, y2) + "l S\n";
}

void Page::drawing(const chart::Drawing &drawing, double x, double y, double scale)
{
    ShapeWriter writer(x, y, scale, m_content);
    for (const chart::Shape &shape : drawing.shapes) {
        std::visit(writer, shape);
    }
}

void Page::link(double x, double y, double width, double height, Target target)
{
    m_links.push_back({x, y, width, height, target});
}

void writeDocument(const std::vector<Page> &pages, const std::vector<OutlineEntry> &outline,
                   std::string_view title, std::string_view created, io::ByteSink &sink)
{
    ObjectWriter writer(sink);
    writer.object(Catalog,
                  "<< /Type /Catalog /Pages " + reference(Pages) + " /Outlines "
                      + reference(Outlines) + " /PageMode /UseOutlines /Lang (en) >>");
    std::string kids;
    for (std::size_t i = 0; i < pages.size(); ++i) {
        kids += reference(pageObject(static_cast<int>(i))) + " ";
    }
    writer.object(Pages,
                  "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size())
                      + " >>");
    writer.object(Info,
                  "<< /Title " + documentText(title) + " /Producer "
                      + documentText("Bitprism " + std::string(programVersion()))
                      + " /CreationDate " + dateOf(created) + " >>");
    writeFonts(writer);
    for (std::size_t i = 0; i < pages.size(); ++i) {
        writePage(pages[i], static_cast<int>(i), writer);
    }
    writeOutline(outline, pageObject(static_cast<int>(pages.size())), writer);
    writer.finish(Catalog, Info);
}

} // namespace bitprism::pdf
