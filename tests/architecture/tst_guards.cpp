// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/architecture/source_tree.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

using namespace bitprism::test;

namespace {

/// Without comments, lines joined.
std::string codeOf(const SourceFile &file)
{
    std::string text;
    for (const std::string &line : file.lines) {
        text += line.substr(0, line.find("//")) + "\n";
    }
    return text;
}

/// What stands between the bracket that opens before `from` and the one that closes it.
std::string argumentsAt(const std::string &text, std::size_t from)
{
    int depth = 1;
    std::size_t end = from;
    while (end < text.size() && depth > 0) {
        depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
        ++end;
    }
    return text.substr(from, end - from);
}

/// Where the program may catch, and why. Whatever else goes wrong passes through to a border.
const std::map<std::string, std::string> catches{
    {"app/cli/commands/inspect.cpp", "a tokenizer that cannot be read is part of the answer"},
    {"app/cli/commands/tokenize.cpp", "a tokenizer may lie there without a model"},
    {"app/cli/job_options.cpp", "a missing flag is said before a model that is missing"},
    {"app/cli/main.cpp", "border: an exit status"},
    {"app/gui/application.cpp", "border: a message and an exit status"},
    {"app/train/program.cpp", "border: an exit status"},
    {"app/train/training_command.cpp", "border: of a worker process"},
    {"core/base/parallel.cpp", "carries a worker's exception to the calling thread"},
    {"core/families/locate_model.cpp", "a damaged sample is left out"},
    {"core/jobs/engine.cpp", "border: no engine"},
    {"core/jobs/job_queue.cpp", "border: a JobFailure"},
    {"core/jobs/job_request.cpp", "translates the JSON library's exceptions"},
    {"core/jobs/run_session.cpp", "writes a failure down, then passes it on"},
    {"core/quant/layer_input.cpp", "leaves a forward pass early"},
    {"core/recipe/settings.cpp", "asks whether another component takes a value"},
    {"core/report/outlier_map.cpp", "a missing map is a line of the report"},
    {"core/results/json_fields.h", "translates the JSON library's exceptions"},
    {"core/store/migrations.cpp", "names the copy that could not be written"},
    {"core/store/result_codec.cpp", "a damaged result is left out, or named with store and run"},
    {"core/tokenize/sentence_piece_module.cpp", "the library throws for pieces it cannot hold"},
    {"widgets/jobs/worker.cpp", "border: an Answer"},
    {"widgets/shared/file_saver.cpp", "border: a saved file's answer"},
};

/// Functions of core's headers that only tests call today, and what they are for.
const std::set<std::string> forTestsOnly{
    "countRuns",       "fromText", "idToToken",     "kendallTau",
    "moonshineFrames", "putBlob",  "roundingError", "tokenizerPath",
};

} // namespace

/// Rules that the design states and no compiler checks.
class TstGuards : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fileSystemErrorsAreSentences();
    void sqlStandsInTheStoreOnly();
    void exceptionsAreCaughtAtKnownPlaces();
    void everyFunctionOfTheCoreHasACaller();
    void everyItemModelIsTested();
};

