// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/command_line.h"
#include "core/report/numbers.h"
#include "core/report/reporter.h"
#include "tests/support/test_main.h"
#include "tests/support/toy_store.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <set>

using namespace bitprism;

namespace {

// Everything that could break out of a format, in one name.
const std::string hostileName
    = "<script>alert(\"1\")</script> & 'x' | `y` \\, =1+1\n\"quoted\", \xff end";

QString written(const ReportModel &report, const char *format)
{
    io::StringSink sink;
    create<Reporter>(format, Json::object(), "test")->write(report, sink);
    return QString::fromStdString(sink.text());
}

/// RFC 4180, as a reader sees it; an empty list for a malformed text.
QList<QStringList> csvRows(const QString &text)
{
    QList<QStringList> rows{{QString()}};
    bool isQuoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (isQuoted) {
            const bool isDoubled = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
            if (c != '"' || isDoubled) {
                rows.last().last() += c;
                i += isDoubled ? 1 : 0;
            } else {
                isQuoted = false;
            }
        } else if (c == '"') {
            isQuoted = true;
        } else if (c == ',') {
            rows.last() << QString();
        } else if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            rows << QStringList{QString()};
            ++i;
        } else {
            rows.last().last() += c;
        }
    }
    rows.removeLast();
    return isQuoted ? QList<QStringList>() : rows;
}

/// Markdown outside its code blocks, where text could become markup.
QString withoutFences(const QString &markdown)
{
    QString prose;
    QString fence;
    for (const QString &line : markdown.split('\n')) {
        if (fence.isEmpty() && line.startsWith("```")) {
            fence = line;
        } else if (line == fence) {
            fence.clear();
        } else if (fence.isEmpty()) {
            prose += line + '\n';
        }
    }
    return prose;
}

} // namespace

