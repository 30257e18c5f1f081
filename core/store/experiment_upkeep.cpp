// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine.h"
#include "core/base/parameters.h"
#include "core/base/version.h"
#include "core/io/folder.h"
#include "core/store/experiment_store.h"
#include "core/store/experiment_store_state.h"
#include "core/store/migrations.h"

#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <set>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace bitprism::store {

namespace {

constexpr int maxProblems = 100;

void addProblem(CheckReport &report, std::string problem)
{
    report.ok = false;
    report.problems.push_back(std::move(problem));
}

void checkReferences(const Database &database, CheckReport &report)
{
    Statement references(database, "PRAGMA foreign_key_check");
    for (int i = 0; i < maxProblems && references.step(); ++i) {
        addProblem(report,
                   "table " + references.text(0) + ": a row names a missing row of table "
                       + references.text(2));
    }
}

} // namespace

void ExperimentStore::backup(const std::filesystem::path &target) const
{
    std::error_code error;
    if (std::filesystem::is_directory(target, error)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is a folder; name a file for the backup."), target);
    }
    const std::filesystem::path folder = std::filesystem::absolute(target).parent_path();
    if (!std::filesystem::is_directory(folder, error)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the folder of the backup does not exist; make it."),
                    target);
    }
    if (std::filesystem::equivalent(target, m_state->file, error)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is the store itself; name another file."), target);
    }
    checkHeader(target, migrations().back().version); // never over somebody else's file
    copyDatabase(m_state->database, target);
}

void ExperimentStore::vacuum()
{
    m_state->database.execute("VACUUM");
    m_state->database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

CheckReport ExperimentStore::check() const
{
    const Database &database = m_state->database;
    CheckReport report;
    Statement integrity(database, "PRAGMA integrity_check(" + std::to_string(maxProblems) + ")");
    while (integrity.step()) {
        if (integrity.text(0) != "ok") {
            addProblem(report, integrity.text(0));
        }
    }
    checkReferences(database, report);
    std::set<std::string> ids;
    Statement runs(database, "SELECT id, status, blocks_done FROM runs");
    while (runs.step()) {
        const std::string id = runs.text(0);
        ids.insert(id);
        const bool resumable = runs.text(1) != "finished" && runs.integer(2) > 0;
        if (resumable && !io::exists(runFolder(id))) {
            addProblem(report, "run " + id + " cannot be resumed: its folder is missing");
        }
    }
    std::error_code ignored;
    for (const auto &entry : std::filesystem::directory_iterator(m_state->folder(), ignored)) {
        const std::string name = entry.path().filename().string();
        // A run that is being made has its locked folder before its row.
        if (!ids.contains(name) && !RunLock::isHeld(entry.path())) {
            addProblem(report, entry.path().string() + " belongs to no run; it can be removed");
        }
    }
    return report;
}

std::string environmentJson(int threads)
{
    utsname system{};
    ::uname(&system);
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long pageBytes = ::sysconf(_SC_PAGESIZE);
    return Json{{"version", programVersion()},
                {"system", std::string(system.sysname) + " " + system.release},
                {"machine", system.machine},
                {"host", system.nodename},
                {"processor", processorName()},
                {"cores", std::thread::hardware_concurrency()},
                {"threads", threads},
                {"memory_bytes", static_cast<std::int64_t>(pages) * pageBytes},
                {"compiler", __VERSION__},
                {"sqlite", sqlite3_libversion()}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace bitprism::store
