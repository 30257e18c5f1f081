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

/// Who may know whom: a file includes its own folder and folders of a lower rank.
const std::map<std::string, int> ranks{
    {"core/base", 0},  {"core/results", 1},  {"core/recipe", 2},   {"core/io", 1},
    {"core/store", 3}, {"core/kernels", 2},  {"core/alloc", 3},    {"core/families", 3},
    {"core/media", 3}, {"core/report", 4},   {"core/tokenize", 3}, {"core/models", 5},
    {"core/calib", 6}, {"core/quant", 7},    {"core/eval", 8},     {"core/export", 4},
    {"core/jobs", 10}, {"core/analysis", 3},
};

/// Folders of widgets/ that every view may use; all others are views.
const std::set<std::string> sharedWidgets{"shared", "plot", "forms", "jobs", "recipe", "tables"};

/// The first two components: "core/quant/weights/rtn.cpp" lies in module folder "core/quant".
std::string moduleFolder(const std::string &path)
{
    const std::size_t first = path.find('/');
    const std::size_t second = first == std::string::npos ? first : path.find('/', first + 1);
    return second == std::string::npos ? std::string() : path.substr(0, second);
}

bool isEngineFolder(const std::string &folder)
{
    const auto rank = ranks.find(folder);
    return rank != ranks.end() && rank->second >= ranks.at("core/models");
}

/// The engine's door, which base, window and command line may know.
bool isEngineDoor(const std::string &target)
{
    return target == "core/jobs/engine.h" || target == "core/jobs/engine_loader.h";
}

bool isQtHeader(const IncludeLine &include)
{
    static const std::regex pattern("^(Qt[A-Z0-9]\\w*/)?Q[A-Za-z]\\w*$|^qcustomplot\\.h$|^Qt");
    return std::regex_search(include.target, pattern);
}

bool isTorchHeader(const IncludeLine &include)
{
    static const std::regex pattern("^(ATen|c10|torch|caffe2)/");
    return std::regex_search(include.target, pattern);
}

} // namespace

class TstIncludes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void quotedIncludesAreFilesFromTheRoot();
    void coreFoldersKnowLowerRanksOnly();
    void declarationsAheadPointNoHigher();
    void everyCoreFolderHasARank();
    void coreHasNoQt();
    void tensorsStayInTheEngine();
    void torchUmbrellaHeaderIsForTrainingOnly();
    void viewsKnowNoOtherView();
    void widgetsKnowTheEngineByItsDoorOnly();
    void programsKnowTheEngineByItsDoorOnly();
    void customPlotHasOneDoor();
    void jsonStaysOutOfBaseHeaders();
};

