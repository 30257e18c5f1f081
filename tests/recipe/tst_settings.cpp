// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/settings.h"
#include "tests/recipe/toy_components.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <filesystem>

using namespace bitprism;

namespace {

Recipe recipeWith(const std::vector<std::string> &settings)
{
    Recipe recipe;
    applySettings(recipe, settings);
    return recipe;
}

void applySetting(Recipe &recipe, const std::string &setting)
{
    applySettings(recipe, {&setting, 1});
}

} // namespace

class TstSettings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::registerToyComponents(); }

    void valuesAreTypedByJson_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("section");
        QTest::addColumn<QString>("key");
        QTest::addColumn<QString>("value");
        QTest::newRow("integer") << "weights.group_size=32"
                                 << "weights"
                                 << "group_size"
                                 << "32";
        QTest::newRow("flag") << "weights.act_order=true"
                              << "weights"
                              << "act_order"
                              << "true";
        QTest::newRow("real") << "transforms.smoothquant.alpha=0.5"
                              << "transforms"
                              << "smoothquant.alpha"
                              << "0.5";
        QTest::newRow("word") << "weights.id=gptq"
                              << "weights"
                              << "id"
                              << "\"gptq\"";
        QTest::newRow("quoted") << "weights.id=\"8\""
                                << "weights"
                                << "id"
                                << "\"8\"";
        QTest::newRow("top") << "seed=3"
                             << ""
                             << "seed"
                             << "3";
        QTest::newRow("equals in the value") << "a.b=c=d"
                                             << "a"
                                             << "b"
                                             << "\"c=d\"";
        QTest::newRow("empty value") << "a.b="
                                     << "a"
                                     << "b"
                                     << "\"\"";
    }

    void valuesAreTypedByJson()
    {
        QFETCH(QString, text);
        const Setting setting = Setting::parse(text.toStdString());
        QTEST(QString::fromStdString(setting.section), "section");
        QTEST(QString::fromStdString(setting.key), "key");
        QTEST(QString::fromStdString(setting.value), "value");
    }

    void settingsChangeOneKey_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::newRow("seed") << "seed=9"
                              << "/seed"
                              << "9";
        QTest::newRow("group size") << "weights.group_size=32"
                                    << "/weights/group_size"
                                    << "32";
        QTest::newRow("samples") << "calibration.samples=8"
                                 << "/calibration/samples"
                                 << "8";
        QTest::newRow("sampler's own") << "calibration.spread=0.25"
                                       << "/calibration/spread"
                                       << "0.25";
        QTest::newRow("overrides") << R"(overrides=[{"match":"a","bits":3}])"
                                   << "/overrides/0/bits"
                                   << "3";
        QTest::newRow("weights as a word") << "weights=gptq"
                                           << "/weights/id"
                                           << "\"gptq\"";
        QTest::newRow("a transform") << "transforms.smoothquant.alpha=0.6"
                                     << "/transforms/0/alpha"
                                     << "0.6";
        QTest::newRow("a transform's name") << "transforms=gamma-migration"
                                            << "/transforms"
                                            << R"([{"id":"gamma-migration"}])";
        QTest::newRow("names of transforms")
            << "transforms=gamma-migration, hadamard-rotation"
            << "/transforms"
            << R"([{"id":"gamma-migration"},{"id":"hadamard-rotation"}])";
        QTest::newRow("no transforms") << "transforms=none"
                                       << "/transforms"
                                       << "[]";
        QTest::newRow("a list of transforms") << R"(transforms=[{"id":"gamma-migration"}])"
                                              << "/transforms/0/id"
                                              << R"("gamma-migration")";
    }

    void settingsChangeOneKey()
    {
        QFETCH(QString, setting);
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        const Json json = recipeWith({setting.toStdString()}).toJson();
        QCOMPARE(QString::fromStdString(json.at(Json::json_pointer(pointer.toStdString())).dump()),
                 value);
    }

    void mistakesAreBadInputThatNamesTheKey_data()
    {
        QTest::addColumn<QString>("setting");
        QTest::addColumn<QString>("word");
        QTest::newRow("no equals sign") << "weights.bits"
                                        << "SECTION.KEY=VALUE";
        QTest::newRow("no key") << "=3"
                                << "SECTION.KEY=VALUE";
        QTest::newRow("section") << "wieghts.bits=3"
                                 << "wieghts";
        QTest::newRow("top key") << "speed=3"
                                 << "speed";
        QTest::newRow("key") << "weights.bitz=3"
                             << "bitz";
        QTest::newRow("key of another method") << "weights.act_order=true"
                                               << "act_order";
        QTest::newRow("range") << "weights.bits=9"
                               << "between 2 and 8";
        QTest::newRow("type") << "weights.bits=four"
                              << "integer";
        QTest::newRow("component") << "weights.id=nonsense"
                                   << "nonsense";
        QTest::newRow("sampler") << "calibration.sampler=nonsense"
                                 << "nonsense";
        QTest::newRow("sampler's key") << "calibration.spraed=0.5"
                                       << "spraed";
        QTest::newRow("samples") << "calibration.samples=0"
                                 << "samples";
        QTest::newRow("sampler's range") << "calibration.length=5000"
                                         << "length";
        QTest::newRow("transform without key") << "transforms.smoothquant=1"
                                               << "transforms.ID.KEY";
        QTest::newRow("an empty transform") << "transforms=gamma-migration,,smoothquant"
                                            << "commas";
        QTest::newRow("no allocation") << "allocation.budget_bits=3"
                                       << "allocation.id";
    }

    void mistakesAreBadInputThatNamesTheKey()
    {
        QFETCH(QString, setting);
        QFETCH(QString, word);
        try {
            recipeWith({setting.toStdString()});
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains(word), error.what());
        }
    }

    void aNewIdKeepsWhatTheNewComponentKnows()
    {
        Recipe recipe = recipeWith({"weights.bits=3", "weights.group_size=64"});
        applySetting(recipe, "weights.id=gptq");
        QCOMPARE(recipe.weights.params, std::string(R"({"bits":3,"group_size":64})"));
        applySetting(recipe, "weights.act_order=true");
        applySetting(recipe, "weights.id=rtn");
        QCOMPARE(recipe.weights.params, std::string(R"({"bits":3,"group_size":64})"));
        applySetting(recipe, "weights.id=ggml-q4-0");
        QCOMPARE(recipe.weights.params, std::string("{}"));
    }

    void idsAreAppliedFirstWhateverTheOrder()
    {
        const Recipe one = recipeWith({"weights.act_order=true", "weights.id=gptq"});
        const Recipe two = recipeWith({"weights.id=gptq", "weights.act_order=true"});
        QVERIFY(one == two);
        QCOMPARE(one.weights.parameters().at("act_order").get<bool>(), true);
    }

    /// Whole rows and act_order exclude each other in the toy, so each alone is refused on the way.
    void whatGoesTogetherMayComeInAnyOrder()
    {
        const Recipe whole = recipeWith({"weights.id=gptq", "weights.group_size=0"});
        for (const std::vector<std::string> &settings :
             {std::vector<std::string>{"weights.act_order=true", "weights.group_size=64"},
              std::vector<std::string>{"weights.group_size=64", "weights.act_order=true"}}) {
            Recipe recipe = whole;
            applySettings(recipe, settings);
            QCOMPARE(recipe.weights.parameters().at("group_size").get<int>(), 64);
            QVERIFY(recipe.weights.parameters().at("act_order").get<bool>());
        }
        Recipe between = whole; // another section does not ask too early
        applySettings(between,
                      std::vector<std::string>{"weights.act_order=true", "calibration.samples=9",
                                               "weights.group_size=64"});
        QCOMPARE(between.calibration.samples, 9);
        Recipe recipe = whole;
        QVERIFY_THROWS_EXCEPTION(Error, applySetting(recipe, "weights.act_order=true"));
    }

    void anAllocationIsSetAndRemoved()
    {
        Recipe recipe;
        recipe.allocation = ComponentChoice{"manual", "{}"};
        applySetting(recipe, "allocation.id=none");
        QVERIFY(!recipe.allocation);
    }

    void samplesReachTheSamplerThatTakesThem()
    {
        const Json params = recipeWith({"calibration.samples=9"}).calibration.samplerParameters();
        QCOMPARE(params.at("samples").get<int>(), 9);
        QCOMPARE(params.at("length").get<int>(), 2048);
    }

    void validationFillsInDefaults()
    {
        Recipe recipe = recipeWith({"weights.id=gptq"});
        recipe.validate();
        QCOMPARE(recipe.weights.params,
                 std::string(R"({"act_order":false,"bits":4,"group_size":128,"order_share":1.0})"));
        QCOMPARE(recipe.calibration.sampler.params, std::string(R"({"spread":0.5})"));
        const Recipe once = recipe;
        recipe.validate();
        QVERIFY(recipe == once);
    }

    /// Misplaced, not misspelt: who takes it is said beside what is taken here.
    void aKeyOfAnotherComponentNamesIt()
    {
        const auto complaintAt = [](const char *json) {
            return test::complaintOf([&] { Recipe::fromJson(Json::parse(json), "file.json"); });
        };
        const test::Complaint misplaced
            = complaintAt(R"({"weights": {"id": "rtn", "order_share": 0.5}})");
        QVERIFY2(misplaced.isBadInputNaming("file.json: weights: unknown key \"order_share\""),
                 misplaced.text.c_str());
        QVERIFY2(misplaced.isBadInputNaming("it takes: bits, group_size."), misplaced.text.c_str());
        QVERIFY2(misplaced.isBadInputNaming("is a parameter of weights gptq."),
                 misplaced.text.c_str());
        const test::Complaint unknown = complaintAt(R"({"weights": {"id": "rtn", "odd": 1}})");
        QVERIFY2(unknown.isBadInputNaming("unknown key \"odd\""), unknown.text.c_str());
        QCOMPARE(unknown.text.find("is a parameter of"), std::string::npos);
    }

    /// Who repeats a run elsewhere must not get another file of the same name.
    void pathsBecomeAbsolute()
    {
        Recipe recipe = recipeWith({"weights.id=ggml-q4-0", "weights.imatrix=here/../im.dat"});
        recipe.validate();
        QCOMPARE(recipe.weights.parameters()["imatrix"].get<std::string>(),
                 (std::filesystem::current_path() / "im.dat").string());
        Recipe none = recipeWith({"weights.id=ggml-q4-0"});
        none.validate();
        QCOMPARE(none.weights.parameters()["imatrix"].get<std::string>(), std::string());
    }

    void validationNamesThePlace_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("place");
        QTest::newRow("weights") << R"({"weights": {"id": "rtn", "bits": 1}})"
                                 << "weights";
        QTest::newRow("unknown weights") << R"({"weights": {"id": "awq"}})"
                                         << "awq";
        QTest::newRow("calibration") << R"({"calibration": {"spraed": 1}})"
                                     << "spraed";
        QTest::newRow("calibration id") << R"({"calibration": {"id": "audio-clips"}})"
                                        << "\"id\"";
        QTest::newRow("override") << R"({"overrides": [{"match": "a", "weights": {"bits": 1}}]})"
                                  << "overrides[0]";
        QTest::newRow("override's method")
            << R"({"overrides": [{"match": "a", "weights": {"id": "awq"}}]})"
            << "overrides[0]";
    }

    void validationNamesThePlace()
    {
        QFETCH(QString, json);
        QFETCH(QString, place);
        try {
            Recipe::fromJson(Json::parse(json.toStdString()), "file");
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains(place), error.what());
        }
    }
};

BITPRISM_TEST(TstSettings);
#include "tst_settings.moc"
