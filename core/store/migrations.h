// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"

#include <optional>
#include <span>

namespace bitprism::store {

/// One step of the schema: a file of core/store/migrations, embedded by the build.
struct Migration
{
    int version; ///< the schema's version after it
    const char *name;
    const char *sql;
};

/// The program's migrations, versions 1, 2, ... in order.
std::span<const Migration> migrations();

/// Marks our files in SQLite's header: "BPRM".
constexpr std::int64_t applicationId = 0x4250524D;

/// Refuses a file that cannot be a store of at most `newestVersion` without touching it: not
/// SQLite, another application's, or newer. A missing or empty file passes. Throws BadInput.
void checkHeader(const std::filesystem::path &file, int newestVersion);

/// Brings a store to the newest version: a fresh one in one transaction, an older one step by step
/// after a copy `FILE.backup-vN` was written beside it, each step in a transaction of its own.
void migrate(const Database &database, std::span<const Migration> steps);

/// Writes the whole database into a new file, flushed and renamed over `target`; with a `version`,
/// only while the database is still of it.
void copyDatabase(const Database &database, const std::filesystem::path &target,
                  std::optional<std::int64_t> version = {});

} // namespace bitprism::store
