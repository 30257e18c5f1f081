// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/dataset.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The forms of data sets, one function each; Dataset::open() picks. All throw BadInput that names
/// file and line, and but for readMedium() never give an empty list.
namespace bitprism::dataset_readers {

/// What a folder holds: LibriSpeech's transcripts (*.trans.txt beside FLAC or WAV) anywhere below
/// it; a list named metadata.jsonl, metadata.csv or transcripts.tsv in it; images, each of the
/// class that the first folder below names; recordings; or text files (*.txt, by name), each a
/// record.
std::vector<DataRecord> readFolder(const std::filesystem::path &folder);

/// A recording or an image by its name: a data set of one. Empty for other files.
std::vector<DataRecord> readMedium(const std::filesystem::path &file);

/// One JSON object a line.
std::vector<DataRecord> readJsonLines(const std::filesystem::path &file);

/// CSV (RFC 4180) or, by its extension, TSV (tabs, no quotes), with a line of column names.
std::vector<DataRecord> readTable(const std::filesystem::path &file);

/// The cells of a table, line after line; `separator` ',' understands quotes.
std::vector<std::vector<std::string>> tableCells(std::string_view text, char separator);

/// Which member of a record a column or key means; null for none of them.
/// text, sentence, content, transcript; label, class, category; file, path, image, audio, wav, ...
enum class Field
{
    None,
    Text,
    Label,
    File
};
Field fieldOf(std::string_view name);

/// `name` seen from the folder that the list lies in.
std::filesystem::path resolved(const std::filesystem::path &list, const std::string &name);

} // namespace bitprism::dataset_readers
