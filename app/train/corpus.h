// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace bitprism::train {

/// The three texts made of one book of verses; one verse a line, a blank line where the chapter
/// changes or verses were taken out.
struct Corpus
{
    std::string training;
    std::string evaluation; // every twelfth group of 50 verses; not in `training`
    std::string calibration; // some groups of `training`
};

/// Reads the output of Debian's `bible -f gen1:1-rev22:21`: one verse a line behind its reference
/// ("Ge1:1 In the beginning ..."), which is stripped. Throws BadInput on any other line.
Corpus readCorpus(const std::filesystem::path &path);

/// The splits of `text`, in the same form.
Corpus splitCorpus(const std::string &text);

} // namespace bitprism::train
