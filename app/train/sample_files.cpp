// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/sample_files.h"

#include "core/io/atomic_file.h"

namespace bitprism::train {

void writeJson(const std::filesystem::path &file, const OrderedJson &json)
{
    io::writeFileAtomically(file, json.dump(2) + "\n");
}

OrderedJson specialToken(std::int64_t id, const std::string &content)
{
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", true}};
}

void writeSampleDescription(const std::filesystem::path &folder, const SampleSummary &summary,
                            const std::string &family, const std::string &task,
                            const std::string &ending)
{
    std::filesystem::create_directories(folder);
    writeJson(folder / "sample.json",
              {{"family", family},
               {"summary", {{"en", summary.english}, {"zh_CN", summary.chinese}}},
               {"tasks", OrderedJson::array({task})},
               {"data",
                {{"calibration", "data/calibration" + ending},
                 {"evaluation", "data/evaluation" + ending}}},
               {"card", "README.md"}});
}

} // namespace bitprism::train
