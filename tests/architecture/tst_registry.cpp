// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/architecture/source_tree.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

using namespace bitprism::test;

namespace {

/// "weights rtn" for every component whose .cpp exports it, with the file it stands in.
std::map<std::string, std::string> exportedComponents()
{
    static const std::regex pattern(R"(^BITPRISM_EXPORT_COMPONENT\(\s*(\w+),\s*(\w+),)");
    std::map<std::string, std::string> result;
    for (const SourceFile &file : cppFiles()) {
        for (const std::string &line : file.lines) {
            std::smatch match;
            if (file.isUnder("core") && std::regex_search(line, match, pattern)) {
                result[match[1].str() + " " + match[2].str()] = file.path;
            }
        }
    }
    return result;
}

} // namespace

class TstRegistry : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyComponentFileIsListed();
    void everyListedComponentHasItsFile();
    void linesAreSortedWithinAKind();
    void everyViewFolderIsListed();
};

void TstRegistry::everyComponentFileIsListed()
{
    std::set<std::string> listed;
    for (const auto &line : definitions("core/components.def", "COMPONENT")) {
        listed.insert(line.at(0) + " " + line.at(1));
    }
    for (const auto &[component, path] : exportedComponents()) {
        QVERIFY2(listed.contains(component), (component + " in " + path).c_str());
    }
}

void TstRegistry::everyListedComponentHasItsFile()
{
    const auto exported = exportedComponents();
    for (const auto &line : definitions("core/components.def", "COMPONENT")) {
        const std::string component = line.at(0) + " " + line.at(1);
        QVERIFY2(exported.contains(component), component.c_str());
        const std::filesystem::path path = exported.at(component);
        QVERIFY2(path.stem() == line.at(1), (component + " in " + path.string()).c_str());
    }
}

void TstRegistry::linesAreSortedWithinAKind()
{
    std::map<std::string, std::vector<std::string>> names;
    for (const auto &line : definitions("core/components.def", "COMPONENT")) {
        names[line.at(0)].push_back(line.at(1));
    }
    for (const auto &[kind, list] : names) {
        QVERIFY2(std::is_sorted(list.begin(), list.end()), kind.c_str());
    }
}

void TstRegistry::everyViewFolderIsListed()
{
    static const std::regex pattern(R"(^BITPRISM_EXPORT_VIEW\(\s*(\w+),)");
    std::set<std::string> listed;
    for (const auto &line : definitions("widgets/views.def", "VIEW")) {
        listed.insert(line.at(0));
    }
    QVERIFY(!listed.empty());
    std::set<std::string> exported;
    for (const SourceFile &file : cppFiles()) {
        for (const std::string &line : file.lines) {
            std::smatch match;
            if (file.isUnder("widgets") && std::regex_search(line, match, pattern)) {
                exported.insert(match[1]);
                QCOMPARE(file.folder, "widgets/" + match[1].str());
            }
        }
    }
    QVERIFY(listed == exported);
}

BITPRISM_TEST(TstRegistry);
#include "tst_registry.moc"
