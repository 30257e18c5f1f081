// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/dataset.h"

#include "core/base/error.h"
#include "core/calib/dataset_readers.h"
#include "core/tokenize/text_data.h"

namespace bitprism {

namespace fs = std::filesystem;

Dataset Dataset::open(const fs::path &path)
{
    const fs::path absolute = fs::absolute(path).lexically_normal();
    std::error_code problem;
    if (fs::is_directory(absolute, problem)) {
        return fromRecords(dataset_readers::readFolder(absolute), absolute);
    }
    const std::string extension = absolute.extension().string();
    if (extension == ".jsonl" || extension == ".ndjson") {
        return fromRecords(dataset_readers::readJsonLines(absolute), absolute);
    }
    if (extension == ".csv" || extension == ".tsv") {
        return fromRecords(dataset_readers::readTable(absolute), absolute);
    }
    std::vector<DataRecord> medium = dataset_readers::readMedium(absolute);
    return medium.empty() ? openText(absolute) : fromRecords(std::move(medium), absolute);
}

Dataset Dataset::openText(const fs::path &path)
{
    return {tokenize::readTextFile(path), fs::absolute(path).lexically_normal()};
}

Dataset Dataset::fromText(std::string text, fs::path path)
{
    return {std::move(text), std::move(path)};
}

Dataset Dataset::fromRecords(std::vector<DataRecord> records, fs::path path)
{
    std::string text;
    for (const DataRecord &record : records) {
        text.append(text.empty() || record.text.empty() ? "" : "\n").append(record.text);
    }
    Dataset dataset(std::move(text), std::move(path));
    dataset.m_records = std::move(records);
    return dataset;
}

std::vector<tokenize::TokenId> Dataset::tokens(const tokenize::Tokenizer &tokenizer) const
{
    return tokenizer.encodeIds(m_text);
}

std::vector<std::string_view> Dataset::documents(std::string_view separator) const
{
    if (!hasRecords()) {
        return tokenize::splitDocuments(m_text, separator);
    }
    std::vector<std::string_view> documents;
    for (const DataRecord &record : m_records) {
        const std::string_view text = tokenize::trimmed(record.text);
        if (!text.empty()) {
            documents.push_back(text);
        }
    }
    if (documents.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 holds no text; this task reads texts."), m_path);
    }
    return documents;
}

} // namespace bitprism
