// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/cli_process.h"
#include "tests/support/test_main.h"

#include <QtCore/QDir>
#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace bitprism;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t mostBytes = 5'000'000; // of a sample, its data included
constexpr std::uintmax_t mostBytesOfAll = 45'000'000;

fs::path sampleFolder() { return fs::path(test::sourceDir()) / "resources" / "samples"; }

std::uintmax_t bytesIn(const fs::path &folder)
{
    std::uintmax_t bytes = 0;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder)) {
        bytes += entry.is_regular_file() ? entry.file_size() : 0;
    }
    return bytes;
}

} // namespace

/// The samples that are shipped: complete, small, and trained.
class TstCliSamples : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::CliRunner::hasEngine()) {
            QSKIP("the engine is not built");
        }
        const test::CliResult result = cli().run({"--json", "samples"});
        QVERIFY2(result.status == 0, result.text().c_str());
        const json document = result.json();
        for (const json &sample : document.at("samples")) {
            m_samples[sample.at("name").get<std::string>()] = sample;
        }
    }

    void everyFamilyHasOne()
    {
        std::set<std::string> families;
        for (const auto &[name, sample] : m_samples) {
            families.insert(sample.at("family").get<std::string>());
        }
        const std::set<std::string> wanted{"llama", "opt",     "bert",     "llada",
                                           "clip",  "whisper", "moonshine"};
        QVERIFY(std::includes(families.begin(), families.end(), wanted.begin(), wanted.end()));
    }

    void areCompleteAndSmall()
    {
        for (const auto &[name, sample] : m_samples) {
            const fs::path folder = sample.at("path").get<std::string>();
            QVERIFY2(fs::exists(folder / "README.md"), name.c_str());
            QVERIFY2(!sample.at("summary").get<std::string>().empty(), name.c_str());
            QVERIFY2(!sample.at("tasks").empty(), name.c_str());
            for (const auto &[use, place] : sample.at("data").items()) {
                QVERIFY2(fs::exists(place.get<std::string>()), (name + " " + use).c_str());
            }
            QVERIFY2(name.rfind("tiny-llama", 0) == 0 || bytesIn(folder) <= mostBytes,
                     name.c_str());
        }
        QVERIFY(bytesIn(sampleFolder()) <= mostBytesOfAll);
    }

    /// As on a full disk: no file may grow past a block. What is to be mended is where it goes.
    void aCopyWithoutRoomNamesWhereItGoes()
    {
        const QString folder = m_folder.path() + "/copies";
        QProcess process;
        process.start("/bin/sh",
                      {"-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" samples --copy \"$1\"",
                       test::CliRunner::program(), folder});
        const test::CliResult result = test::CliRunner::finish(process);
        QVERIFY2(result.isError(1, "take a copy of"), result.text().c_str());
        QVERIFY2(result.errors.starts_with("bitprism-cli: " + folder.toStdString() + "/tiny-"),
                 result.text().c_str());
        QVERIFY(QDir(folder).isEmpty());
    }

    void areTrained_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("samples");
        QTest::addColumn<double>("least");
        QTest::addColumn<double>("most");
        // What an n-gram, a unigram model (entropy of the text's own frequencies) and a usable
        // recogniser reach; the cards' figures are far on the right side.
        QTest::newRow("opt: under the 3-gram") << "tiny-opt" << 24 << 1.0 << 28.3;
        QTest::newRow("bert: under a unigram model") << "tiny-bert" << 12 << 0.0 << 5.6;
        QTest::newRow("bert with outliers") << "tiny-bert-outliers" << 12 << 0.0 << 5.6;
        QTest::newRow("llada: under a unigram model") << "tiny-llada" << 4 << 0.0 << 5.9;
        QTest::newRow("clip: unseen combinations") << "tiny-clip" << 48 << 0.8 << 1.0;
        QTest::newRow("whisper: words wrong") << "tiny-whisper" << 8 << 0.0 << 15.0;
        QTest::newRow("moonshine: words wrong") << "tiny-moonshine" << 8 << 0.0 << 15.0;
    }
    void areTrained()
    {
        QFETCH(QString, name);
        QFETCH(int, samples);
        QFETCH(double, least);
        QFETCH(double, most);
        const json &sample = m_samples.at(name.toStdString());
        const test::CliResult result = cli().run(
            {"--json", "evaluate", name, "--task",
             QString::fromStdString(sample.at("tasks").at(0).get<std::string>()), "--data",
             QString::fromStdString(sample.at("data").at("evaluation").get<std::string>()),
             "--samples", QString::number(samples)});
        QVERIFY2(result.status == 0, result.text().c_str());
        const double value = result.json().at("value");
        QVERIFY2(value >= least && value <= most, result.text().c_str());
    }

    /// A rescaled sample has the function of the one it is derived from.
    void outlierVariantsKeepTheFunction_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("samples");
        QTest::newRow("opt") << "tiny-opt" << 4;
        QTest::newRow("clip") << "tiny-clip" << 24;
    }
    void outlierVariantsKeepTheFunction()
    {
        QFETCH(QString, name);
        QFETCH(int, samples);
        const double plain = lossOf(name, name, samples);
        const double scaled = lossOf(name + "-outliers", name, samples);
        // Powers of two are exact in BF16; FP32 sums in another order are not.
        constexpr double rounding = 1e-4;
        QVERIFY2(std::abs(plain - scaled) <= rounding * std::max(1.0, plain),
                 qPrintable(QString("%1 %2").arg(plain).arg(scaled)));
    }

private:
    double lossOf(const QString &model, const QString &dataOf, int samples) const
    {
        const json &sample = m_samples.at(dataOf.toStdString());
        const test::CliResult result = cli().run(
            {"--json", "evaluate", model, "--task",
             QString::fromStdString(sample.at("tasks").at(0).get<std::string>()), "--data",
             QString::fromStdString(sample.at("data").at("evaluation").get<std::string>()),
             "--samples", QString::number(samples)});
        return result.status == 0 ? result.json().at("nll").get<double>()
                                  : std::numeric_limits<double>::quiet_NaN();
    }

    test::CliRunner cli() const { return test::CliRunner(m_folder.path().toStdString()); }

    QTemporaryDir m_folder;
    std::map<std::string, json> m_samples;
};

BITPRISM_TEST(TstCliSamples);
#include "tst_cli_samples.moc"
