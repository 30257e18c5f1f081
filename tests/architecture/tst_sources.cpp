// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/architecture/source_tree.h"
#include "tests/support/test_main.h"

#include <filesystem>
#include <regex>
#include <set>

using namespace bitprism::test;

namespace {

constexpr std::size_t maxLines = 1000; // a file that grows past this holds more than one concept

const std::set<std::string> topLevelEntries{
    "app",
    "core",
    "widgets",
    "resources",
    "translations",
    "tests",
    "packaging",
    "build",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "CMakeLists.txt",
    "CMakePresets.json",
    "LICENSE",
};

/// Lines of non-test code that match, as findings.
std::vector<std::string> linesMatching(const std::regex &pattern)
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        if (file.isUnder("tests")) {
            continue;
        }
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (std::regex_search(file.lines[i], pattern)) {
                findings.push_back(file.at(i + 1) + ": " + file.lines[i]);
            }
        }
    }
    return findings;
}

} // namespace

class TstSources : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void topLevelHasNoOtherEntries();
    void everySourceNamesItsLicenceFirst();
    void noFileIsTooLong();
    void headersAreGuardedByPragma();
    void nothingPumpsTheEventLoop();
    void qtKeywordsAreNotUsed();
    void todosNameAnIssue();
    void torchVersionsAreToldApartInOneFile();
};

void TstSources::topLevelHasNoOtherEntries()
{
    for (const auto &entry : std::filesystem::directory_iterator(sourceDir())) {
        const std::string name = entry.path().filename().string();
        QVERIFY2(name.starts_with(".") || topLevelEntries.contains(name), name.c_str());
    }
}

void TstSources::everySourceNamesItsLicenceFirst()
{
    const std::vector<SourceFile> files
        = sourceFiles({".cpp", ".h", ".def", ".cmake", "CMakeLists.txt", ".sql", ".sh"});
    QVERIFY(files.size() > 50); // else nothing was read
    for (const SourceFile &file : files) {
        QVERIFY2(!file.lines.empty()
                     && file.lines.front().ends_with("SPDX-License-Identifier: GPL-3.0-or-later"),
                 file.path.c_str());
    }
}

void TstSources::noFileIsTooLong()
{
    for (const SourceFile &file : cppFiles()) {
        QVERIFY2(file.lines.size() <= maxLines, file.path.c_str());
    }
}

void TstSources::headersAreGuardedByPragma()
{
    for (const SourceFile &file : cppFiles()) {
        QVERIFY2(!file.isHeader() || (file.lines.size() > 1 && file.lines[1] == "#pragma once"),
                 file.path.c_str());
    }
}

void TstSources::nothingPumpsTheEventLoop()
{
    const std::vector<std::string> findings = linesMatching(std::regex("processEvents"));
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstSources::qtKeywordsAreNotUsed()
{
    const std::vector<std::string> findings = linesMatching(
        std::regex(R"(^\s*(public|private|protected)?\s*(slots|signals)\s*:|^\s*emit\s)"));
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstSources::todosNameAnIssue()
{
    const std::vector<std::string> findings
        = linesMatching(std::regex(R"(\b(TODO|FIXME|XXX)\b(?!.*#\d))"));
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstSources::torchVersionsAreToldApartInOneFile()
{
    for (const std::string &finding : linesMatching(std::regex("TORCH_VERSION_M"))) {
        QVERIFY2(finding.starts_with("core/models/torch_compat.h"), finding.c_str());
    }
}

BITPRISM_TEST(TstSources);
#include "tst_sources.moc"
