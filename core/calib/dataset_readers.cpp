// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/dataset_readers.h"

#include "core/base/error.h"
#include "core/io/folder.h"
#include "core/io/json_reader.h"
#include "core/media/image.h"
#include "core/tokenize/text_data.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace bitprism::dataset_readers {

namespace fs = std::filesystem;

namespace {

/// A folder of more files is no data set that a list in memory should hold.
constexpr std::size_t maxFolderFiles = 2'000'000;

void requireAny(const std::vector<DataRecord> &records, const fs::path &path, const char *wanted)
{
    if (records.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 holds no data that can be read: %2 are expected."),
                    path, wanted);
    }
}

/// A label may be written as a number.
std::string textOf(const Json &value)
{
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return value.is_number() || value.is_boolean() ? value.dump() : std::string();
}

void setField(DataRecord &record, Field field, std::string value, const fs::path &list)
{
    switch (field) {
    case Field::Text:
        record.text = std::move(value);
        break;
    case Field::Label:
        record.label = std::move(value);
        break;
    case Field::File:
        record.file = resolved(list, value);
        break;
    case Field::None:
        break;
    }
}

/// Regular files below `folder`, by name; hidden ones are left out.
std::vector<fs::path> filesOf(const fs::path &folder)
{
    std::vector<fs::path> files = io::filesBelow(folder, maxFolderFiles);
    if (files.size() > maxFolderFiles) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 holds more than %2 files; name a list of them."),
                    folder, maxFolderFiles);
    }
    std::erase_if(files,
                  [](const fs::path &file) { return file.filename().string().front() == '.'; });
    return files;
}

bool isAudio(const fs::path &file)
{
    return file.extension() == ".wav" || file.extension() == ".flac";
}

/// LibriSpeech: NAME.trans.txt beside the recordings, each line an utterance's id and its words.
std::vector<DataRecord> transcribedIn(const std::vector<fs::path> &files)
{
    std::vector<DataRecord> records;
    for (const fs::path &file : files) {
        if (!file.string().ends_with(".trans.txt")) {
            continue;
        }
        const std::string text = tokenize::readTextFile(file);
        for (const std::string_view line : tokenize::splitDocuments(text, "\n")) {
            const std::size_t space = std::min(line.find(' '), line.size());
            const std::string id(line.substr(0, space));
            DataRecord record;
            record.text = tokenize::trimmed(line.substr(space));
            record.file = file.parent_path() / (id + ".flac");
            if (!io::exists(record.file)) {
                record.file.replace_extension(".wav");
            }
            if (id.find('/') != std::string::npos || !io::exists(record.file)) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "%1 names the utterance %2, but neither %2.flac nor "
                                        "%2.wav lies beside it."),
                            file, id);
            }
            records.push_back(std::move(record));
        }
    }
    return records;
}

/// Images, labelled with the folder they lie in where that is not `folder` itself; else recordings.
std::vector<DataRecord> mediaIn(const fs::path &folder, const std::vector<fs::path> &files)
{
    std::vector<DataRecord> images;
    std::vector<DataRecord> recordings;
    for (const fs::path &file : files) {
        DataRecord record;
        record.file = file;
        if (media::hasImageName(file)) {
            const fs::path relative = file.lexically_relative(folder);
            record.label = relative.has_parent_path() ? relative.begin()->string() : std::string();
            images.push_back(std::move(record));
        } else if (isAudio(file)) {
            recordings.push_back(std::move(record));
        }
    }
    return images.empty() ? recordings : images;
}

std::vector<DataRecord> textsIn(const fs::path &folder, const std::vector<fs::path> &files)
{
    std::vector<DataRecord> records;
    for (const fs::path &file : files) {
        if (file.parent_path() == folder && file.extension() == ".txt") {
            DataRecord record;
            record.text = tokenize::readTextFile(file);
            record.file = file;
            records.push_back(std::move(record));
        }
    }
    return records;
}

bool isBlank(const DataRecord &record) { return record.text.empty() && record.file.empty(); }

} // namespace

Field fieldOf(std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, Field>, 16> names{{
        {"text", Field::Text},
        {"sentence", Field::Text},
        {"content", Field::Text},
        {"transcript", Field::Text},
        {"transcription", Field::Text},
        {"label", Field::Label},
        {"class", Field::Label},
        {"category", Field::Label},
        {"file", Field::File},
        {"file_name", Field::File},
        {"filename", Field::File},
        {"path", Field::File},
        {"image", Field::File},
        {"audio", Field::File},
        {"wav", Field::File},
        {"audio_filepath", Field::File},
    }};
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const auto &[known, field] : names) {
        if (lower == known) {
            return field;
        }
    }
    return Field::None;
}

