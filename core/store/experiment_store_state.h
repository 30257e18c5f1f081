// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

namespace bitprism::store {

/// Inside of ExperimentStore, shared by its .cpp files.
struct ExperimentStore::State
{
    /// `path` is a realPath().
    State(const std::filesystem::path &path, OpenMode openMode)
        : file(path)
        , mode(openMode)
        , database(file, openMode)
    {
    }

    std::filesystem::path folder() const { return file.string() + ".d"; }

    /// Before anything is written: nothing more is put into a damaged store, nor taken out of it.
    /// Asked once, as it costs reading the whole file.
    void requireSoundPages()
    {
        if (!isKnownSound) {
            database.requireSoundPages();
            isKnownSound = true;
        }
    }

    std::filesystem::path file;
    OpenMode mode;
    Database database;
    bool isKnownSound = false;
};

/// The time now in UTC, ISO 8601 with milliseconds.
std::string timestamp();

RunStatus statusFromName(std::string_view name);

/// A stored result as its type; null for a kind that this version does not know, nothing for a
/// damaged one.
std::optional<ResultPtr> soundResult(std::string_view kind, std::string_view body);

/// "run bcd2345: the result token_losses (losses:k) is damaged".
std::string damagedResultText(std::string_view run, std::string_view kind, std::string_view name);

/// soundResult(), but BadInput that names store, run and kind for a damaged one.
ResultPtr decodeResult(const std::filesystem::path &store, std::string_view run,
                       std::string_view kind, std::string_view body);

/// Text that Result::toJson() gives, for a column.
std::string encodeResult(const Result &result);

} // namespace bitprism::store
