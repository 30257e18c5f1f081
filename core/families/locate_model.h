// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// A sample model that ships with the program, and its data. Read from `sample.json` in the model's
/// folder: {"tasks": ["perplexity"], "data": {"calibration": F, "evaluation": F}}, paths relative
/// to that folder.
struct SampleModel
{
    std::string name;
    std::filesystem::path path; ///< absolute
    std::filesystem::path calibration; ///< absolute
    std::filesystem::path evaluation; ///< absolute
    std::vector<std::string> tasks;
    /// One sentence that says what it is, by language ("en" always, "zh_CN", ...).
    std::map<std::string, std::string> summary;
    std::string derivedFrom; ///< the sample whose function it has; empty: trained as it is
};

/// Folders that may hold samples, in the order of search: made by the build, installed, in the
/// source tree.
std::vector<std::filesystem::path> sampleFolders();
/// By name; the first folder that has a name wins.
std::vector<SampleModel> sampleModels();

/// The finished project that ships with the program, or is made by its build; nothing where it is
/// absent.
std::optional<std::filesystem::path> sampleProject();

/// The absolute folder (or file) that MODEL means: an existing path, a sample's name, or
/// organisation/name in the local Hugging Face cache. Throws BadInput, saying where it looked.
std::filesystem::path locateModel(std::string_view model);

} // namespace bitprism