void TstIncludes::quotedIncludesAreFilesFromTheRoot()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        for (const IncludeLine &include : file.includes) {
            const bool isGenerated = include.target.ends_with(".moc");
            if (include.isQuoted && !isGenerated
                && !std::filesystem::exists(std::filesystem::path(sourceDir()) / include.target)) {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::coreFoldersKnowLowerRanksOnly()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        const std::string from = moduleFolder(file.path);
        if (!ranks.contains(from)) {
            continue;
        }
        for (const IncludeLine &include : file.includes) {
            const std::string to = moduleFolder(include.target);
            const bool isWrong = include.isQuoted && to != from
                && (ranks.contains(to) ? ranks.at(to) >= ranks.at(from)
                                       : include.target != "core/components.def"
                            && !include.target.ends_with(".moc"));
            if (isWrong) {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

/// Who declares a class ahead knows it as well as who includes its header.
void TstIncludes::declarationsAheadPointNoHigher()
{
    static const std::regex named("(?:class|struct) (\\w+)(;?).*");
    std::map<std::string, std::set<std::string>> foldersOf;
    std::vector<std::pair<std::string, std::string>> ahead; // folder, name
    for (const SourceFile &file : cppFiles()) {
        const std::string folder = moduleFolder(file.path);
        std::smatch match;
        for (const std::string &line : file.lines) {
            if (ranks.contains(folder) && file.isHeader() && std::regex_match(line, match, named)) {
                if (match[2] == ";") {
                    ahead.emplace_back(folder, match[1]);
                } else {
                    foldersOf[match[1]].insert(folder);
                }
            }
        }
    }
    QVERIFY(foldersOf.size() > 100 && !ahead.empty()); // else nothing was read
    std::vector<std::string> findings;
    for (const auto &[folder, name] : ahead) {
        const std::set<std::string> &defined = foldersOf[name];
        const bool isOnlyHigher
            = !defined.empty() && std::all_of(defined.begin(), defined.end(), [&](const auto &to) {
                  return to != folder && ranks.at(to) >= ranks.at(folder);
              });
        if (isOnlyHigher) {
            findings.push_back(folder + " declares " + name);
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::everyCoreFolderHasARank()
{
    std::set<std::string> folders;
    for (const SourceFile &file : cppFiles()) {
        if (file.isUnder("core")) {
            folders.insert(moduleFolder(file.path));
        }
    }
    QVERIFY(folders.size() > 5); // else nothing was read
    for (const std::string &folder : folders) {
        QVERIFY2(ranks.contains(folder), folder.c_str());
    }
}

void TstIncludes::coreHasNoQt()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        for (const IncludeLine &include : file.includes) {
            if (file.isUnder("core") && isQtHeader(include)) {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::tensorsStayInTheEngine()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        const bool mayUseTensors = isEngineFolder(moduleFolder(file.path)) || file.isUnder("tests")
            || file.isUnder("app/train");
        const bool isDoor = isEngineDoor(file.path);
        for (const IncludeLine &include : file.includes) {
            if (isTorchHeader(include) && (!mayUseTensors || isDoor)) {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::torchUmbrellaHeaderIsForTrainingOnly()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        for (const IncludeLine &include : file.includes) {
            if (include.target.starts_with("torch/") && !file.isUnder("app/train")
                && file.path != "core/models/torch_compat.h") {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::viewsKnowNoOtherView()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        if (!file.isUnder("widgets")) {
            continue;
        }
        const std::string own = moduleFolder(file.path);
        for (const IncludeLine &include : file.includes) {
            const std::string other = moduleFolder(include.target);
            if (include.target.starts_with("widgets/") && !other.empty() && other != own
                && !sharedWidgets.contains(other.substr(std::string("widgets/").size()))) {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::widgetsKnowTheEngineByItsDoorOnly()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        for (const IncludeLine &include : file.includes) {
            const bool isWrong = include.target.starts_with("app/")
                || (isEngineFolder(moduleFolder(include.target)) && !isEngineDoor(include.target));
            if (file.isUnder("widgets") && isWrong) {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::programsKnowTheEngineByItsDoorOnly()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        if (!file.isUnder("app/gui") && !file.isUnder("app/cli")) {
            continue;
        }
        for (const IncludeLine &include : file.includes) {
            if (isEngineFolder(moduleFolder(include.target)) && !isEngineDoor(include.target)) {
                findings.push_back(file.at(include.line) + ": " + include.target);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstIncludes::customPlotHasOneDoor()
{
    for (const SourceFile &file : cppFiles()) {
        for (const IncludeLine &include : file.includes) {
            QVERIFY2(include.target != "qcustomplot.h"
                         || file.path == "widgets/plot/qcustomplot_header.h",
                     file.at(include.line).c_str());
        }
    }
}

void TstIncludes::jsonStaysOutOfBaseHeaders()
{
    for (const SourceFile &file : cppFiles()) {
        for (const IncludeLine &include : file.includes) {
            // The engine's precompiled header holds it; helpers of .cpp files have json in their
            // name.
            const bool isPublic = file.isHeader() && file.isUnder("core")
                && !isEngineFolder(moduleFolder(file.path))
                && file.path.find("json") == std::string::npos;
            QVERIFY2(!isPublic || include.target != "nlohmann/json.hpp",
                     file.at(include.line).c_str());
        }
    }
}

BITPRISM_TEST(TstIncludes);
#include "tst_includes.moc"
