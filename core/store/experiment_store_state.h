// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

namespace bitprism::store {

/// Inside of ExperimentStore, shared by its .cpp files.
struct ExperimentStore::State
{
    State(const std::filesystem::path &path, OpenMode openMode)
        : file(std::filesystem::absolute(path).lexically_normal())
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

/// A stored result as its type; null for a kind that this version does not know.
ResultPtr decodeResult(std::string_view kind, std::string_view body);

/// Text that Result::toJson() gives, for a column.
std::string encodeResult(const Result &result);

} // namespace bitprism::store
