// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/recipe.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace bitprism;

namespace {

const char *fullRecipe = R"({
  "version": 1,
  "seed": 7,
  "calibration": {"sampler": "sequential", "samples": 64, "length": 512, "skip": 3},
  "transforms": [{"id": "smoothquant", "alpha": 0.5}],
  "allocation": {"id": "manual", "layers": {"a.b": {"bits": 3, "ratio": 0.05}}},
  "weights": {"id": "gptq", "bits": 4, "group_size": 128, "act_order": true},
  "activations": {"id": "per-token-dynamic", "bits": 8},
  "overrides": [{"match": "*.down_proj", "weights": {"bits": 8}}, {"match": "lm_head", "skip": true},
                {"match": "x?", "bits": 3, "ratio": 0.25}],
  "evaluation": [{"task": "perplexity", "data": "held-out.txt", "pass": 1}]
})";

Recipe recipeFrom(const QString &json)
{
    return Recipe::fromJson(Json::parse(json.toStdString()), "recipe.json");
}

} // namespace

/// Without the engine's components: what the recipe's own keys must be.
class TstRecipe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPartIsRead()
    {
        const Recipe recipe = recipeFrom(fullRecipe);
        QCOMPARE(recipe.seed, 7U);
        QCOMPARE(recipe.calibration.sampler.id, std::string("sequential"));
        QCOMPARE(recipe.calibration.sampler.params, std::string(R"({"skip":3})"));
        QCOMPARE(recipe.calibration.samples, 64);
        QCOMPARE(recipe.calibration.length, 512);
        QCOMPARE(recipe.transforms.at(0).id, std::string("smoothquant"));
        QCOMPARE(recipe.transforms.at(0).parameters().at("alpha").get<double>(), 0.5);
        QCOMPARE(recipe.allocation->id, std::string("manual"));
        QCOMPARE(recipe.weights.parameters().at("group_size").get<int>(), 128);
        QCOMPARE(recipe.activations.id, std::string("per-token-dynamic"));
        QCOMPARE(recipe.overrides.size(), std::size_t{3});
        QCOMPARE(recipe.overrides[0].weights, std::string(R"({"bits":8})"));
        QCOMPARE(recipe.overrides[1].skip, std::optional<bool>(true));
        QCOMPARE(recipe.overrides[2].bits, std::optional<int>(3));
        QCOMPARE(recipe.overrides[2].ratio, std::optional<double>(0.25));
        QCOMPARE(recipe.evaluation.at(0).task.id, std::string("perplexity"));
        QCOMPARE(recipe.evaluation.at(0).data, std::string("held-out.txt"));
        QCOMPARE(recipe.evaluation.at(0).task.params, std::string(R"({"pass":1})"));
    }

    void survivesJsonThereAndBack()
    {
        const Recipe recipe = recipeFrom(fullRecipe);
        const Recipe back = Recipe::fromJson(Json::parse(recipe.toFileText()), "again");
        QVERIFY(back == recipe);
        QCOMPARE(back.toText(), recipe.toText());
        const Recipe plain;
        QVERIFY(Recipe::fromJson(plain.toJson(), "plain") == plain);
    }

    void equalRecipesGiveEqualTexts()
    {
        const Recipe one
            = recipeFrom(R"({"seed": 1, "weights": {"id": "rtn", "bits": 3, "a": 1}})");
        const Recipe two
            = recipeFrom(R"({"weights": {"a": 1, "bits": 3, "id": "rtn"}, "seed": 1})");
        QCOMPARE(one.toText(), two.toText());
    }

    void anEmptyRecipeIsThePlainDefault()
    {
        QVERIFY(recipeFrom("{}") == Recipe());
        QVERIFY(recipeFrom("{}") == recipeFrom(R"({"version": 1})"));
        QCOMPARE(Recipe().weights.id, std::string("rtn"));
        QCOMPARE(Recipe().weights.parameters().at("bits").get<int>(), 4);
        QCOMPARE(Recipe().weights.parameters().at("group_size").get<int>(), 128);
    }

    void mistakesAreNamedWithTheirKey_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("word");
        QTest::newRow("no object") << "[1]"
                                   << "object";
        QTest::newRow("unknown key") << R"({"wieghts": {"id": "rtn"}})"
                                     << "wieghts";
        QTest::newRow("no id") << R"({"activations": {"bits": 4}})"
                               << "activations: \"id\" is missing";
        QTest::newRow("stray id") << R"({"id": "rtn"})"
                                  << "\"id\"";
        QTest::newRow("newer") << R"({"version": 2})"
                               << "version";
        QTest::newRow("version 0") << R"({"version": 0})"
                                   << "version";
        QTest::newRow("seed text") << R"({"seed": "one"})"
                                   << "seed";
        QTest::newRow("seed below 0") << R"({"seed": -1})"
                                      << "seed";
        QTest::newRow("samples 0") << R"({"calibration": {"samples": 0}})"
                                   << "samples";
        QTest::newRow("length huge") << R"({"calibration": {"length": 99999999999}})"
                                     << "length";
        QTest::newRow("calibration list") << R"({"calibration": []})"
                                          << "calibration";
        QTest::newRow("sampler number") << R"({"calibration": {"sampler": 3}})"
                                        << "sampler";
        QTest::newRow("weights without id") << R"({"weights": {"bits": 3}})"
                                            << "weights: \"id\"";
        QTest::newRow("weights text") << R"({"weights": "rtn"})"
                                      << "weights";
        QTest::newRow("empty id") << R"({"weights": {"id": ""}})"
                                  << "id";
        QTest::newRow("transforms object") << R"({"transforms": {}})"
                                           << "transforms";
        QTest::newRow("transform") << R"({"transforms": [{"id": "a"}, {}]})"
                                   << "transforms[1]";
        QTest::newRow("overrides text") << R"({"overrides": "x"})"
                                        << "overrides";
        QTest::newRow("override key") << R"({"overrides": [{"match": "a", "bitz": 3}]})"
                                      << "bitz";
        QTest::newRow("override without match") << R"({"overrides": [{"bits": 3}]})"
                                                << "match";
        QTest::newRow("override bits") << R"({"overrides": [{"match": "a", "bits": 17}]})"
                                       << "between 1 and 16";
        QTest::newRow("override ratio") << R"({"overrides": [{"match": "a", "ratio": 1.5}]})"
                                        << "ratio";
        QTest::newRow("override weights") << R"({"overrides": [{"match": "a", "weights": 3}]})"
                                          << "weights";
        QTest::newRow("override bits twice")
            << R"({"overrides": [{"match": "a", "bits": 3, "weights": {"bits": 4}}]})"
            << "twice";
        QTest::newRow("evaluation without task") << R"({"evaluation": [{"data": "x"}]})"
                                                 << "evaluation[0]";
        QTest::newRow("evaluation data") << R"({"evaluation": [{"task": "a", "data": 3}]})"
                                         << "data";
    }

    void mistakesAreNamedWithTheirKey()
    {
        QFETCH(QString, json);
        QFETCH(QString, word);
        try {
            recipeFrom(json);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains(word), error.what());
            QVERIFY2(QString(error.what()).startsWith("recipe.json"), error.what());
        }
    }

    void filesAreReadAndNamed()
    {
        QTemporaryDir folder;
        const std::filesystem::path file
            = std::filesystem::path(folder.path().toStdString()) / "recipe.json";
        std::ofstream(file) << fullRecipe;
        QVERIFY(readRecipe(file) == recipeFrom(fullRecipe));
    }

    void damagedFilesAreBadInput_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut off") << QByteArray(fullRecipe).left(200);
        QTest::newRow("duplicate key") << QByteArray(R"({"seed": 1, "seed": 2})");
        QTest::newRow("deep") << QByteArray(5000, '[');
        QTest::newRow("not UTF-8") << QByteArray("{\"name\": \"\xff\"}");
    }

    void damagedFilesAreBadInput()
    {
        QFETCH(QByteArray, content);
        QTemporaryDir folder;
        const std::filesystem::path file
            = std::filesystem::path(folder.path().toStdString()) / "recipe.json";
        std::ofstream(file) << content.toStdString();
        try {
            readRecipe(file);
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains("recipe.json"), error.what());
        }
    }

    void aMissingFileIsBadInput()
    {
        try {
            readRecipe("/nowhere/recipe.json");
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
        }
    }

    void globsMatchWholeNames_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("matches");
        const QString name = "model.layers.12.mlp.down_proj";
        QTest::newRow("equal") << name << name << true;
        QTest::newRow("part") << "down_proj" << name << false;
        QTest::newRow("ending") << "*.down_proj" << name << true;
        QTest::newRow("beginning") << "model.*" << name << true;
        QTest::newRow("star over dots") << "model*proj" << name << true;
        QTest::newRow("one digit") << "*.?.mlp*" << name << false;
        QTest::newRow("two digits") << "*.??.mlp*" << name << true;
        QTest::newRow("several stars") << "*layers*mlp*" << name << true;
        QTest::newRow("wrong order") << "*mlp*layers*" << name << false;
        QTest::newRow("everything") << "*" << name << true;
        QTest::newRow("empty name") << "*" << QString() << true;
        QTest::newRow("empty pattern") << QString() << name << false;
        QTest::newRow("both empty") << QString() << QString() << true;
        QTest::newRow("letter of two bytes") << "a?c"
                                             << "a\u00e9c" << true;
        QTest::newRow("brackets are plain") << "[a]"
                                            << "a" << false;
    }

    void globsMatchWholeNames()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, name);
        QFETCH(bool, matches);
        QCOMPARE(globMatches(pattern.toStdString(), name.toStdString()), matches);
    }

    void hostileGlobsEnd()
    {
        std::string pattern;
        for (int i = 0; i < 200; ++i) {
            pattern += "*a";
        }
        QVERIFY(!globMatches(pattern, std::string(4000, 'a') + "b"));
    }
};

BITPRISM_TEST(TstRecipe);
#include "tst_recipe.moc"
