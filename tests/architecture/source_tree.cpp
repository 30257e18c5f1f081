// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/architecture/source_tree.h"

#include "tests/support/test_main.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

namespace bitprism::test {

namespace {

namespace fs = std::filesystem;

SourceFile readSource(const fs::path &root, const fs::path &path)
{
    static const std::regex includePattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    SourceFile file;
    file.path = fs::relative(path, root).generic_string();
    file.folder = fs::path(file.path).parent_path().generic_string();
    std::ifstream stream(path);
    for (std::string line; std::getline(stream, line);) {
        file.lines.push_back(line);
        std::smatch match;
        if (line.find("include") != std::string::npos
            && std::regex_search(line, match, includePattern)) {
            file.includes.push_back(
                {static_cast<int>(file.lines.size()), match[2], match[1] == "\""});
        }
    }
    return file;
}

} // namespace

std::vector<SourceFile> sourceFiles(const std::vector<std::string> &suffixes)
{
    const fs::path root = sourceDir();
    std::vector<SourceFile> files;
    auto entries = fs::recursive_directory_iterator(root);
    for (const fs::directory_entry &entry : entries) {
        const std::string name = entry.path().filename().string();
        if (entry.is_directory()) {
            const bool isBuild = entry.path().parent_path() == root && name.starts_with("build");
            if (isBuild || name.starts_with(".")) {
                entries.disable_recursion_pending();
            }
        } else if (std::any_of(suffixes.begin(), suffixes.end(),
                               [&](const std::string &suffix) { return name.ends_with(suffix); })) {
            files.push_back(readSource(root, entry.path()));
        }
    }
    std::sort(files.begin(), files.end(),
              [](const SourceFile &a, const SourceFile &b) { return a.path < b.path; });
    return files;
}

const std::vector<SourceFile> &cppFiles()
{
    static const std::vector<SourceFile> files = sourceFiles({".cpp", ".h"});
    return files;
}

std::vector<std::vector<std::string>> definitions(const std::string &path, const std::string &name)
{
    const std::regex linePattern("^" + name + R"(\(([^)]*)\))");
    const std::regex comma(R"(\s*,\s*)");
    std::vector<std::vector<std::string>> result;
    std::ifstream stream(fs::path(sourceDir()) / path);
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (std::regex_search(line, match, linePattern)) {
            const std::string arguments = match[1];
            result.emplace_back(
                std::sregex_token_iterator(arguments.begin(), arguments.end(), comma, -1),
                std::sregex_token_iterator());
        }
    }
    return result;
}

std::string joined(const std::vector<std::string> &findings)
{
    std::string text;
    for (const std::string &finding : findings) {
        text += "\n  " + finding;
    }
    return text;
}

} // namespace bitprism::test
