// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/pdf/pdf_document.h"
#include "core/report/pdf/pdf_text.h"
#include "core/report/pdf/table_columns.h"
#include "core/report/reporter.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <QtCore/QProcess>
#include <QtCore/QRegularExpression>
#include <QtCore/QStandardPaths>
#include <nlohmann/json.hpp>

#include <filesystem>

using namespace bitprism;

namespace {

QByteArray writtenPdf(const ReportModel &report)
{
    io::StringSink sink;
    create<Reporter>("pdf", Json::object(), "test")->write(report, sink);
    return QByteArray::fromStdString(sink.text());
}

int count(const QByteArray &text, const char *word)
{
    int found = 0;
    for (qsizetype at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
        ++found;
    }
    return found;
}

/// What a page shows, from its hexadecimal strings.
QByteArray shownText(const QByteArray &pdf)
{
    QByteArray text;
    static const QRegularExpression shown("<([0-9A-F]+)> Tj");
    auto matches = shown.globalMatch(QString::fromLatin1(pdf));
    while (matches.hasNext()) {
        text += QByteArray::fromHex(matches.next().captured(1).toLatin1()) + '\n';
    }
    return text;
}

/// The marks of each page.
QList<QByteArray> pagesOf(const QByteArray &pdf)
{
    QList<QByteArray> pages;
    for (qsizetype at = pdf.indexOf("stream\n"); at >= 0; at = pdf.indexOf("\nstream\n", at)) {
        const qsizetype end = pdf.indexOf("\nendstream", at);
        pages.append(pdf.mid(at, end - at));
        at = end;
    }
    return pages;
}

} // namespace

