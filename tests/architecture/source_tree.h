// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace bitprism::test {

struct IncludeLine
{
    int line = 0; ///< from 1
    std::string target; ///< without quotes or brackets
    bool isQuoted = false;
};

/// One file that people wrote, as text.
struct SourceFile
{
    std::string path; ///< relative to the repository's root: "core/io/safetensors.h"
    std::string folder; ///< "core/io"
    std::vector<std::string> lines;
    std::vector<IncludeLine> includes;

    bool isHeader() const { return path.ends_with(".h"); }
    bool isUnder(const std::string &parent) const { return path.starts_with(parent + "/"); }
    /// "core/io/safetensors.h:12"
    std::string at(std::size_t line) const { return path + ":" + std::to_string(line); }
};

/// All files of the repository with one of the suffixes (".cpp"), sorted by path; build folders and
/// dot folders are not part of it.
std::vector<SourceFile> sourceFiles(const std::vector<std::string> &suffixes);

/// The C++ sources and headers.
const std::vector<SourceFile> &cppFiles();

/// The arguments of each line NAME(a, b, ...) of a .def file.
std::vector<std::vector<std::string>> definitions(const std::string &path, const std::string &name);

/// A failure text: one finding a line; empty: none.
std::string joined(const std::vector<std::string> &findings);

} // namespace bitprism::test
