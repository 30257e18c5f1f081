// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include "core/base/cancellation.h"

#include <sqlite3.h>

namespace bitprism::store {

namespace {

constexpr int busyMilliseconds = 10000;
constexpr int emptyLogMilliseconds = 500; // a job is cancelled within a second

std::string fileUri(const std::filesystem::path &file)
{
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        constexpr std::string_view digits = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte > 0x20 && byte < 0x7F && c != '?' && c != '#' && c != '%';
        uri += plain ? std::string(1, c) : std::string{'%', digits[byte / 16], digits[byte % 16]};
    }
    return uri;
}

int openFlags(OpenMode mode)
{
    return SQLITE_OPEN_URI
        | (mode == OpenMode::ReadOnly ? SQLITE_OPEN_READONLY
                                      : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

/// Whether SQLite's plain "error" says that the file lacks what every sound store has, or has it in
/// a form that SQLite does not know. Anything else is a mistake of ours.
bool isSchemaError(std::string_view words)
{
    return words.starts_with("no such table") || words.starts_with("no such column")
        || words.starts_with("malformed") || words.starts_with("foreign key mismatch")
        || words.starts_with("unsupported file format")
        || words.find(" has no column named ") != std::string_view::npos;
}

} // namespace

void Database::Closer::operator()(sqlite3 *handle) const { sqlite3_close_v2(handle); }

void Statement::Finalizer::operator()(sqlite3_stmt *statement) const
{
    sqlite3_finalize(statement);
}

Database::Database(const std::filesystem::path &file, OpenMode mode)
    : m_file(file)
{
    const auto open = [&](const std::string &uri) {
        sqlite3 *handle = nullptr;
        const int code = sqlite3_open_v2(uri.c_str(), &handle, openFlags(mode), nullptr);
        m_handle.reset(handle);
        if (code != SQLITE_OK) {
            fail(code);
        }
        sqlite3_extended_result_codes(handle, 1);
        sqlite3_busy_timeout(handle, busyMilliseconds);
        // A store may come by mail: nothing in its schema runs.
        sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
        sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
        return sqlite3_exec(handle, "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr);
    };
    int code = open(fileUri(file));
    std::error_code ignored;
    const auto walBytes = std::filesystem::file_size(file.string() + "-wal", ignored);
    const bool hasLog = !ignored && walBytes > 0;
    const bool lacksLog = (code & 0xFF) == SQLITE_CANTOPEN || (code & 0xFF) == SQLITE_READONLY;
    if (lacksLog && mode == OpenMode::ReadOnly && !hasLog) {
        // A log's shared memory cannot be made in a folder without write permission; without a
        // log nobody is writing, and the file can be read as it is.
        code = open(fileUri(file) + "?immutable=1");
    }
    if (code != SQLITE_OK) {
        fail(code);
    }
    execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL");
}

Database::Header Database::peek(const std::filesystem::path &file)
{
    sqlite3 *handle = nullptr;
    int code = sqlite3_open_v2((fileUri(file) + "?immutable=1").c_str(), &handle,
                               openFlags(OpenMode::ReadOnly), nullptr);
    const std::unique_ptr<sqlite3, Closer> owner(handle);
    const auto read = [&](const char *sql) {
        sqlite3_stmt *made = nullptr;
        std::int64_t value = 0;
        if (code == SQLITE_OK) {
            code = sqlite3_prepare_v2(handle, sql, -1, &made, nullptr);
        }
        const std::unique_ptr<sqlite3_stmt, Statement::Finalizer> statement(made);
        if (code == SQLITE_OK) {
            const int step = sqlite3_step(made);
            code = step == SQLITE_ROW ? SQLITE_OK : step;
            value = step == SQLITE_ROW ? sqlite3_column_int64(made, 0) : 0;
        }
        return value;
    };
    Header header;
    header.applicationId = read("PRAGMA application_id");
    header.userVersion = read("PRAGMA user_version");
    read("SELECT count(*) FROM sqlite_master"); // fails for a schema that cannot be read
    header.isDatabase = code != SQLITE_NOTADB;
    header.isDamaged = code != SQLITE_OK;
    return header;
}

void Database::execute(const std::string &sql) const
{
    const int code = sqlite3_exec(m_handle.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        fail(code);
    }
}

std::int64_t Database::integer(std::string_view sql) const
{
    Statement statement(*this, sql);
    return statement.step() ? statement.integer(0) : 0;
}

void Database::fail(int code) const
{
    const std::string words = m_handle ? sqlite3_errmsg(m_handle.get()) : sqlite3_errstr(code);
    if (code == SQLITE_ERROR && isSchemaError(words)) {
        fail(SQLITE_CORRUPT);
    }
    switch (code & 0xFF) {
    case SQLITE_FULL:
        throw Error(
            ErrorCode::Io,
            BITPRISM_TR(
                "Error",
                "%1: the disk is full; make room, then resume the run or repeat what you did."),
            m_file);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        throw Error(ErrorCode::Io,
                    BITPRISM_TR("Error",
                                "%1 or its folder cannot be written; change its "
                                "permissions or name another store."),
                    m_file);
    case SQLITE_CANTOPEN:
        throw Error(ErrorCode::Io,
                    BITPRISM_TR("Error",
                                "%1 cannot be opened for writing; check the folder and its "
                                "permissions."),
                    m_file);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        throw Error(ErrorCode::Io,
                    BITPRISM_TR("Error", "%1 is held by another process; try again later."),
                    m_file);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        failDamaged(words);
    case SQLITE_CONSTRAINT:
        // Rows refer to rows that are there, unless damage has taken them.
        if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
            failDamaged(words);
        }
        throw Error(ErrorCode::Internal,
                    BITPRISM_TR("Error", "%1: the database says: %2. Please report it."), m_file,
                    words);
    case SQLITE_IOERR:
    case SQLITE_PROTOCOL:
    case SQLITE_NOLFS:
        throw Error(
            ErrorCode::Io,
            BITPRISM_TR("Error",
                        "%1: reading or writing failed: %2; the disk may be full or failing."),
            m_file, words);
    case SQLITE_TOOBIG:
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: a text or blob is too large for the store."), m_file);
    case SQLITE_INTERRUPT:
        throwIfWorkCancelled(); // else nobody could have asked for it
        [[fallthrough]];
    default:
        throw Error(ErrorCode::Internal,
                    BITPRISM_TR("Error", "%1: the database says: %2. Please report it."), m_file,
                    words);
    }
}

void Database::failDamaged(std::string_view words) const
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1 is damaged or not a Bitprism store (%2); restore a "
                            "backup or name another file."),
                m_file, words);
}