class TstPdf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        store::ExperimentStore store(file("project.bitprism"));
        std::vector<std::string> ids{
            test::addToyRun(store, "four bits", 4,
                            R"({"version":1,"seed":7,"weights":{"id":"rtn","bits":4}})"),
            test::addToyRun(store, "drei \u00fc, \u4e09 (a) \\ \xff", 3, "{}")};
        store.putResult(ids[1], test::toySensitivity());
        store.putResult(ids[1], test::toyOutliers());
        m_report = buildReport(store, ids);
        m_pdf = writtenPdf(m_report);
    }

    void cleanupTestCase() { m_folder.reset(); }

    void isAWellFormedFile()
    {
        QVERIFY(m_pdf.startsWith("%PDF-1.4"));
        QVERIFY(m_pdf.endsWith("%%EOF\n"));
        // Each entry of the table of objects points to its object.
        const qsizetype start
            = m_pdf.mid(m_pdf.lastIndexOf("startxref") + 10).split('\n')[0].toInt();
        QCOMPARE(m_pdf.mid(start, 4), QByteArray("xref"));
        const QList<QByteArray> lines = m_pdf.mid(start).split('\n');
        const int objects = lines[1].split(' ')[1].toInt();
        QVERIFY(objects > 12);
        for (int id = 1; id < objects; ++id) {
            const qsizetype offset = lines[2 + id].left(10).toLongLong();
            const QByteArray expected = QByteArray::number(id) + " 0 obj";
            QCOMPARE(m_pdf.mid(offset, expected.size()), expected);
        }
    }

    void streamsHaveTheLengthTheySay()
    {
        static const QRegularExpression pattern("/Length (\\d+) >>\nstream\n");
        auto matches = pattern.globalMatch(QString::fromLatin1(m_pdf));
        int streams = 0;
        while (matches.hasNext()) {
            const auto match = matches.next();
            const qsizetype end = match.capturedEnd() + match.captured(1).toInt();
            QCOMPARE(m_pdf.mid(end, 10), QByteArray("\nendstream"));
            ++streams;
        }
        QCOMPARE(streams, count(m_pdf, "/Type /Page "));
    }

    void showsWhatTheReportSays()
    {
        const QByteArray text = shownText(m_pdf);
        for (const char *words :
             {"Contents", "four bits", "Results", "How to repeat it", "Provenance"}) {
            QVERIFY2(text.contains(words), words);
        }
        QVERIFY(text.contains("drei \xfc, ")); // Latin letters in Latin's own codes
        QVERIFY(text.contains("\x4e\x09")); // others by UTF-16
        QVERIFY(count(m_pdf, "/Subtype /Link") >= 3); // the contents lead there
        QVERIFY(m_pdf.contains("/Type /Outlines /First"));
        QVERIFY(m_pdf.contains(" re f")); // charts are vectors
        QVERIFY(!m_pdf.contains("/Subtype /Image"));
        QCOMPARE(writtenPdf(m_report), m_pdf); // the same bytes again
    }

    /// Long tables go on under their heads.
    void longTablesTakeSeveralPages()
    {
        ReportModel report = m_report;
        auto summary = std::make_shared<RunSummary>(*report.runs[0].summary);
        for (int i = 0; i < 300; ++i) {
            RunLayer layer = summary->layers.front();
            layer.name = "model.layers." + std::to_string(i) + ".self_attn.some_rather_long_name";
            summary->layers.push_back(layer);
        }
        report.runs[0].summary = summary;
        const QByteArray pdf = writtenPdf(report);
        QVERIFY(count(pdf, "/Type /Page ") >= count(m_pdf, "/Type /Page ") + 3);
        QVERIFY(count(shownText(pdf), "Layer\n") >= 4);
        QVERIFY(shownText(pdf).contains("model.layers.299."));
    }

    /// Below the title, where it fits: with the parts of every run.
    void theContentsStandOnTheFirstPage()
    {
        const QByteArray first = shownText(pagesOf(m_pdf).front());
        for (const char *words :
             {"Contents", "Results", "four bits", "Width of each layer's codes, bits",
              "How to repeat it", "Provenance"}) {
            QVERIFY2(first.contains(words), words);
        }
        ReportModel report = m_report;
        while (report.runs.size() < 30) { // too many for their parts, not for themselves
            report.runs.push_back(report.runs.front());
        }
        const QByteArray many = shownText(pagesOf(writtenPdf(report)).front());
        QVERIFY(many.contains("Contents") || pagesOf(writtenPdf(report)).size() > 1);
        QVERIFY(!many.contains("Provenance"));
    }

    /// Whatever fills a page before them.
    void noHeadStandsAloneAtTheEndOfAPage()
    {
        for (int lines = 1; lines < 120; lines += 2) {
            ReportModel report = m_report;
            report.runs.resize(1);
            auto summary = std::make_shared<RunSummary>(*report.runs[0].summary);
            summary->notes.assign(static_cast<std::size_t>(lines), "note");
            report.runs[0].summary = summary;
            for (const QByteArray &page : pagesOf(writtenPdf(report))) {
                QList<QByteArray> texts = shownText(page).split('\n');
                texts.removeAll(QByteArray());
                QVERIFY(texts.size() > 2);
                const QByteArray last = texts[texts.size() - 3]; // before footer and number
                for (const char *head : {"How to repeat it", "Recipe", "Provenance", "Value",
                                         "Layers", "Time", "four bits"}) {
                    QVERIFY2(last != head,
                             qPrintable(QString("%1, %2 lines").arg(head).arg(lines)));
                }
            }
        }
    }

    void readersAcceptIt()
    {
        const QString ghostscript = QStandardPaths::findExecutable("gs");
        if (ghostscript.isEmpty()) {
            QSKIP("no ghostscript");
        }
        const std::string path = file("report.pdf").string();
        const std::int64_t bytes = writeReport(m_report, "pdf", path);
        QCOMPARE(bytes, static_cast<std::int64_t>(std::filesystem::file_size(path)));
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(ghostscript,
                      {"-dBATCH", "-dNOPAUSE", "-dSAFER", "-dPDFSTOPONERROR", "-sDEVICE=nullpage",
                       QString::fromStdString(path)});
        QVERIFY(process.waitForFinished(60'000));
        const QByteArray output = process.readAll();
        QVERIFY2(process.exitCode() == 0 && !output.contains("Error"), output.constData());
    }

    void linesAreBrokenWhereTheyMayBe()
    {
        using namespace pdf;
        const std::string text = "model.layers.12.mlp.down_proj and words";
        const double width = widthOf("model.layers.12.", Font::Regular, 8) + 1;
        const std::vector<std::string> lines = wrapped(text, Font::Regular, 8, width);
        QVERIFY(lines.size() >= 3);
        QCOMPARE(lines[0], std::string("model.layers.12."));
        std::string joined;
        for (const std::string &line : lines) {
            QVERIFY(widthOf(line, Font::Regular, 8) <= width);
            joined += line;
        }
        QCOMPARE(joined.size(), text.size());
        QCOMPARE(wrapped("a\n\nb", Font::Mono, 8, 100).size(), std::size_t(3));
        QCOMPARE(wrapped(std::string(100, 'x'), Font::Mono, 10, 60).size(), std::size_t(10));
        QCOMPARE(widthOf("iii", Font::Mono, 10), 18.0);
        QVERIFY(widthOf("iii", Font::Regular, 10) < widthOf("mmm", Font::Regular, 10));
    }

    void numbersAreNotBroken()
    {
        using namespace pdf;
        const std::string text = "58: 0.9258, 1.5e-05";
        const std::vector<std::string> lines
            = wrapped(text, Font::Regular, 8, widthOf("1.5e-05", Font::Regular, 8) + 0.01);
        const std::vector<std::string> expected{"58: ", "0.9258,", "1.5e-05"};
        QCOMPARE(lines.size(), expected.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            QCOMPARE(lines[i], expected[i]);
        }
        QCOMPARE(longestPiece(text, Font::Regular, 8), widthOf("1.5e-05", Font::Regular, 8));
    }

    /// Columns that no page has room for go on below, each number whole.
    void wideTablesGoOnBelow()
    {
        constexpr double room = 495;
        report::Table table{"Layers", {{"Layer", false}}, {{"model.layers.0.mlp.down_proj"}}};
        for (int i = 0; i < 30; ++i) {
            table.columns.push_back({"run " + std::to_string(i) + ": error of the output", true});
            table.rows[0].push_back("0.00001234 \u00b1 0.00000012");
        }
        std::size_t columns = 0;
        const std::vector<pdf::TablePart> parts = pdf::partsOf(table, room);
        QVERIFY(parts.size() > 2);
        for (const pdf::TablePart &part : parts) {
            QCOMPARE(part.table.columns.size(), part.widths.size());
            QCOMPARE(part.table.columns[0].heading, std::string("Layer"));
            QCOMPARE(part.table.rows[0][0], table.rows[0][0]);
            columns += part.table.columns.size() - 1;
            double sum = 0;
            for (std::size_t i = 0; i < part.widths.size(); ++i) {
                sum += part.widths[i];
                const double number
                    = pdf::widthOf(part.table.rows[0][i], pdf::Font::Regular, pdf::cellSize);
                constexpr double rounding = 0.1; // what wrapping allows for
                QVERIFY(i == 0 || part.widths[i] >= number + 2 * pdf::cellPadding - rounding);
            }
            QVERIFY(sum <= room + 1);
        }
        QCOMPARE(columns, std::size_t(30));
        table.columns.resize(3);
        table.rows[0].resize(3);
        QCOMPARE(pdf::partsOf(table, room).size(), std::size_t(1));
    }

private:
    std::filesystem::path file(const char *name) const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / name;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    ReportModel m_report;
    QByteArray m_pdf;
};

BITPRISM_TEST(TstPdf);
#include "tst_pdf.moc"
