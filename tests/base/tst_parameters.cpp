// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parameters.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

using namespace bitprism;

namespace {

struct ToyParams
{
    int bits = 4;
    double alpha = 0.5;
    bool actOrder = false;
    std::string rule = "gptq-asym";

    void visit(ParamVisitor &v)
    {
        const ParamText text{BITPRISM_TR("Component", "Toy"), BITPRISM_TR("Component", "Toy.")};
        v.integer("bits", bits, {2, 8}, text);
        v.real("alpha", alpha, {0, 1}, text);
        v.flag("act_order", actOrder, text);
        v.choice("rule", rule,
                 {{"gptq-asym", BITPRISM_TR("Component", "A")},
                  {"awq-asym", BITPRISM_TR("Component", "B")}},
                 text);
        v.alias("desc_act", "act_order");
    }

    std::optional<ParamProblem> check() const
    {
        if (bits == 2 && actOrder) {
            return ParamProblem{"act_order", BITPRISM_TR("Error", "not at %1 bits."), {"2"}};
        }
        return std::nullopt;
    }
};

} // namespace

class TstParameters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void survivesJsonThereAndBack()
    {
        ToyParams params;
        params.bits = 3;
        params.alpha = 0.25;
        params.actOrder = true;
        params.rule = "awq-asym";
        Json json = Json::object();
        params::write(params, json);
        const auto back = params::read<ToyParams>(json, "test");
        QCOMPARE(back.bits, 3);
        QCOMPARE(back.alpha, 0.25);
        QVERIFY(back.actOrder);
        QCOMPARE(back.rule, std::string("awq-asym"));
    }

    void readsOldNames()
    {
        QVERIFY(params::read<ToyParams>(Json{{"desc_act", true}}, "test").actOrder);
    }

    void namesTheOffendingKey_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("word");
        QTest::newRow("unknown key") << R"({"bitz": 3})"
                                     << "bitz";
        QTest::newRow("out of range") << R"({"bits": 9})"
                                      << "between 2 and 8";
        QTest::newRow("huge") << R"({"bits": 18446744073709551615})"
                              << "bits";
        QTest::newRow("wrong type") << R"({"bits": "four"})"
                                    << "integer";
        QTest::newRow("fraction") << R"({"bits": 3.5})"
                                  << "integer";
        QTest::newRow("bad choice") << R"({"rule": "x"})"
                                    << "gptq-asym, awq-asym";
        QTest::newRow("across") << R"({"bits": 2, "act_order": true})"
                                << "not at 2 bits";
        QTest::newRow("no object") << R"([1])"
                                   << "object";
    }

    void namesTheOffendingKey()
    {
        QFETCH(QString, json);
        QFETCH(QString, word);
        try {
            params::read<ToyParams>(Json::parse(json.toStdString()), "recipe: weights");
            QFAIL("accepted");
        } catch (const Error &error) {
            QCOMPARE(error.code(), ErrorCode::BadInput);
            QVERIFY2(QString(error.what()).contains(word), error.what());
            QVERIFY2(QString(error.what()).contains("recipe: weights"), error.what());
        }
    }
};

BITPRISM_TEST(TstParameters);
#include "tst_parameters.moc"