class TstReports : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = std::make_unique<store::ExperimentStore>(
            std::filesystem::path(m_folder->path().toStdString()) / "project.bitprism");
        m_ids = {test::addToyRun(*m_store, "four bits", 4,
                                 R"({"version":1,"seed":7,"weights":{"id":"rtn","bits":4}})"),
                 test::addToyRun(*m_store, "three bits", 3,
                                 R"({"version":1,"seed":7,"weights":{"id":"gptq","bits":3}})")};
        const std::string analysis = test::addToyRun(*m_store, hostileName, 2, "{}");
        m_store->putResult(analysis, test::toySensitivity());
        m_store->putResult(analysis, test::toyOutliers());
        m_store->putResult(analysis, test::toyAllocation());
        m_store->setStatus(analysis, store::RunStatus::Failed, "No <b>memory</b> & no disk.");
        m_ids.push_back(analysis);
        m_report = buildReport(*m_store, m_ids);
    }

    void cleanupTestCase()
    {
        m_store.reset();
        m_folder.reset();
    }

    void everyFormatIsRegistered()
    {
        const auto ids = Registry::instance().ids(Kind::reporter);
        for (const char *id : {"html", "markdown", "csv", "json", "pdf"}) {
            QVERIFY2(std::find(ids.begin(), ids.end(), id) != ids.end(), id);
        }
    }

    void everyFormatHoldsTheNumbers_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QStringList>("texts");
        const RunMetric metric = test::toyRunSummary("", 3).metrics.front();
        const Evaluation &measured = metric.measured;
        const auto paired = pairedNllDifference(measured, *metric.baseline);
        const QStringList shown{
            "4.25",
            "13 s",
            "97.0 %",
            "four bits",
            "model.layers.1.mlp.down_proj",
            QString::fromStdString(numbers::withError(measured.value, measured.standardError)),
            QString::fromStdString(numbers::difference(paired->mean, paired->standardError)),
            QString::fromStdString(numbers::plain(test::toyRunLayers(1, 3).front().weightMse))};
        QTest::newRow("html") << "html" << shown + QStringList{"0.93", "3.25 bits on average"};
        QTest::newRow("markdown") << "markdown" << shown;
        const QString exact = QString::fromStdString(Json(measured.value).dump());
        QTest::newRow("csv") << "csv" << QStringList{"4.25", "0.93", "four bits", exact};
        QTest::newRow("json") << "json" << QStringList{"4.25", "0.93", "\"seed\": 7", exact};
    }

    void everyFormatHoldsTheNumbers()
    {
        QFETCH(QString, format);
        QFETCH(QStringList, texts);
        QString text = written(m_report, qPrintable(format));
        if (format == "markdown") {
            text.remove('\\'); // escapes are another claim
        }
        for (const QString &wanted : texts) {
            QVERIFY2(text.contains(wanted), qPrintable(wanted));
        }
    }

    void columnsWithoutAMeasurementAreLeftOut()
    {
        ReportModel model = m_report;
        QVERIFY(written(model, "markdown").contains("Same top token"));
        for (ComparedMetric &metric : model.comparison.metrics) {
            for (ComparedMetric::Value &value : metric.runs) {
                value.measured->divergence.reset();
            }
        }
        const QString markdown = written(model, "markdown");
        QVERIFY(!markdown.contains("Same top token"));
        QVERIFY(markdown.contains("vs unquantized"));
    }

    void theHtmlPageIsWellFormed()
    {
        QXmlStreamReader reader(written(m_report, "html"));
        std::map<QString, int> elements;
        while (!reader.atEnd()) {
            if (reader.readNext() == QXmlStreamReader::StartElement) {
                ++elements[reader.name().toString()];
            }
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QVERIFY(elements["svg"] >= 7);
        QVERIFY(elements["title"] > 40); // tooltips
        QVERIFY(elements["table"] >= 8);
        QCOMPARE(elements["script"], 0);
    }

    void theHtmlPageNeedsNothingElse()
    {
        const QString html = written(m_report, "html");
        for (const char *outside : {"src=", "href=", "url(", "@import", "<script", "<link"}) {
            QVERIFY2(!html.contains(outside), outside);
        }
        QVERIFY(html.contains("prefers-color-scheme:dark"));
    }

    void hostileTextsStayText()
    {
        const QString html = written(m_report, "html");
        QVERIFY(html.contains("&lt;script&gt;alert("));
        QVERIFY(html.contains("No &lt;b&gt;memory&lt;/b&gt; &amp; no disk."));
        const QString markdown = written(m_report, "markdown");
        QVERIFY(!markdown.contains("<script>"));
        QVERIFY(markdown.contains("&lt;script&gt;"));
        for (const QString &line : markdown.split('\n')) {
            // A cell must not end its row early: every row of the table of runs has 8 cells.
            if (line.startsWith("| &lt;script") && line.contains("failed")) {
                static const QRegularExpression bar(R"((?<!\\)\|)");
                QCOMPARE(line.count(bar), 9);
            }
        }
    }

    void everyTextOfAModelIsEscaped_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("elements") << "</pre></td></title></svg><script>x</script>";
        QTest::newRow("attributes") << "\" onload=\"x\" a='";
        QTest::newRow("sections") << "]]> <!-- --> <?php ?> <![CDATA[";
        QTest::newRow("entities") << "&lt; &#0; &nbsp; &x";
        QTest::newRow("lines") << "one\r\ntwo\tthree,\"four\";five";
        QTest::newRow("markup") << "``` | # * _ [x](javascript:x) ![y](z) ~~~";
    }

    void everyTextOfAModelIsEscaped()
    {
        QFETCH(QString, text);
        const std::string hostile = text.toStdString();
        ReportModel model = hostileModel(hostile);
        QXmlStreamReader reader(written(model, "html"));
        bool isShown = false;
        while (!reader.atEnd()) {
            reader.readNext();
            QVERIFY(reader.name() != QString("script"));
            for (const QXmlStreamAttribute &attribute : reader.attributes()) {
                QVERIFY(attribute.name() != QString("onload"));
            }
            isShown = isShown || reader.text().contains(text.left(3));
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QVERIFY(isShown);
        for (const QStringList &row : csvRows(written(model, "csv"))) {
            QCOMPARE(row.size(), 9);
        }
        const Json json = Json::parse(written(model, "json").toStdString());
        QCOMPARE(json.at("title").get<std::string>(), hostile);
        const QString prose = withoutFences(written(model, "markdown"));
        QVERIFY(!prose.contains("<script>"));
        QVERIFY(!prose.contains(" ![y](z)"));
        QVERIFY(prose.contains("### Command"));
    }

    void theCsvFileHasEqualRowsAndReadsBack()
    {
        const QList<QStringList> rows = csvRows(written(m_report, "csv"));
        QVERIFY(rows.size() > 100);
        bool foundName = false;
        bool foundValue = false;
        for (const QStringList &row : rows) {
            QCOMPARE(row.size(), 9);
            foundName = foundName || row[1].contains("\"quoted\", ");
            if (row[2] == "layer" && row[5] == "weight_mse" && row[1] == "three bits") {
                foundValue
                    = foundValue || row[6].toDouble() == test::toyRunLayers(0, 3).front().weightMse;
            }
        }
        QVERIFY(foundName);
        QVERIFY(foundValue); // to the last bit
    }

    void formulasAreKeptFromSpreadsheets()
    {
        m_store->renameRun(m_ids[0], "=HYPERLINK(\"x\")");
        const QList<QStringList> rows = csvRows(written(buildReport(*m_store, m_ids), "csv"));
        for (const QStringList &row : rows) {
            QVERIFY(!row[1].startsWith('='));
        }
    }

    void theJsonDocumentIsComplete()
    {
        const Json json = Json::parse(written(m_report, "json").toStdString());
        QCOMPARE(json.at("runs").size(), std::size_t{3});
        const Json &run = json.at("runs").at(2);
        QCOMPARE(SensitivityTable::fromJson(run.at("sensitivity")).cells.size(), std::size_t{16});
        QCOMPARE(OutlierTable::fromJson(run.at("outliers")).layers.size(), std::size_t{4});
        QCOMPARE(Allocation::fromJson(run.at("allocation")).layers.size(), std::size_t{4});
        QCOMPARE(RunSummary::fromJson(json.at("runs").at(0).at("summary")).averageBits, 4.25);
        QVERIFY(json.at("runs").at(0).at("environment").contains("processor"));
        QCOMPARE(json.at("comparison").at("pareto").size(), std::size_t{3});
    }

    void anEmptyRunStillGivesAReport_data()
    {
        QTest::addColumn<QString>("format");
        for (const char *format : {"html", "markdown", "csv", "json", "pdf"}) {
            QTest::newRow(format) << format;
        }
    }

    void anEmptyRunStillGivesAReport()
    {
        QFETCH(QString, format);
        store::RunRequest request;
        request.kind = "sensitivity";
        const store::NewRun made
            = m_store->createRun(request, test::toyModelInfo(), std::string(64, '0'));
        const std::vector<std::string> ids{made.id};
        QVERIFY(!written(buildReport(*m_store, ids), qPrintable(format)).isEmpty());
    }

    void reportsAreFilesWrittenAtOnce()
    {
        const auto folder = std::filesystem::path(m_folder->path().toStdString());
        const std::filesystem::path file = folder / "report.html";
        const std::int64_t bytes = writeReport(m_report, "html", file);
        QCOMPARE(static_cast<std::int64_t>(std::filesystem::file_size(file)), bytes);
        QVERIFY_EXCEPTION_THROWN(writeReport(m_report, "docx", folder / "report.docx"), Error);
        QVERIFY(!std::filesystem::exists(folder / "report.docx"));
        QVERIFY_EXCEPTION_THROWN(writeReport(m_report, "html", folder / "no" / "report.html"),
                                 Error);
        if (qEnvironmentVariableIsSet("BITPRISM_KEEP_REPORT")) { // to look at it
            writeReport(m_report, "html", qgetenv("BITPRISM_KEEP_REPORT").toStdString());
        }
    }

    void unknownRunsAreBadInput()
    {
        const std::vector<std::string> ids{"nosuchrun"};
        QVERIFY_EXCEPTION_THROWN(buildReport(*m_store, ids), Error);
    }

    void commandsRepeatTheRun_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("request");
        QTest::addColumn<QString>("recipe");
        QTest::addColumn<QString>("command");
        QTest::newRow("plain run")
            << "run"
            << R"({"threads":2,"device":"cpu","seed":7,"options":{"data":"/d/c.txt","stride":0,)"
               R"("evaluations":[{"task":"perplexity","data":"/d/h.txt"}]}})"
            << R"({"seed":7,"weights":{"id":"gptq","bits":3}})"
            << "bitprism-cli --threads 2 --device cpu --seed 7 run /m/toy --set weights.bits=3 "
               "--set weights.id=gptq --calibration /d/c.txt --evaluate perplexity:/d/h.txt";
        QTest::newRow("seed of the recipe") << "run"
                                            << R"({"seed":0})"
                                            << R"({"seed":7})"
                                            << "bitprism-cli run /m/toy --set seed=7";
        QTest::newRow("null seed, parameters of a task, no baseline")
            << "run"
            << R"({"seed":null,"options":{"data":"/d/c.txt","baseline":false,"evaluations":[]}})"
            << R"({"evaluation":[{"task":"masked-nll","data":"/d/h.txt","pass":5}]})"
            << "bitprism-cli run /m/toy --no-baseline --calibration /d/c.txt --evaluate "
               "masked-nll:/d/h.txt --set task.masked-nll.pass=5";
        QTest::newRow("one task with two parameters")
            << "run"
            << R"({"options":{}})"
            << R"({"evaluation":[{"task":"wer","data":"/d"},{"task":"wer","data":"/d","a":1}]})"
            << R"(bitprism-cli run /m/toy --set )"
               R"('evaluation=[{"data":"/d","task":"wer"},{"a":1,"data":"/d","task":"wer"}]')";
        QTest::newRow("sensitivity with all but the defaults")
            << "sensitivity"
            << R"({"seed":null,"options":{"data":"/d/c.txt","activation_bits":8,)"
               R"("measured":false,"predicted":true,"transforms":[{"id":"smoothquant"}]}})"
            << "{}"
            << R"(bitprism-cli sensitivity /m/toy --activation-bits 8 --calibration /d/c.txt )"
               R"(--no-measured --set 'transforms=[{"id":"smoothquant"}]')";
        QTest::newRow("sensitivity")
            << "sensitivity"
            << R"({"options":{"data":"/d/my file.txt","bits":[2,3,4],)"
               R"("quantizer":{"id":"rtn","group_size":32}}})"
            << "{}"
            << "bitprism-cli sensitivity /m/toy --bits 2,3,4 --calibration '/d/my file.txt' "
               "--quantizer rtn --set quantizer.group_size=32";
        QTest::newRow("evaluation")
            << "evaluate"
            << R"({"options":{"task":"perplexity","data":"/d/h.txt","length":512}})"
            << "{}"
            << "bitprism-cli evaluate /m/toy --data /d/h.txt --length 512 --task perplexity";
        QTest::newRow("damaged") << "outliers"
                                 << "no json"
                                 << "{}"
                                 << "bitprism-cli outliers /m/toy";
    }

    void commandsRepeatTheRun()
    {
        QFETCH(QString, kind);
        QFETCH(QString, request);
        QFETCH(QString, recipe);
        store::RunRecord record;
        record.kind = kind.toStdString();
        record.request = request.toStdString();
        record.recipe = recipe.toStdString();
        record.modelPath = "/m/toy";
        QTEST(QString::fromStdString(commandLine(record)), "command");
    }

    void argumentsSurviveAShell_data()
    {
        QTest::addColumn<QString>("argument");
        for (const char *argument :
             {"plain", "", "two words", "it's", "$HOME `x` \"y\" \\ ;", "*"}) {
            QTest::newRow(argument) << argument;
        }
    }

    void argumentsSurviveAShell()
    {
        QFETCH(QString, argument);
        QProcess shell;
        shell.start(
            "/bin/sh",
            {"-c", "printf %s " + QString::fromStdString(shellQuoted(argument.toStdString()))});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(QString::fromUtf8(shell.readAllStandardOutput()), argument);
    }

private:
    /// The report with every text that comes from files and users replaced.
    ReportModel hostileModel(const std::string &text) const
    {
        ReportModel model = m_report;
        model.title = model.storeFile = text;
        for (ReportRun &run : model.runs) {
            run.record.name = run.record.failure = run.record.modelPath = run.command = text;
            run.record.environment = Json{{text, text}}.dump();
            run.record.recipe = text; // not even JSON
            run.model.name = text;
            RunSummary summary = *run.summary;
            summary.notes = {text};
            for (RunLayer &layer : summary.layers) {
                layer.name = text;
            }
            run.summary = std::make_shared<RunSummary>(summary);
        }
        for (ComparedRun &run : model.comparison.runs) {
            run.record.name = text;
        }
        for (ComparedLayer &layer : model.comparison.layers) {
            layer.name = text;
        }
        for (ComparedMetric &metric : model.comparison.metrics) {
            metric.task = metric.data = metric.unit = text;
        }
        return model;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::ExperimentStore> m_store;
    std::vector<std::string> m_ids;
    ReportModel m_report;
};

BITPRISM_TEST(TstReports);
#include "tst_reports.moc"