void Database::requireSoundPages() const
{
    throwIfWorkCancelled();
    const std::stop_callback interrupt(CancellationScope::current(),
                                       [this] { sqlite3_interrupt(m_handle.get()); });
    Statement check(*this, "PRAGMA quick_check(1)");
    const std::string found = check.step() ? check.text(0) : std::string("ok");
    if (found != "ok") { // a heading, which names no more than the database, and a line
        failDamaged(std::string_view(found).substr(found.rfind('\n') + 1));
    }
}

void Database::emptyLog() const noexcept
{
    sqlite3_busy_timeout(m_handle.get(), emptyLogMilliseconds);
    sqlite3_wal_checkpoint_v2(m_handle.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr,
                              nullptr);
    sqlite3_busy_timeout(m_handle.get(), busyMilliseconds);
}

Statement::Statement(const Database &database, std::string_view sql)
    : m_database(&database)
{
    sqlite3_stmt *statement = nullptr;
    const int code = sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
    m_statement.reset(statement);
    if (code != SQLITE_OK) {
        database.fail(code);
    }
}

bool Statement::step()
{
    const int code = sqlite3_step(m_statement.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        m_database->fail(code);
    }
    return code == SQLITE_ROW;
}

void Statement::run()
{
    while (step()) { }
}

void Statement::reset()
{
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(m_statement.get(), column);
}

std::string Statement::text(int column) const { return bytes(column); }

std::string Statement::bytes(int column) const
{
    const void *data = sqlite3_column_blob(m_statement.get(), column);
    const int size = sqlite3_column_bytes(m_statement.get(), column);
    return data == nullptr
        ? std::string()
        : std::string(static_cast<const char *>(data), static_cast<std::size_t>(size));
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

std::optional<double> Statement::optionalReal(int column) const
{
    return isNull(column) ? std::nullopt : std::optional<double>(real(column));
}

void Statement::bindValue(int index, std::int64_t value)
{
    sqlite3_bind_int64(m_statement.get(), index, value);
}

void Statement::bindValue(int index, double value)
{
    sqlite3_bind_double(m_statement.get(), index, value); // a NaN becomes NULL
}

void Statement::bindValue(int index, std::string_view value)
{
    const char *data = value.data() == nullptr ? "" : value.data();
    const int code = sqlite3_bind_text64(m_statement.get(), index, data, value.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK) {
        m_database->fail(code);
    }
}

void Statement::bindValue(int index, std::span<const std::byte> bytes)
{
    // A null pointer would mean NULL, not an empty blob.
    const void *data = bytes.empty() ? static_cast<const void *>("") : bytes.data();
    const int code
        = sqlite3_bind_blob64(m_statement.get(), index, data, bytes.size(), SQLITE_TRANSIENT);
    if (code != SQLITE_OK) {
        m_database->fail(code);
    }
}

void Statement::bindValue(int index, std::nullptr_t)
{
    sqlite3_bind_null(m_statement.get(), index);
}

Transaction::Transaction(const Database &database)
    : m_database(&database)
{
    database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction()
{
    if (m_open) {
        sqlite3_exec(m_database->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
}

void Transaction::commit()
{
    m_database->execute("COMMIT");
    m_open = false;
}

} // namespace bitprism::store
