// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <vector>

namespace bitprism::test {

namespace {

struct Entry
{
    std::string name;
    Factory factory;
};

std::vector<Entry> &entries()
{
    static std::vector<Entry> list;
    return list;
}

/// "tst_gptq_columns" and "TstGptqColumns" are one name.
std::string folded(std::string_view name)
{
    std::string result;
    for (const char c : name) {
        if (c != '_') {
            result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
    }
    return result;
}

/// Qt Test catches fatal signals while a class runs and leaves its handlers behind. The next class
/// would take them for what stood before: a crash there is reported by a debugger, over and over.
class SignalActions
{
public:
    SignalActions()
    {
        for (std::size_t i = 0; i < fatalSignals.size(); ++i) {
            sigaction(fatalSignals[i], nullptr, &m_actions[i]);
        }
    }
    ~SignalActions()
    {
        for (std::size_t i = 0; i < fatalSignals.size(); ++i) {
            sigaction(fatalSignals[i], &m_actions[i], nullptr);
        }
    }
    SignalActions(const SignalActions &) = delete;
    SignalActions &operator=(const SignalActions &) = delete;

private:
    static constexpr std::array fatalSignals{SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGBUS,
                                             SIGFPE, SIGILL, SIGSEGV, SIGTERM};
    std::array<struct sigaction, fatalSignals.size()> m_actions{};
};

std::string environment(const char *name)
{
    const char *value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

} // namespace

bool addTestClass(const char *name, Factory factory)
{
    entries().push_back({name, factory});
    return true;
}

std::string sourceDir() { return environment("BITPRISM_SOURCE_DIR"); }

std::string binDir() { return environment("BITPRISM_BIN_DIR"); }

std::string sharedData(const std::string &relative)
{
    const std::filesystem::path path
        = std::filesystem::path(sourceDir()) / ".." / "shared" / "data" / relative;
    return std::filesystem::exists(path) ? path.lexically_normal().string() : std::string();
}

int runTests(int argc, char **argv)
{
    const std::string wanted = argc > 1 && argv[1][0] != '-' ? folded(argv[1]) : std::string();
    std::vector<char *> arguments(argv, argv + argc);
    if (!wanted.empty()) {
        arguments.erase(arguments.begin() + 1);
    }
    int failures = 0;
    int ran = 0;
    for (const Entry &entry : entries()) {
        if (wanted.empty() || folded(entry.name) == wanted) {
            const SignalActions before;
            const std::unique_ptr<QObject> test = entry.factory();
            failures
                += QTest::qExec(test.get(), static_cast<int>(arguments.size()), arguments.data());
            ++ran;
        }
    }
    if (ran == 0) {
        std::cerr << "no test class named " << wanted << '\n';
        return 1;
    }
    return failures == 0 ? 0 : 1;
}

} // namespace bitprism::test