fs::path resolved(const fs::path &list, const std::string &name)
{
    return name.empty() ? fs::path() : (list.parent_path() / name).lexically_normal();
}

std::vector<DataRecord> readMedium(const fs::path &file)
{
    if (!isAudio(file) && !media::hasImageName(file)) {
        return {};
    }
    DataRecord record;
    record.file = file;
    return {std::move(record)};
}

std::vector<DataRecord> readFolder(const fs::path &folder)
{
    const std::vector<fs::path> files = filesOf(folder);
    std::vector<DataRecord> records = transcribedIn(files);
    for (const char *list :
         {"metadata.jsonl", "metadata.csv", "transcripts.tsv", "transcripts.csv"}) {
        if (records.empty() && io::exists(folder / list)) {
            return fs::path(list).extension() == ".jsonl" ? readJsonLines(folder / list)
                                                          : readTable(folder / list);
        }
    }
    if (records.empty()) {
        records = mediaIn(folder, files);
    }
    if (records.empty()) {
        records = textsIn(folder, files);
    }
    requireAny(records, folder,
               "text files (*.txt), images in a folder for each class, or recordings with "
               "transcripts (*.trans.txt)");
    return records;
}

std::vector<DataRecord> readJsonLines(const fs::path &file)
{
    const std::string text = tokenize::readTextFile(file);
    std::vector<DataRecord> records;
    std::size_t number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = std::string_view(text).substr(begin, end - begin);
        begin = end + 1;
        ++number;
        if (tokenize::trimmed(line).empty()) {
            continue;
        }
        const std::string where = file.string() + ":" + std::to_string(number);
        const Json json = io::parseJson(line, where);
        if (!json.is_object()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1 is no JSON object; one is expected per line."),
                        where);
        }
        DataRecord record;
        for (const auto &[key, value] : json.items()) {
            setField(record, fieldOf(key), textOf(value), file);
        }
        if (isBlank(record)) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1 has neither \"text\" nor \"file\"; a record needs one."),
                where);
        }
        records.push_back(std::move(record));
    }
    requireAny(records, file, "JSON objects, one a line,");
    return records;
}

std::vector<std::vector<std::string>> tableCells(std::string_view text, char separator)
{
    const bool hasQuotes = separator == ',';
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> row;
    std::string cell;
    bool isQuoted = false;
    const auto endRow = [&] {
        row.push_back(std::exchange(cell, {}));
        if (row.size() > 1 || !row.front().empty()) {
            rows.push_back(std::move(row));
        }
        row.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (isQuoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
            cell += text[++i];
        } else if (hasQuotes && c == '"' && (isQuoted || cell.empty())) {
            isQuoted = !isQuoted;
        } else if (!isQuoted && c == separator) {
            row.push_back(std::exchange(cell, {}));
        } else if (!isQuoted && c == '\n') {
            endRow();
        } else if (isQuoted || c != '\r') {
            cell += c;
        }
    }
    if (!cell.empty() || !row.empty()) {
        endRow();
    }
    return rows;
}

std::vector<DataRecord> readTable(const fs::path &file)
{
    const std::string text = tokenize::readTextFile(file);
    const auto rows = tableCells(text, file.extension() == ".tsv" ? '\t' : ',');
    std::vector<Field> fields;
    if (!rows.empty()) {
        std::transform(rows.front().begin(), rows.front().end(), std::back_inserter(fields),
                       [](const std::string &name) { return fieldOf(name); });
    }
    const auto has = [&](Field field) {
        return std::find(fields.begin(), fields.end(), field) != fields.end();
    };
    if (!has(Field::Text) && !has(Field::File)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: its first line names no column \"text\" or \"file\"; name "
                                "the columns there."),
                    file);
    }
    std::vector<DataRecord> records;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        DataRecord record;
        for (std::size_t column = 0; column < std::min(rows[i].size(), fields.size()); ++column) {
            setField(record, fields[column], rows[i][column], file);
        }
        if (isBlank(record)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "%1: record %2 has neither a text nor a file."), file,
                        i);
        }
        records.push_back(std::move(record));
    }
    requireAny(records, file, "records below the column names");
    return records;
}

} // namespace bitprism::dataset_readers
