// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/run_summary.h"
#include "core/store/database.h"
#include "tests/support/engine_fixture.h"
#include "tests/support/test_main.h"

using namespace bitprism;
using test::EngineFixture;

/// What stands in a store may be damaged: that is said in a sentence, as of any other file.
class TstStoredTexts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void damagedTextsAreNamed_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("words");
        QTest::newRow("recipe that is no JSON") << "UPDATE recipes SET recipe = '{\"weights\": '"
                                                << "not valid JSON";
        QTest::newRow("recipe of another type") << "UPDATE recipes SET recipe = '[1]'"
                                                << "run ";
        QTest::newRow("journal that is no JSON") << "UPDATE journal SET entry = 'nonsense'"
                                                 << "not valid JSON";
        QTest::newRow("journal without a key") << "UPDATE journal SET entry = '{}'"
                                               << "\"activations\" is missing";
        QTest::newRow("journal of another type")
            << "UPDATE journal SET entry = '{\"activations\": 7}'"
            << "\"activations\" is 7";
        QTest::newRow("journal that is a number") << "UPDATE journal SET entry = '7'"
                                                  << "\"activations\" is missing";
    }

    void damagedTextsAreNamed()
    {
        QFETCH(QString, change);
        QFETCH(QString, words);
        const EngineFixture fixture;
        JobRequest request
            = fixture.request("run", fixture.runOptions({{"weights", {{"id", "rtn"}}}}));
        request.storePath = fixture.store();
        const auto run = fixture.run(request)->last<RunSummary>();
        QVERIFY(run);
        store::Database(fixture.store(), store::OpenMode::ReadWrite).execute(change.toStdString());
        JobRequest evaluation
            = fixture.request("evaluate", {{"data", fixture.evaluation()}, {"length", 32}});
        evaluation.storePath = fixture.store();
        evaluation.runId = run->run;
        const auto recorder = fixture.run(evaluation);
        QVERIFY(recorder->state() == JobState::Failed);
        QVERIFY2(recorder->failure()->code == ErrorCode::BadInput,
                 recorder->failure()->text.c_str());
        QVERIFY2(recorder->failure()->text.find(words.toStdString()) != std::string::npos,
                 recorder->failure()->text.c_str());
    }

    void damagedTextsAreNamedOnResuming_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<QString>("words");
        const auto journal = [](const char *entry) {
            return QString("UPDATE journal SET entry = '%1'").arg(entry);
        };
        QTest::newRow("no JSON") << journal("nonsense") << "not valid JSON";
        QTest::newRow("no key") << journal("{}") << "\"activations\" is missing";
        QTest::newRow("ranges of another type")
            << journal("{\"activations\": 7}") << "\"activations\" is 7";
        QTest::newRow("range of another type")
            << journal("{\"activations\": {\"x\": true}}") << "range of activations of x";
        QTest::newRow("ends of another type")
            << journal("{\"activations\": {\"x\": {\"low\": [0], \"high\": [\"a\"]}}}")
            << "range of activations of x";
        QTest::newRow("threads of another type")
            << journal("{\"activations\": {}, \"threads\": \"two\"}") << "\"threads\" is";
    }

    void damagedTextsAreNamedOnResuming()
    {
        QFETCH(QString, change);
        QFETCH(QString, words);
        const EngineFixture fixture;
        JobRequest request
            = fixture.request("run",
                              fixture.runOptions({{"weights", {{"id", "rtn"}}},
                                                  {"activations", {{"id", "static-minmax"}}}}));
        request.storePath = fixture.store();
        const auto run = fixture.run(request)->last<RunSummary>();
        QVERIFY(run);
        store::Database database(fixture.store(), store::OpenMode::ReadWrite);
        database.execute("UPDATE runs SET status = 'interrupted'");
        database.execute(change.toStdString());
        JobRequest resume = fixture.request("resume", Json::object());
        resume.storePath = fixture.store();
        resume.runId = run->run;
        resume.modelPath.clear();
        const auto recorder = fixture.run(resume);
        QVERIFY(recorder->state() == JobState::Failed);
        QVERIFY2(recorder->failure()->code == ErrorCode::BadInput,
                 recorder->failure()->text.c_str());
        QVERIFY2(recorder->failure()->text.find(words.toStdString()) != std::string::npos,
                 recorder->failure()->text.c_str());
    }
};

BITPRISM_TEST(TstStoredTexts);
#include "tst_stored_texts.moc"
