// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

namespace bitprism::train {

/// JSON whose keys stay in the order they were given. Included by .cpp files only.
using OrderedJson = nlohmann::ordered_json;

/// Writes `json` with an indent of two, under its final name only when it is whole.
void writeJson(const std::filesystem::path &file, const OrderedJson &json);

/// An entry of tokenizer.json's "added_tokens": a special token that is not normalised.
OrderedJson specialToken(std::int64_t id, const std::string &content);

/// sample.json, by which the program finds the sample and its data: calibration and evaluation lie
/// in data/, with the ending `ending` where they are files.
/// What a sample is in one sentence, in the window's languages.
struct SampleSummary
{
    const char *english;
    const char *chinese;
};

void writeSampleDescription(const std::filesystem::path &folder, const SampleSummary &summary,
                            const std::string &family, const std::string &task,
                            const std::string &ending);

} // namespace bitprism::train
