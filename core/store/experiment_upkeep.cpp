// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/machine.h"
#include "core/base/parameters.h"
#include "core/base/version.h"
#include "core/io/folder.h"
#include "core/store/committed_codes.h"
#include "core/store/experiment_store.h"
#include "core/store/experiment_store_state.h"
#include "core/store/migrations.h"

#include <nlohmann/json.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace bitprism::store {

namespace {

constexpr int maxProblems = 100;
constexpr std::size_t shownPageProblems = 10; // of one damaged page there may be thousands

void addProblem(CheckReport &report, std::string problem)
{
    report.ok = false;
    report.problems.push_back(std::move(problem));
}

/// Only codes have to be there for what is to be done with a run; other kinds begin anew.
bool hasCodes(std::string_view kind, std::int64_t blocksDone)
{
    return kind == "run" && blocksDone > 0;
}

/// What SQLite says of the file, line by line.
void checkPages(const Database &database, CheckReport &report)
{
    Statement integrity(database, "PRAGMA integrity_check(" + std::to_string(maxProblems) + ")");
    std::vector<std::string> lines;
    while (integrity.step()) {
        std::istringstream text(integrity.text(0));
        for (std::string line; std::getline(text, line);) {
            if (line != "ok" && !line.starts_with("***")) { // a heading, which names no more
                lines.push_back(line);
            }
        }
    }
    const std::size_t shown = std::min(lines.size(), shownPageProblems);
    for (std::size_t i = 0; i < shown; ++i) {
        addProblem(report, lines[i]);
    }
    if (lines.size() > shown) { // SQLite stops counting too
        addProblem(
            report,
            "and " + std::to_string(lines.size() - shown)
                + (lines.size() < maxProblems ? " more of the kind" : " or more of the kind"));
    }
}

/// Each is read as it would be to show it: SQLite does not know what a result is.
void checkResults(const Database &database, CheckReport &report)
{
    Statement results(database,
                      "SELECT run_id, kind, name, body FROM results UNION ALL SELECT run_id, "
                      "'evaluation', task, measured FROM metrics UNION ALL SELECT run_id, "
                      "'evaluation', task || ' of the unquantized model', baseline FROM metrics "
                      "WHERE baseline IS NOT NULL");
    while (report.problems.size() < maxProblems && results.step()) {
        if (!soundResult(results.text(1), results.text(3))) {
            addProblem(report,
                       damagedResultText(results.text(0), results.text(1), results.text(2))
                           + "; restore a backup, or delete the run and run it again");
        }
    }
}

void checkCodes(const Database &database, const std::filesystem::path &folder, CheckReport &report)
{
    Statement runs(database, "SELECT id, name, kind, blocks_done FROM runs ORDER BY number");
    while (report.problems.size() < maxProblems && runs.step()) {
        const std::string id = runs.text(0);
        if (!hasCodes(runs.text(2), runs.integer(3)) || !io::exists(folder / id)) {
            continue;
        }
        for (const SpoiledCodes &codes : spoiledCodes(database, id, folder / id, maxProblems)) {
            addProblem(report,
                       "run " + id + " (" + runs.text(1) + "): " + codes.file.string()
                           + (codes.isMissing ? " is missing"
                                              : " does not hold the codes that the run wrote")
                           + "; put it back from a copy, or delete the run and run its recipe "
                             "again");
        }
    }
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

/// Which runs lack the folder of their codes. Whoever was sent a store, or made a backup, has the
/// file alone, and nothing is wrong with it; where the folder of the store is there, a run that
/// could have gone on has lost something.
void checkFolders(const Database &database, const std::filesystem::path &folder,
                  CheckReport &report)
{
    const bool isAlone = !io::exists(folder);
    std::vector<std::string> lacking;
    Statement runs(database,
                   "SELECT id, name, kind, status, blocks_done FROM runs ORDER BY number");
    while (runs.step()) {
        const std::string id = runs.text(0);
        if (!hasCodes(runs.text(2), runs.integer(4)) || io::exists(folder / id)) {
            continue;
        }
        const bool isFinished = runs.text(3) == "finished";
        if (!isFinished && !isAlone) {
            addProblem(report,
                       "run " + id + " cannot be resumed: its folder " + (folder / id).string()
                           + " is missing; put it back, or delete the run");
        } else if (lacking.size() < maxProblems) {
            lacking.push_back("run " + id + " (" + runs.text(1) + ") cannot be "
                              + (isFinished ? "exported" : "resumed") + " from here");
        }
    }
    if (!lacking.empty()) {
        report.notes.push_back(
            "codes are missing, which lie beside a store and are no part of a backup; results and "
            "reports need none. To export or resume these runs, work on the store that they were "
            "made in, or copy the folder beside it to "
            + folder.string());
        report.notes.insert(report.notes.end(), lacking.begin(), lacking.end());
    }
}

} // namespace

void ExperimentStore::requireCodes(std::string_view id) const
{
    Statement query(m_state->database, "SELECT kind, blocks_done FROM runs WHERE id = ?");
    if (query.bind(id).step() && hasCodes(query.text(0), query.integer(1))
        && !io::exists(runFolder(id))) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1, the folder with the codes of run %2, is missing: codes lie "
                                "beside a store and are no part of a backup; work on the store "
                                "that the run was made in, or copy its folder here."),
                    runFolder(id), id);
    }
    for (const SpoiledCodes &codes : spoiledCodes(m_state->database, id, runFolder(id), 1)) {
        throw Error(ErrorCode::BadInput,
                    codes.isMissing
                        ? BITPRISM_TR("Error",
                                      "%1, with codes of run %2, is missing; put it back from a "
                                      "copy, or delete the run and run its recipe again.")
                        : BITPRISM_TR("Error",
                                      "%1 is damaged: it does not hold the codes that run %2 "
                                      "wrote; put it back from a copy, or delete the run and run "
                                      "its recipe again."),
                    codes.file, id);
    }
}

