// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/recipe/idle_parameters.h"
#include "core/recipe/resolve.h"
#include "tests/recipe/toy_components.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

LayerInfo layerNamed(const QString &name)
{
    LayerInfo layer;
    layer.name = name.toStdString();
    layer.kind = name == "lm_head" ? "head" : name.contains("embed") ? "embedding" : "mlp_down";
    return layer;
}

Recipe resolvedRecipeFrom(const QString &json)
{
    return Recipe::fromJson(Json::parse(json.toStdString()), "recipe");
}

} // namespace

class TstResolve : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { test::registerToyComponents(); }

    void whatIsOutOfForceIsNamed()
    {
        const auto idle = [](const QString &weights, const QString &overrides = "[]") {
            Recipe recipe = resolvedRecipeFrom(R"({"weights": )" + weights + R"(, "overrides": )"
                                               + overrides + "}");
            recipe.validate();
            return idleParameters(recipe);
        };
        QCOMPARE(idle(R"({"id": "gptq", "order_share": 0.5})"),
                 std::vector<std::string>{
                     "weights.order_share = 0.5 has no effect: weights.act_order is false"});
        QCOMPARE(idle(R"({"id": "gptq", "order_share": 0.5, "act_order": true})").size(), 0U);
        QCOMPARE(idle(R"({"id": "gptq", "order_share": 1})").size(), 0U); // the default
        // An override is named for what it says itself, against what it changes.
        QCOMPARE(idle(R"({"id": "gptq"})",
                      R"([{"match": "*", "bits": 3},
                          {"match": "*.0.*", "weights": {"order_share": 0.5}}])"),
                 std::vector<std::string>{"overrides.1.weights.order_share = 0.5 has no effect: "
                                          "overrides.1.weights.act_order is false"});
        QCOMPARE(idle(R"({"id": "gptq", "act_order": true})",
                      R"([{"match": "*.0.*", "weights": {"order_share": 0.5}}])")
                     .size(),
                 0U);
    }

    void anOverrideBeatsTheAllocationWhichBeatsTheWeights_data()
    {
        QTest::addColumn<QString>("overrides");
        QTest::addColumn<int>("allocated"); // 0: none
        QTest::addColumn<QString>("layer");
        QTest::addColumn<int>("bits"); // 0: skipped
        const QString down = "layers.0.down_proj";
        QTest::newRow("weights alone") << "[]" << 0 << down << 4;
        QTest::newRow("allocation") << "[]" << 3 << down << 3;
        QTest::newRow("override") << R"([{"match": "*", "bits": 8}])" << 0 << down << 8;
        QTest::newRow("override over allocation")
            << R"([{"match": "*", "bits": 8}])" << 3 << down << 8;
        QTest::newRow("override by weights")
            << R"([{"match": "*.down_proj", "weights": {"bits": 2}}])" << 3 << down << 2;
        QTest::newRow("override elsewhere")
            << R"([{"match": "*.up_proj", "bits": 8}])" << 3 << down << 3;
        QTest::newRow("override of something else")
            << R"([{"match": "*", "weights": {"group_size": 32}}])" << 3 << down << 3;
        QTest::newRow("the later override")
            << R"([{"match": "*", "bits": 8}, {"match": "*.0.*", "bits": 2}])" << 3 << down << 2;
        QTest::newRow("skip") << R"([{"match": "*", "skip": true}])" << 3 << down << 0;
        QTest::newRow("skip taken back")
            << R"([{"match": "*", "skip": true}, {"match": "*.0.*", "skip": false}])" << 0 << down
            << 4;
        QTest::newRow("head") << "[]" << 0 << "lm_head" << 0;
        QTest::newRow("head though allocated") << "[]" << 3 << "lm_head" << 0;
        QTest::newRow("head by name")
            << R"([{"match": "lm_head", "bits": 8}])" << 0 << "lm_head" << 8;
        QTest::newRow("head kept by skip: false")
            << R"([{"match": "*", "skip": false}])" << 0 << "lm_head" << 4;
        QTest::newRow("head not by a wildcard")
            << R"([{"match": "*", "bits": 3}])" << 0 << "lm_head" << 0;
        QTest::newRow("embedding") << "[]" << 0 << "embed_tokens" << 0;
        QTest::newRow("embedding by name")
            << R"([{"match": "embed_tokens", "weights": {"bits": 8}}])" << 0 << "embed_tokens" << 8;
    }

    void anOverrideBeatsTheAllocationWhichBeatsTheWeights()
    {
        QFETCH(QString, overrides);
        QFETCH(int, allocated);
        QFETCH(QString, layer);
        QFETCH(int, bits);
        const Recipe recipe = resolvedRecipeFrom(R"({"overrides": )" + overrides + "}");
        const LayerChoice choice{layer.toStdString(), allocated, std::nullopt};
        const ResolvedLayer resolved
            = resolveLayer(recipe, layerNamed(layer), allocated == 0 ? nullptr : &choice);
        QCOMPARE(resolved.skip, bits == 0);
        if (bits != 0) {
            QCOMPARE(resolved.bits, bits);
            QCOMPARE(resolved.weights.parameters().at("bits").get<int>(), bits);
        }
    }

    void ratiosFollowTheSamePrecedence()
    {
        const LayerChoice choice{"a", 3, 0.05};
        QCOMPARE(resolveLayer(Recipe(), layerNamed("a"), &choice).ratio,
                 std::optional<double>(0.05));
        QCOMPARE(resolveLayer(Recipe(), layerNamed("a")).ratio, std::optional<double>());
        const Recipe recipe
            = resolvedRecipeFrom(R"({"overrides": [{"match": "a", "ratio": 0.5}]})");
        QCOMPARE(resolveLayer(recipe, layerNamed("a"), &choice).ratio, std::optional<double>(0.5));
    }

    void layersThatCannotBeQuantizedAreSkipped()
    {
        LayerInfo layer = layerNamed("a");
        layer.quantizable = false;
        QVERIFY(resolveLayer(
                    resolvedRecipeFrom(R"({"overrides": [{"match": "a", "skip": false}]})"), layer)
                    .skip);
    }

    void anOverrideMayChangeTheQuantizer()
    {
        const Recipe recipe = resolvedRecipeFrom(
            R"({"weights": {"id": "rtn", "bits": 3, "group_size": 64},
                "overrides": [{"match": "a", "weights": {"id": "gptq", "act_order": true}},
                              {"match": "b", "weights": {"id": "ggml-q4-0"}}]})");
        const ResolvedLayer first = resolveLayer(recipe, layerNamed("a"));
        QCOMPARE(first.weights.id, std::string("gptq"));
        QCOMPARE(first.weights.params, std::string(R"({"act_order":true,"bits":3})"));
        QCOMPARE(first.bits, 3);
        const ResolvedLayer second = resolveLayer(recipe, layerNamed("b"));
        QCOMPARE(second.weights.params, std::string("{}"));
        QCOMPARE(second.bits, 0); // its own width
    }

    void modelsAreResolvedLayerByLayer()
    {
        ModelInfo model;
        for (const char *name : {"embed_tokens", "a", "b", "lm_head"}) {
            model.layers.push_back(layerNamed(name));
        }
        const std::vector<LayerChoice> choices{{"b", 2, std::nullopt}, {"a", 8, std::nullopt}};
        const auto resolved = resolveLayers(Recipe(), model, choices);
        QCOMPARE(resolved.size(), std::size_t{4});
        QVERIFY(resolved[0].skip && resolved[3].skip);
        QCOMPARE(resolved[1].bits, 8);
        QCOMPARE(resolved[2].bits, 2);
    }

    void aSolvedAllocationIsAnOrdinaryRecipe()
    {
        const std::vector<LayerChoice> choices{{"a.b", 3, 0.05}, {"c", 8, std::nullopt}};
        Recipe recipe;
        recipe.allocation = manualAllocation(choices);
        const Json json = recipe.toJson();
        QCOMPARE(json.at("allocation").at("id").get<std::string>(), std::string("manual"));
        QCOMPARE(json.at("allocation").at("layers").at("a.b").dump(),
                 std::string(R"({"bits":3,"ratio":0.05})"));
        const auto back = manualChoices(*recipe.allocation, "recipe");
        QCOMPARE(back.size(), choices.size());
        QCOMPARE(back[0].layer, std::string("a.b"));
        QCOMPARE(back[0].bits, 3);
        QCOMPARE(back[0].ratio, choices[0].ratio);
        QVERIFY(!back[1].ratio);
    }

    void malformedManualChoicesNameTheLayer_data()
    {
        QTest::addColumn<QString>("layers");
        QTest::newRow("list") << "[]";
        QTest::newRow("number") << R"({"q_proj": 3})";
        QTest::newRow("no bits") << R"({"q_proj": {"ratio": 0.5}})";
        QTest::newRow("bits") << R"({"q_proj": {"bits": 99}})";
        QTest::newRow("key") << R"({"q_proj": {"bits": 3, "bitz": 3}})";
    }

    void malformedManualChoicesNameTheLayer()
    {
        QFETCH(QString, layers);
        const ComponentChoice choice{"manual", "{\"layers\":" + layers.toStdString() + "}"};
        try {
            manualChoices(choice, "recipe: allocation");
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            const char *name = layers == "[]" ? "layers" : "q_proj";
            QVERIFY2(QString(error.what()).contains(name), error.what());
        }
    }

    void differencesNameTheChangedKeysOnly()
    {
        const Recipe before;
        QVERIFY(recipeDifferences(before, before).empty());
        const Recipe after = resolvedRecipeFrom(
            R"({"seed": 3, "weights": {"id": "rtn", "bits": 3}, "overrides": [{"match": "a"}]})");
        QStringList lines;
        for (const RecipeChange &change : recipeDifferences(before, after)) {
            lines << QString::fromStdString(change.key + ":" + change.before + ">" + change.after);
        }
        const QStringList expected{"overrides.0.match:>\"a\"", "seed:0>3", "weights.bits:4>3",
                                   "weights.group_size:128>"};
        QCOMPARE(lines, expected);
        QCOMPARE(recipeDifferences(after, before).size(), std::size_t{4});
    }
};

BITPRISM_TEST(TstResolve);
#include "tst_resolve.moc"
