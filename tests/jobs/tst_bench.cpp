// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parallel.h"
#include "core/jobs/bench.h"
#include "core/results/bench_result.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

using namespace bitprism;
using test::EngineFixture;

/// Benchmarks on small work: that they do it and tell what they did, never how fast.
class TstBench : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_fixture = std::make_unique<EngineFixture>(); }
    void doesItsWork_data();
    void doesItsWork();
    void everyBenchIsTried();
    void namesWhatIsWrong_data();
    void namesWhatIsWrong();
    void repeatsUntilCancelled();
    void threadCountsAreRestored();

private:
    std::unique_ptr<EngineFixture> m_fixture;
};

void TstBench::doesItsWork_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("parameters");
    QTest::addColumn<double>("work");
    QTest::addColumn<QString>("unit");
    QTest::addColumn<bool>("isPerCore");
    const auto add
        = [](const char *name, const char *parameters, double work, const char *unit, bool core) {
              QTest::newRow((std::string(name) + parameters).c_str())
                  << QString(name) << QString(parameters) << work << QString(unit) << core;
          };
    add("hessian", R"({"tokens": 64, "cols": 32, "repeats": 2})", 64, "tokens", false);
    add("gptq", R"({"tokens": 64, "cols": 96, "rows": 40, "group_size": 32, "repeats": 2})",
        96 * 40, "weights", false);
    add("gptq", R"({"tokens": 64, "cols": 40, "rows": 8, "act_order": true, "repeats": 1})", 40 * 8,
        "weights", false);
    add("rtn", R"({"rows": 16, "cols": 48, "group_size": 32, "repeats": 2})", 16 * 48, "weights",
        true);
    add("rtn", R"({"direction": "decode", "rows": 16, "cols": 48, "repeats": 2})", 16 * 48,
        "weights", true);
    add("ggml", R"({"rows": 3, "cols": 512, "repeats": 1})", 3 * 512, "weights", true);
    add("ggml", R"({"type": "q6_k", "direction": "decode", "rows": 3, "cols": 512, "repeats": 1})",
        3 * 512, "weights", true);
    add("packing", R"({"codes": 1001, "bits": 3})", 1001, "codes", true);
    add("packing", R"({"codes": 1001, "bits": 3, "direction": "decode"})", 1001, "codes", true);
    add("perplexity",
        R"({"model": "MODEL", "data": "DATA", "length": 16, "samples": 3, "repeats": 1})", 48,
        "tokens", false);
    add("calibration",
        R"({"model": "MODEL", "data": "DATA", "length": 16, "samples": 3, "repeats": 1})", 48,
        "tokens", false);
    add("tokenizer", R"({"model": "MODEL", "data": "DATA", "repeats": 1})", -1, "bytes", true);
    add("tokenizer", R"({"model": "MODEL", "data": "DATA", "repeats": 1, "direction": "decode"})",
        -1, "bytes", true);
    add("allocator", R"({"layers": 12, "repeats": 1})", 64, "budgets", true);
    add("ratio-solver", R"({"blocks": 2, "layers": 3, "candidates": 4, "repeats": 1})",
        2 * 4 * 4 * 4, "choices", false);
}

void TstBench::doesItsWork()
{
    QFETCH(QString, name);
    QFETCH(QString, parameters);
    QFETCH(double, work);
    QFETCH(QString, unit);
    QFETCH(bool, isPerCore);
    parameters.replace("MODEL", m_fixture->model().c_str());
    parameters.replace("DATA", m_fixture->evaluation().c_str());
    JobRequest request = m_fixture->request(
        "bench",
        {{"name", name.toStdString()}, {"parameters", Json::parse(parameters.toStdString())}});
    request.threads = 2;
    const auto recorder = m_fixture->run(request);
    const auto found = recorder->last<BenchResult>();
    QVERIFY2(found, recorder->failure() ? recorder->failure()->text.c_str() : "no result");
    QCOMPARE(found->name, name.toStdString());
    QCOMPARE(found->unit, unit.toStdString());
    QVERIFY(work < 0 ? found->work > 0 : found->work == work);
    QVERIFY(found->seconds > 0);
    QVERIFY(found->processorSeconds >= 0);
    QCOMPARE(found->threads, isPerCore ? 1 : 2);
    QVERIFY(found->sgemmRate > 0);
    QVERIFY(found->memoryRate > 0);
    QVERIFY(found->fractionOfPeak && *found->fractionOfPeak > 0);
    QVERIFY(found->bound == "sgemm" || found->bound == "memory");
}

void TstBench::everyBenchIsTried()
{
    // Those that start the window are tried where there is one.
    const std::set<std::string> elsewhere{"allocation-drag", "cold-start", "gui-stall",
                                          "heat-map",        "image-map",  "store-list"};
    std::ifstream file(test::sourceDir() + "/tests/jobs/tst_bench.cpp");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const std::string &id : Registry::instance().ids(Kind::bench)) {
        const std::string call = "add(\"" + id + "\"";
        QVERIFY2(elsewhere.contains(id) || text.find(call) != std::string::npos, id.c_str());
    }
}

void TstBench::namesWhatIsWrong_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("parameters");
    QTest::addColumn<QString>("words");
    QTest::newRow("unknown") << "warp"
                             << "{}"
                             << "\"warp\"";
    QTest::newRow("key") << "rtn"
                         << R"({"speed": 1})"
                         << "speed";
    QTest::newRow("range") << "rtn"
                           << R"({"bits": 9})"
                           << "bits";
    QTest::newRow("columns") << "ggml"
                             << R"({"cols": 300})"
                             << "256";
    QTest::newRow("model") << "perplexity"
                           << R"({"model": "/nowhere"})"
                           << "/nowhere";
    QTest::newRow("allocator") << "allocator"
                               << R"({"allocator": "guess"})"
                               << "guess";
}

void TstBench::namesWhatIsWrong()
{
    QFETCH(QString, name);
    QFETCH(QString, parameters);
    QFETCH(QString, words);
    const auto recorder = m_fixture->run(m_fixture->request(
        "bench",
        {{"name", name.toStdString()}, {"parameters", Json::parse(parameters.toStdString())}}));
    QVERIFY(recorder->failure());
    QCOMPARE(int(recorder->failure()->code), int(ErrorCode::BadInput));
    QVERIFY2(recorder->failure()->text.find(words.toStdString()) != std::string::npos,
             recorder->failure()->text.c_str());
}

void TstBench::repeatsUntilCancelled()
{
    std::stop_source stop;
    JobContext context(0, stop.get_token());
    int calls = 0;
    const Timing timing = fastestOf(3, context, [&] { ++calls; });
    QCOMPARE(calls, 3);
    QVERIFY(std::isfinite(timing.seconds) && timing.seconds >= 0);
    QVERIFY_EXCEPTION_THROWN(fastestOf(3, context,
                                       [&] {
                                           ++calls;
                                           stop.request_stop();
                                       }),
                             Error);
    QCOMPARE(calls, 4);
}

void TstBench::threadCountsAreRestored()
{
    const int before = threadCount();
    {
        const ThreadCount one(1);
        QCOMPARE(threadCount(), 1);
    }
    QCOMPARE(threadCount(), before);
}

BITPRISM_TEST(TstBench);
#include "tst_bench.moc"
