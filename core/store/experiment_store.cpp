// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/experiment_store.h"

#include "core/io/atomic_file.h"
#include "core/io/folder.h"
#include "core/store/experiment_store_state.h"
#include "core/store/file_system.h"
#include "core/store/migrations.h"

#include <sqlite3.h>

#include <array>
#include <chrono>
#include <ctime>
#include <thread>
#include <unistd.h>

namespace bitprism::store {

namespace {

constexpr std::array<std::string_view, 6> statusNames{"queued", "running",   "finished",
                                                      "failed", "cancelled", "interrupted"};

/// SQLite does not wait for the lock that a change of journal mode needs, so we do. Staying in the
/// mode the file has is harmless: it stands in the file, and all processes follow it.
void chooseJournalMode(const Database &database)
{
    const bool onNetwork = liesOnNetwork(database.file());
    const std::string wanted = onNetwork ? "delete" : "wal";
    for (int attempt = 0; attempt < 100; ++attempt) {
        Statement query(database, "PRAGMA journal_mode");
        if (query.step() && query.text(0) == wanted) {
            return;
        }
        query.reset();
        database.requireSoundPages(); // the mode stands in the file
        const std::string change = "PRAGMA journal_mode = " + wanted;
        const int code = sqlite3_exec(database.handle(), change.c_str(), nullptr, nullptr, nullptr);
        if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY && (code & 0xFF) != SQLITE_LOCKED) {
            database.fail(code);
        }
        if (code != SQLITE_OK) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
}

void requireSchema(const Database &database)
{
    const std::int64_t tables = database.integer(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('models', "
        "'experiments', 'recipes', 'environments', 'runs', 'journal', 'run_layers', 'metrics', "
        "'results', 'blobs')");
    if (tables != 10) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is damaged: tables are missing; restore a backup."),
                    database.file());
    }
}

/// A store may be made where a link points to, as long as the folder is there.
void refuseLinkToNowhere(const std::filesystem::path &file, OpenMode mode)
{
    const std::optional<std::filesystem::path> target = io::brokenLink(file);
    if (target
        && (mode == OpenMode::ReadOnly
            || !io::isFolder((file.parent_path() / *target).parent_path()))) {
        io::refuseBrokenLink(file);
    }
}

void requirePlace(const std::filesystem::path &file, OpenMode mode)
{
    refuseLinkToNowhere(file, mode);
    std::error_code ignored;
    const std::filesystem::path folder = file.parent_path();
    if (mode == OpenMode::ReadWrite && !folder.empty()
        && !std::filesystem::is_directory(folder, ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the folder of the store does not exist; make it or "
                                "name another store."),
                    file);
    }
    const bool isThere
        = std::filesystem::exists(file, ignored) && !std::filesystem::is_empty(file, ignored);
    if (mode == OpenMode::ReadOnly && !isThere) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: there is no store; run something first, or name "
                                "another file."),
                    file);
    }
    if (std::filesystem::is_directory(file, ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is a folder; name a file for the store."), file);
    }
}

/// Removes the file of a store that could not be made (the disk is full), as long as it is empty.
class NewFile
{
public:
    explicit NewFile(const std::filesystem::path &file)
        : m_file(io::exists(file) ? std::filesystem::path() : file)
    {
    }
    NewFile(const NewFile &) = delete;
    NewFile &operator=(const NewFile &) = delete;
    ~NewFile()
    {
        std::error_code error;
        if (isNew() && std::filesystem::file_size(m_file, error) == 0 && !error) {
            std::filesystem::remove(m_file, error);
        }
    }

    bool isNew() const { return !m_file.empty(); }
    void keep() { m_file.clear(); }

private:
    std::filesystem::path m_file; ///< empty: it was there before, or it is complete
};

bool isOlderAndWritable(const std::filesystem::path &file)
{
    const Database::Header header = Database::peek(file);
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    return !header.isBeingWritten && !header.isDamaged && header.userVersion > 0
        && header.userVersion < migrations().back().version && ::access(file.c_str(), W_OK) == 0
        && ::access(folder.c_str(), W_OK) == 0;
}

} // namespace

std::string_view statusName(RunStatus status)
{
    return statusNames[static_cast<std::size_t>(status)];
}

RunStatus statusFromName(std::string_view name)
{
    for (std::size_t i = 0; i < statusNames.size(); ++i) {
        if (statusNames[i] == name) {
            return static_cast<RunStatus>(i);
        }
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "The store holds a run of unknown status \"%1\"."), name);
}

std::string timestamp()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 128> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                  parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                  parts.tm_min, parts.tm_sec, static_cast<int>(milliseconds % 1000));
    return text.data();
}

ExperimentStore::ExperimentStore(const std::filesystem::path &path, OpenMode mode)
{
    requirePlace(path, mode);
    // Locks and codes lie beside it: by two names of one store two processes would do the same run.
    const std::filesystem::path file = realPath(path);
    checkHeader(file, migrations().back().version);
    if (mode == OpenMode::ReadOnly && isOlderAndWritable(file)) {
        const ExperimentStore updated(file, OpenMode::ReadWrite);
    }
    NewFile made(file);
    m_state = std::make_unique<State>(file, mode);
    if (mode == OpenMode::ReadWrite) {
        if (m_state->database.integer("PRAGMA user_version") > 0) {
            requireSchema(m_state->database); // a damaged one is not migrated
        }
        migrate(m_state->database, migrations());
        requireSchema(m_state->database);
        chooseJournalMode(m_state->database);
        if (made.isNew()) {
            io::syncFolder(m_state->file.parent_path());
        }
    } else if (m_state->database.integer("PRAGMA user_version") < migrations().back().version) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 was written by an older Bitprism; open it once where "
                                "it can be written, to update it."),
                    m_state->file);
    } else {
        requireSchema(m_state->database);
    }
    made.keep();
}

/// The file alone is enough to read every result: SQLite moves the log into it at the last close
/// only, and a window that reads keeps a connection open for hours.
ExperimentStore::~ExperimentStore()
{
    if (m_state && m_state->mode == OpenMode::ReadWrite) {
        m_state->database.emptyLog();
    }
}

ExperimentStore::ExperimentStore(ExperimentStore &&) noexcept = default;
ExperimentStore &ExperimentStore::operator=(ExperimentStore &&) noexcept = default;

const std::filesystem::path &ExperimentStore::file() const { return m_state->file; }

std::filesystem::path ExperimentStore::runFolder(std::string_view id) const
{
    // Ids come from the command line too, and must not leave the folder.
    const bool plain = !id.empty()
        && id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
    if (!plain) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "There is no run \"%1\" in %2; `list` shows the runs."),
                    id, m_state->file);
    }
    return m_state->folder() / id;
}

} // namespace bitprism::store
