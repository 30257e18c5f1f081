// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/component.h"
#include "core/jobs/registry.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <regex>
#include <set>

using namespace bitprism;

/// Walks every component of base and engine as forms, flags and the manual see them.
class TstComponents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { registerEngineComponents(); }
    void idsAreFileNamesWithDashes();
    void registeringTwiceChangesNothing();
    void noTextIsEmpty();
    void defaultsLieInTheirRanges();
    void keysAreSnakeCaseAndUnique();
    void greyedParametersNameExistingOnes();
    void parametersSurviveJson();
    void unknownKeysAreErrorsThatNameThem();

private:
    static std::string nameOf(const ComponentInfo &info)
    {
        return std::string(kindName(info.kind)) + " " + info.id;
    }
    static std::vector<ComponentInfo> components() { return Registry::instance().components(); }
    static Json normalized(const ComponentInfo &info, const Json &given)
    {
        Json result = Json::object();
        Registry::instance()
            .require(info.kind, info.id, "test")
            .normalize(given, nameOf(info), result);
        return result;
    }
};

void TstComponents::idsAreFileNamesWithDashes()
{
    const std::regex linePattern(R"(^COMPONENT\((\w+), (\w+)\))");
    std::set<std::string> listed;
    std::ifstream file(test::sourceDir() + "/core/components.def");
    for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (std::regex_search(line, match, linePattern)) {
            std::string id = match[2];
            std::replace(id.begin(), id.end(), '_', '-');
            listed.insert(match[1].str() + " " + id);
        }
    }
    std::set<std::string> registered;
    for (const ComponentInfo &info : components()) {
        registered.insert(nameOf(info));
    }
    QVERIFY(!listed.empty());
    for (const std::string &name : listed) {
        QVERIFY2(registered.contains(name), name.c_str());
    }
    QCOMPARE(registered.size(), listed.size());
}

void TstComponents::registeringTwiceChangesNothing()
{
    const std::size_t before = components().size();
    registerEngineComponents();
    QCOMPARE(components().size(), before);
}

void TstComponents::noTextIsEmpty()
{
    for (const ComponentInfo &info : components()) {
        QVERIFY2(*info.title.text != '\0', nameOf(info).c_str());
        for (const ParamInfo &parameter : info.parameters) {
            const std::string where = nameOf(info) + " " + parameter.key;
            QVERIFY2(*parameter.text.title.text != '\0', where.c_str());
            const std::string help = parameter.text.help.text;
            QVERIFY2(help.ends_with('.'), where.c_str()); // a sentence
            for (const Choice &choice : parameter.choices) {
                QVERIFY2(!choice.value.empty() && *choice.title.text != '\0', where.c_str());
            }
        }
    }
}

void TstComponents::defaultsLieInTheirRanges()
{
    for (const ComponentInfo &info : components()) {
        for (const ParamInfo &parameter : info.parameters) {
            const std::string where = nameOf(info) + " " + parameter.key;
            const Json value = Json::parse(parameter.defaultValue);
            if (value.is_number()) {
                QVERIFY2(parameter.min < parameter.max, where.c_str());
                QVERIFY2(value.get<double>() >= parameter.min
                             && value.get<double>() <= parameter.max,
                         where.c_str());
            }
            if (parameter.type == "choice") {
                QVERIFY2(std::any_of(parameter.choices.begin(), parameter.choices.end(),
                                     [&](const Choice &choice) { return value == choice.value; }),
                         where.c_str());
            }
            const bool needsPositive = parameter.scale == Scale::Logarithmic;
            QVERIFY2(!needsPositive || parameter.min > 0, where.c_str());
        }
    }
}

void TstComponents::keysAreSnakeCaseAndUnique()
{
    const std::regex snakeCase("^[a-z][a-z0-9]*(_[a-z0-9]+)*$");
    for (const ComponentInfo &info : components()) {
        std::set<std::string> keys;
        for (const ParamInfo &parameter : info.parameters) {
            const std::string where = nameOf(info) + " " + parameter.key;
            QVERIFY2(std::regex_match(parameter.key, snakeCase), where.c_str());
            QVERIFY2(keys.insert(parameter.key).second, where.c_str());
            QVERIFY2(parameter.key != "id", where.c_str()); // names the component in recipes
        }
    }
}

void TstComponents::greyedParametersNameExistingOnes()
{
    for (const ComponentInfo &info : components()) {
        for (const ParamInfo &parameter : info.parameters) {
            const bool isKnown = parameter.enabledKey.empty()
                || std::any_of(info.parameters.begin(), info.parameters.end(),
                               [&](const ParamInfo &other) {
                                   return other.key == parameter.enabledKey;
                               });
            QVERIFY2(isKnown, (nameOf(info) + " " + parameter.key).c_str());
        }
    }
}

void TstComponents::parametersSurviveJson()
{
    for (const ComponentInfo &info : components()) {
        const Json defaults = normalized(info, Json::object());
        QCOMPARE(defaults.size(), info.parameters.size());
        for (const ParamInfo &parameter : info.parameters) {
            QVERIFY2(defaults.at(parameter.key) == Json::parse(parameter.defaultValue),
                     (nameOf(info) + " " + parameter.key).c_str());
        }
        QVERIFY2(normalized(info, Json::parse(defaults.dump())) == defaults, nameOf(info).c_str());
    }
}

void TstComponents::unknownKeysAreErrorsThatNameThem()
{
    for (const ComponentInfo &info : components()) {
        try {
            normalized(info, {{"no_such_key", 1}});
            QFAIL(nameOf(info).c_str());
        } catch (const Error &error) {
            QCOMPARE(int(error.code()), int(ErrorCode::BadInput));
            QVERIFY2(std::string(error.what()).find("no_such_key") != std::string::npos,
                     error.what());
        }
    }
}

BITPRISM_TEST(TstComponents);
#include "tst_components.moc"
