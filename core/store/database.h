// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace bitprism::store {

class Database;

/// A prepared statement: bind in order, then step() through the rows. Bound texts are copied.
class Statement
{
public:
    Statement(const Database &database, std::string_view sql);

    template <typename... Values> Statement &bind(const Values &...values)
    {
        int index = 0;
        (bindValue(++index, values), ...);
        return *this;
    }

    /// True while there is a row.
    bool step();
    /// Runs a statement that gives no rows.
    void run();
    /// Ready for the next bind(); bound values are forgotten.
    void reset();

    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    std::string bytes(int column) const;
    bool isNull(int column) const;
    std::optional<double> optionalReal(int column) const;

private:
    void bindValue(int index, std::int64_t value);
    void bindValue(int index, int value) { bindValue(index, static_cast<std::int64_t>(value)); }
    void bindValue(int index, double value);
    void bindValue(int index, std::string_view value);
    void bindValue(int index, const std::string &value)
    {
        bindValue(index, std::string_view(value));
    }
    void bindValue(int index, const char *value) { bindValue(index, std::string_view(value)); }
    void bindValue(int index, std::span<const std::byte> bytes);
    void bindValue(int index, std::nullptr_t);
    template <typename T> void bindValue(int index, const std::optional<T> &value)
    {
        value ? bindValue(index, *value) : bindValue(index, nullptr);
    }

    friend class Database;
    struct Finalizer
    {
        void operator()(sqlite3_stmt *statement) const;
    };
    const Database *m_database;
    std::unique_ptr<sqlite3_stmt, Finalizer> m_statement;
};

enum class OpenMode
{
    ReadWrite, ///< creates the file if it is not there
    ReadOnly, ///< the file must be there; nothing beside it is created
};

/// One SQLite connection, for one thread. Errors of SQLite become Error: a damaged or foreign file
/// is BadInput; a full disk, a missing permission or a lock that does not clear is Io.
class Database
{
public:
    Database(const std::filesystem::path &file, OpenMode mode);

    /// What a file's header says, read without a lock and without leaving a trace beside it. Goes
    /// through SQLite: closing a descriptor of our own would drop the locks that other connections
    /// of this process hold on the file (POSIX locks belong to the process).
    struct Header
    {
        bool isDatabase = false;
        bool isDamaged = false; ///< the figures below could not be read
        bool isBeingWritten = false; ///< damaged to our eyes, with a journal beside it
        std::int64_t applicationId = 0;
        std::int64_t userVersion = 0;
    };
    static Header peek(const std::filesystem::path &file);

    /// One or more statements without parameters and rows.
    void execute(const std::string &sql) const;
    /// The single integer a query gives.
    std::int64_t integer(std::string_view sql) const;
    /// Throws what the last SQLite error on this connection means.
    [[noreturn]] void fail(int code) const;
    /// Throws BadInput if a page or a row is damaged. Reads the whole file, about a second for a
    /// gigabyte; ends early, as cancelled, with the thread's CancellationScope.
    void requireSoundPages() const;

    /// Moves what the write-ahead log holds into the file and empties the log, as far as other
    /// connections let it within half a second. What stays behind is not lost: the next call, or
    /// the last connection to close, moves it.
    void emptyLog() const noexcept;

    sqlite3 *handle() const { return m_handle.get(); }
    const std::filesystem::path &file() const { return m_file; }

private:
    [[noreturn]] void failDamaged(std::string_view words) const;

    struct Closer
    {
        void operator()(sqlite3 *handle) const;
    };
    std::filesystem::path m_file;
    std::unique_ptr<sqlite3, Closer> m_handle;
};

/// BEGIN IMMEDIATE; rolls back unless commit() was reached.
class Transaction
{
public:
    explicit Transaction(const Database &database);
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;
    void commit();

private:
    const Database *m_database;
    bool m_open = true;
};

} // namespace bitprism::store
