// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/corpus.h"

#include "core/base/error.h"

#include <fstream>
#include <sstream>
#include <string_view>

namespace bitprism::train {

namespace {

constexpr int groupVerses = 50;
constexpr int heldOutEvery = 12;
constexpr int calibrationEvery = 36; // of the groups; coprime phases keep it off the held-out ones
constexpr int calibrationPhase = 4;

/// Appends verses to one text, with a blank line before a verse that does not follow the last one.
class VerseWriter
{
public:
    explicit VerseWriter(std::string &text)
        : m_text(text)
    {
    }

    void add(int number, std::string_view chapter, std::string_view verse)
    {
        if (!m_text.empty() && (number != m_lastNumber + 1 || chapter != m_chapter)) {
            m_text += '\n';
        }
        m_text.append(verse).append("\n");
        m_lastNumber = number;
        m_chapter = chapter;
    }

private:
    std::string &m_text;
    std::string m_chapter;
    int m_lastNumber = -1;
};

} // namespace

Corpus splitCorpus(const std::string &text)
{
    Corpus corpus;
    VerseWriter training(corpus.training);
    VerseWriter evaluation(corpus.evaluation);
    VerseWriter calibration(corpus.calibration);
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line); ++number) {
        const std::size_t colon = line.find(':');
        const std::size_t space = line.find(' ');
        if (colon == std::string::npos || space == std::string::npos || colon > space) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "Line %1 of the text has no reference like \"Ge1:1 \"; pass the "
                            "output of `bible -f gen1:1-rev22:21`."),
                number + 1);
        }
        const std::string_view chapter = std::string_view(line).substr(0, colon);
        const std::string_view verse = std::string_view(line).substr(space + 1);
        const int group = number / groupVerses;
        if (group % heldOutEvery == heldOutEvery - 1) {
            evaluation.add(number, chapter, verse);
            continue;
        }
        training.add(number, chapter, verse);
        if (group % calibrationEvery == calibrationPhase) {
            calibration.add(number, chapter, verse);
        }
    }
    return corpus;
}

Corpus readCorpus(const std::filesystem::path &path)
{
    if (path.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "This model learns from a text; name it by --text."));
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: cannot be read."), path);
    }
    std::ostringstream text;
    text << file.rdbuf();
    return splitCorpus(text.str());
}

} // namespace bitprism::train
