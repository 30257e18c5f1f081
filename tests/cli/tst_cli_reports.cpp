// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/file.h"
#include "core/store/experiment_store.h"
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <cmath>

using namespace bitprism;
using nlohmann::json;
using test::CliResult;
namespace fs = std::filesystem;

namespace {

Evaluation perplexity(std::vector<double> windowNll)
{
    Evaluation result;
    result.task = "perplexity";
    result.model = "/models/toy";
    result.data = "/data/text.txt";
    result.unit = "perplexity";
    result.windowNll = std::move(windowNll);
    result.windowTokens.assign(result.windowNll.size(), 10);
    const MeanWithError mean = meanOverWindows(result.windowNll, result.windowTokens);
    result.nll = mean.mean;
    result.nllStandardError = mean.standardError;
    result.value = std::exp(mean.mean);
    result.standardError = result.value * mean.standardError;
    return result;
}

RunSummary summaryOf(const std::string &id, double bits, std::vector<double> windowNll)
{
    RunSummary summary;
    summary.run = id;
    summary.model = "/models/toy";
    summary.averageBits = bits;
    summary.bytes = static_cast<std::int64_t>(bits * 1000);
    summary.metrics = {{perplexity(std::move(windowNll)), perplexity({20, 30, 40})}};
    RunLayer layer;
    layer.name = "model.layers.0.mlp.up_proj";
    layer.block = 0;
    layer.bits = bits;
    layer.weightMse = 1 / bits;
    summary.layers = {layer};
    summary.complete = true;
    return summary;
}

} // namespace

class TstCliReports : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        ModelInfo model;
        model.name = "toy <b>";
        model.path = "/models/toy";
        store::ExperimentStore opened(file().toStdString());
        // The second run is worse by 0.1 nats per token in every window.
        for (const double loss : {0.0, 1.0}) {
            store::RunRequest request;
            request.kind = "run";
            request.name = loss > 0 ? "small" : "large";
            const store::NewRun made = opened.createRun(request, model, "hash");
            const RunSummary summary
                = summaryOf(made.id, loss > 0 ? 3 : 4, {21 + loss, 31 + loss, 41 + loss});
            opened.commitBlock(made.id, 0, summary.layers);
            opened.putResult(made.id, summary);
            for (const RunMetric &metric : summary.metrics) {
                opened.putMetric(made.id, metric);
            }
            opened.setStatus(made.id, store::RunStatus::Finished);
            m_ids.append(QString::fromStdString(made.id));
        }
    }

    void compareGivesPairedDifferences()
    {
        const CliResult result = run(QStringList{"compare"} + m_ids + QStringList{"--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        const json document = result.json();
        for (const char *key : {"runs", "layers", "metrics", "pareto"}) {
            QVERIFY2(document.contains(key), key);
        }
        QCOMPARE(document["runs"].size(), std::size_t{2});
        QCOMPARE(document["layers"].size(), std::size_t{1});
        QCOMPARE(document["pareto"].size(), std::size_t{2});
        QVERIFY(run(QStringList{"compare"} + m_ids).output.find("small") != std::string::npos);
    }

    void everyFormatWritesItsFile_data()
    {
        QTest::addColumn<QString>("beginning");
        QTest::newRow("html") << "<!DOCTYPE html>";
        QTest::newRow("markdown") << "#";
        QTest::newRow("csv") << "";
        QTest::newRow("json") << "{";
    }

    void everyFormatWritesItsFile()
    {
        QFETCH(QString, beginning);
        const QString output = m_folder.path() + "/report." + QTest::currentDataTag();
        const CliResult result
            = run(QStringList{"report"} + m_ids
                  + QStringList{"--format", QTest::currentDataTag(), "--output", output, "--json"});
        QVERIFY2(result.status == 0, result.text().c_str());
        QCOMPARE(result.json()["output"].get<std::string>(), output.toStdString());
        const std::string text = io::readWholeFile(output.toStdString(), std::uint64_t{1} << 30);
        QCOMPARE(result.json()["bytes"].get<std::size_t>(), text.size());
        QVERIFY2(
            QString::fromStdString(text.substr(0, 20)).startsWith(beginning, Qt::CaseInsensitive),
            text.substr(0, 200).c_str());
    }

    /// What stands under an output's name stays, and the store in any case.
    void outputsReplaceOnlyWhatTheyAreTold()
    {
        const QString kept = m_folder.path() + "/kept.txt";
        const QStringList report
            = QStringList{"report"} + m_ids + QStringList{"--format", "markdown", "--output"};
        io::writeFileAtomically(kept.toStdString(), "mine");
        const CliResult refused = run(report + QStringList{kept});
        QVERIFY2(refused.isError(3, "exists already"), refused.text().c_str());
        QCOMPARE(io::readWholeFile(kept.toStdString(), 100), std::string("mine"));
        const CliResult replaced = run(report + QStringList{kept, "--overwrite"});
        QVERIFY2(replaced.status == 0, replaced.text().c_str());
        QVERIFY(io::readWholeFile(kept.toStdString(), std::uint64_t{1} << 30) != "mine");
        io::writeFileAtomically(kept.toStdString(), ""); // holds nothing to lose
        QVERIFY(run(report + QStringList{kept}).status == 0);
        const QStringList backup{"store", "backup", m_folder.path() + "/backup.bitprism"};
        QVERIFY(run(backup).status == 0);
        QVERIFY(run(backup).isError(3, "exists already"));
        QVERIFY(run(backup + QStringList{"--overwrite"}).status == 0);
        for (const QStringList &command : {report, backup.mid(0, 2)}) {
            const CliResult store = run(command + QStringList{file(), "--overwrite"});
            QVERIFY2(store.isError(2, "is the store itself"), store.text().c_str());
        }
        QVERIFY(run({"store", "check"}).status == 0);
    }

    void wrongWishesHaveTheirStatus_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("status");
        QTest::newRow("compare one") << QStringList{"compare", "@0"} << 2;
        QTest::newRow("compare unknown") << QStringList{"compare", "@0", "nothing"} << 3;
        QTest::newRow("report without format") << QStringList{"report", "@0", "--output", "x"} << 2;
        QTest::newRow("unknown format")
            << QStringList{"report", "@0", "--format", "scroll", "--output", "x"} << 3;
        QTest::newRow("missing folder")
            << QStringList{"report", "@0", "--format", "json", "--output", "/nowhere/x"} << 3;
        QTest::newRow("unknown run")
            << QStringList{"report", "nothing", "--format", "json", "--output", "/tmp/x"} << 3;
    }

    void wrongWishesHaveTheirStatus()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, status);
        arguments.replaceInStrings("@0", m_ids.front());
        const CliResult result = run(arguments);
        QVERIFY2(result.isError(status), result.text().c_str());
    }

private:
    QString file() const { return m_folder.path() + "/store.bitprism"; }
    CliResult run(const QStringList &arguments) const
    {
        return m_cli.run(arguments + QStringList{"--store", file()});
    }

    QTemporaryDir m_folder;
    QStringList m_ids;
    test::CliRunner m_cli{"/nonexistent"};
};

BITPRISM_TEST(TstCliReports);
#include "tst_cli_reports.moc"
