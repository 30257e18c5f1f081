// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/migrations.h"

#include "core/base/error.h"
#include "core/io/atomic_file.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace bitprism::store {

namespace {

[[noreturn]] void failForeign(const std::filesystem::path &file)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1 is not a Bitprism store; name another file."), file);
}

[[noreturn]] void failNewer(const std::filesystem::path &file, std::int64_t version,
                            std::int64_t newest)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1 was written by a newer Bitprism (store version %2, this program "
                            "reads up to %3); update Bitprism."),
                file, version, newest);
}

void flushFile(const std::filesystem::path &file)
{
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    if (!flushed) {
        throwSystemError(error, "flush", file);
    }
}

/// The header once nobody is in the middle of writing it: looking takes no lock, so a file that
/// another process extends at this moment seems cut off.
Database::Header steadyHeader(const std::filesystem::path &file)
{
    Database::Header header = Database::peek(file);
    if (header.isDamaged && header.isDatabase) {
        std::error_code ignored;
        header.isBeingWritten = std::filesystem::exists(file.string() + "-journal", ignored)
            || std::filesystem::exists(file.string() + "-wal", ignored);
        if (!header.isBeingWritten) {
            header = Database::peek(file);
        }
    }
    return header;
}

/// Removes an unfinished copy, whatever happened to it.
struct TemporaryFile
{
    std::filesystem::path path;
    ~TemporaryFile()
    {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);
        std::filesystem::remove(path.string() + "-journal", ignored);
    }
};

} // namespace

void checkHeader(const std::filesystem::path &file, int newestVersion)
{
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (error || bytes == 0) {
        return; // another process may be creating it this moment; SQLite's locks decide
    }
    const Database::Header header = steadyHeader(file);
    if (!header.isDatabase) {
        failForeign(file);
    }
    if (header.isDamaged && !header.isBeingWritten) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 is damaged: its length or first page is wrong; restore "
                                "a backup."),
                    file);
    }
    if (header.applicationId != applicationId && !header.isBeingWritten) {
        failForeign(file);
    }
    if (header.userVersion > newestVersion) {
        failNewer(file, header.userVersion, newestVersion);
    }
}

void copyDatabase(const Database &database, const std::filesystem::path &target,
                  std::optional<std::int64_t> version)
{
    TemporaryFile temporary{target.string() + ".tmp-" + std::to_string(::getpid())};
    std::error_code ignored;
    std::filesystem::remove(temporary.path, ignored);
    try {
        Statement(database, "VACUUM INTO ?").bind(temporary.path.string()).run();
    } catch (const Error &error) { // it names the store, whose disk is not the one that is full
        if (error.code() == ErrorCode::Io) {
            throw Error(
                ErrorCode::Io,
                BITPRISM_TR("Error", "%1 cannot be written; make room or name another folder."),
                target);
        }
        throw;
    }
    if (version
        && Database(temporary.path, OpenMode::ReadOnly).integer("PRAGMA user_version")
            != *version) {
        return;
    }
    flushFile(temporary.path);
    std::error_code error;
    std::filesystem::rename(temporary.path, target, error);
    if (error) {
        throwSystemError(error.value(), "write", target);
    }
    const std::filesystem::path folder = target.parent_path();
    io::syncFolder(folder.empty() ? std::filesystem::path(".") : folder);
}

void migrate(const Database &database, std::span<const Migration> steps)
{
    const std::int64_t newest = steps.empty() ? 0 : steps.back().version;
    const auto version = [&] { return database.integer("PRAGMA user_version"); };
    const std::int64_t before = version();
    if (before > newest) {
        failNewer(database.file(), before, newest);
    }
    if (before > 0 && before < newest) {
        copyDatabase(database, database.file().string() + ".backup-v" + std::to_string(before),
                     before); // unless another process migrated it meanwhile, and made the backup
    }
    for (const Migration &step : steps) {
        if (version() >= step.version) {
            continue;
        }
        Transaction transaction(database);
        const std::int64_t now = version(); // another process may have been faster
        if (now >= step.version) {
            continue;
        }
        if (now == 0) {
            if (database.integer("SELECT count(*) FROM sqlite_master") != 0) {
                failForeign(database.file());
            }
            database.execute("PRAGMA application_id = " + std::to_string(applicationId));
        }
        database.execute(step.sql);
        database.execute("PRAGMA user_version = " + std::to_string(step.version));
        transaction.commit();
    }
}

} // namespace bitprism::store