void ExperimentStore::deleteRun(std::string_view id)
{
    const std::string full = findRun(id);
    const std::filesystem::path folder = runFolder(full);
    const bool isAlone = !io::exists(m_state->folder());
    const RunLock lock = lockRun(full);
    const Database &database = m_state->database;
    Transaction transaction(database);
    Statement(database, "DELETE FROM runs WHERE id = ?").bind(full).run();
    database.execute("DELETE FROM recipes WHERE id NOT IN (SELECT recipe_id FROM runs); "
                     "DELETE FROM environments WHERE id NOT IN (SELECT environment_id FROM runs); "
                     "DELETE FROM models WHERE id NOT IN (SELECT model_id FROM runs); "
                     "DELETE FROM experiments WHERE id NOT IN (SELECT experiment_id FROM runs "
                     "WHERE experiment_id IS NOT NULL)");
    transaction.commit();
    // The row goes first: a folder left behind by a crash is found by check(), a run without its
    // folder could not be resumed.
    std::error_code error;
    std::filesystem::remove_all(folder, error);
    if (error) {
        throwSystemError(error.value(), "remove", folder);
    }
    if (isAlone) { // only the lock made it, and check() goes by it
        std::filesystem::remove(m_state->folder(), error);
    }
}

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
    m_state->requireSoundPages(); // else SQLite takes the damage for a full disk
    copyDatabase(m_state->database, target);
}

void ExperimentStore::vacuum()
{
    m_state->requireSoundPages();
    m_state->database.execute("VACUUM");
    m_state->database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

CheckReport ExperimentStore::check() const
{
    const Database &database = m_state->database;
    CheckReport report;
    checkPages(database, report);
    if (!report.ok) {
        return report; // what such pages say of runs and results means nothing
    }
    checkReferences(database, report);
    checkResults(database, report);
    std::set<std::string> ids;
    Statement runs(database, "SELECT id FROM runs");
    while (runs.step()) {
        ids.insert(runs.text(0));
    }
    checkFolders(database, m_state->folder(), report);
    checkCodes(database, m_state->folder(), report);
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
