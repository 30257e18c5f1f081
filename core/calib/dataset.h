// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenize/tokenizer.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// One sample as a data set lists it: a text, an image or a recording, and what is known of it.
struct DataRecord
{
    std::string text; ///< the text; of a recording its transcript; empty where there is none
    std::string label; ///< its class; empty: none given
    std::filesystem::path file; ///< absolute: the image or recording; empty for a text
};

/// Calibration or evaluation data as people have them. A plain text is one text; everything else is
/// a list of records.
class Dataset
{
public:
    /// By what lies at `path`: a text file; a folder of text files, images or recordings
    /// (dataset_readers::readFolder); JSON lines with a text under "text" (or "sentence",
    /// "content"), a class under "label" and a file under "file"; a CSV or TSV table with columns
    /// of these names. Throws BadInput for what is missing, blank, not UTF-8 or of no known form,
    /// naming file and line.
    static Dataset open(const std::filesystem::path &path);
    /// A text file, whatever its name.
    static Dataset openText(const std::filesystem::path &path);
    /// For tests and texts that have no file; `path` names it in messages.
    static Dataset fromText(std::string text, std::filesystem::path path = "text");
    static Dataset fromRecords(std::vector<DataRecord> records, std::filesystem::path path);

    const std::filesystem::path &path() const { return m_path; } ///< absolute for a file
    /// The whole text; of records, their texts joined by newlines.
    const std::string &text() const { return m_text; }
    /// Whether the data are a list; a plain text has no records.
    bool hasRecords() const { return !m_records.empty(); }
    const std::vector<DataRecord> &records() const { return m_records; }

    /// The whole text in one piece, as `tokenize` does, specials included.
    std::vector<tokenize::TokenId> tokens(const tokenize::Tokenizer &tokenizer) const;
    /// Trimmed, never empty; views into the data. Every text of a list is a document by itself;
    /// `separator` cuts a plain text.
    std::vector<std::string_view> documents(std::string_view separator) const;
    /// The lines of a plain text, the texts of a list.
    std::vector<std::string_view> lines() const { return documents("\n"); }

private:
    Dataset(std::string text, std::filesystem::path path)
        : m_text(std::move(text))
        , m_path(std::move(path))
    {
    }

    std::string m_text;
    std::vector<DataRecord> m_records;
    std::filesystem::path m_path;
};

} // namespace bitprism