/// The forms without an error_code throw std::filesystem's own exception, which no user can read.
void TstGuards::fileSystemErrorsAreSentences()
{
    const std::regex call(R"(\b(fs|filesystem)::(remove|remove_all|rename|copy|copy_file|)"
                          R"(create_directory|create_directories|file_size|exists|is_directory|)"
                          R"(is_regular_file|is_empty|last_write_time|resize_file|space|canonical|)"
                          R"(equivalent|permissions|directory_iterator|)"
                          R"(recursive_directory_iterator)(\s+\w+)?\()");
    const std::regex code("error|ignored|problem|unknown|failure|code");
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        if (file.isUnder("tests") || file.isUnder("app/train")) {
            continue;
        }
        const std::string text = codeOf(file);
        for (std::sregex_iterator found(text.begin(), text.end(), call), end; found != end;
             ++found) {
            const auto from = static_cast<std::size_t>(found->position() + found->length());
            const std::string arguments = argumentsAt(text, from);
            if (arguments != ")" && !std::regex_search(arguments, code)) {
                findings.push_back(file.path + ": " + found->str() + arguments);
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstGuards::sqlStandsInTheStoreOnly()
{
    const std::regex sql(R"rx("(SELECT |INSERT (INTO|OR)|UPDATE \w+ SET|DELETE FROM|PRAGMA ))rx");
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            if (!file.isUnder("core/store") && !file.isUnder("tests")
                && std::regex_search(file.lines[i], sql)) {
                findings.push_back(file.at(i + 1));
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

void TstGuards::exceptionsAreCaughtAtKnownPlaces()
{
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        const std::string text = codeOf(file);
        if (!file.isUnder("tests") && text.find("catch (") != std::string::npos
            && !catches.contains(file.path)) {
            findings.push_back(file.path);
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

/// A name that stands in the sources no more often than it is declared and defined has no caller.
void TstGuards::everyFunctionOfTheCoreHasACaller()
{
    const std::regex word(R"(\w+)");
    std::map<std::string, int> uses;
    for (const SourceFile &file : cppFiles()) {
        if (!file.isUnder("tests")) {
            const std::string text = codeOf(file);
            for (std::sregex_iterator found(text.begin(), text.end(), word), end; found != end;
                 ++found) {
                ++uses[found->str()];
            }
        }
    }
    const std::regex declaration(R"(^ {0,4}[\w\[][\w:<>,&* \[\]]*[ &*]([a-z]\w*)\([^{]*$)");
    std::vector<std::string> findings;
    for (const SourceFile &file : cppFiles()) {
        if (!file.isUnder("core") || !file.isHeader()) {
            continue;
        }
        for (std::size_t i = 0; i < file.lines.size(); ++i) {
            const std::string line = file.lines[i].substr(0, file.lines[i].find("//"));
            std::smatch match;
            const bool isCall = line.find("return ") != std::string::npos;
            if (!isCall && std::regex_search(line, match, declaration)
                && !forTestsOnly.contains(match[1]) && uses[match[1]] == 2
                && line.find(';') != std::string::npos) {
                findings.push_back(file.at(i + 1) + ": " + match[1].str());
            }
        }
    }
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

/// Qt's own tester watches each model class of the window in some test that makes one.
void TstGuards::everyItemModelIsTested()
{
    const std::regex model(R"(class (\w+)[^:]*: public (QAbstract(Item|Table|List)Model|)"
                           R"(QSortFilterProxyModel|QIdentityProxyModel))");
    std::vector<std::string> tests;
    for (const SourceFile &file : cppFiles()) {
        if (file.isUnder("tests/widgets")) {
            tests.push_back(codeOf(file));
        }
    }
    std::vector<std::string> findings;
    int models = 0;
    for (const SourceFile &file : cppFiles()) {
        const std::string text = file.isUnder("widgets") ? codeOf(file) : std::string();
        for (std::sregex_iterator match(text.begin(), text.end(), model), last; match != last;
             ++match) {
            ++models;
            const std::string name = (*match)[1].str();
            const std::regex made("\\b" + name + R"( (\w+)[;({])");
            const auto isWatchedIn = [&](const std::string &test) {
                for (std::sregex_iterator found(test.begin(), test.end(), made), end; found != end;
                     ++found) {
                    const std::regex tester(R"(ester \w*\(\s*&)" + (*found)[1].str() + "\\b");
                    if (std::regex_search(test, tester)) {
                        return true;
                    }
                }
                return false;
            };
            if (std::none_of(tests.begin(), tests.end(), isWatchedIn)) {
                findings.push_back(file.path + ": " + name);
            }
        }
    }
    QVERIFY(models > 15); // else nothing was read
    QVERIFY2(findings.empty(), joined(findings).c_str());
}

BITPRISM_TEST(TstGuards);
#include "tst_guards.moc"
