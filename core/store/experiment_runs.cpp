// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/atomic_file.h"
#include "core/io/folder.h"
#include "core/results/stored_width.h"
#include "core/store/experiment_store.h"
#include "core/store/experiment_store_state.h"

#include <algorithm>
#include <random>
#include <unordered_map>

namespace bitprism::store {

namespace {

// No vowels, so that no words; no digits or letters that look alike.
constexpr std::string_view idLetters = "bcdfghjkmnpqrstvwxz";
constexpr std::string_view idDigits = "23456789";

std::string newId()
{
    std::random_device source;
    const auto pick = [&](std::string_view letters) { return letters[source() % letters.size()]; };
    std::string id(1, pick(idLetters));
    const std::string all = std::string(idLetters) + std::string(idDigits);
    for (int i = 0; i < 6; ++i) {
        id += pick(all);
    }
    return id;
}

/// The row of `table` whose `column` holds `text`, made if need be.
std::int64_t rowOf(const Database &database, const std::string &table, const std::string &column,
                   std::string_view text)
{
    Statement find(database, "SELECT id FROM " + table + " WHERE " + column + " = ?");
    if (find.bind(text).step()) {
        return find.integer(0);
    }
    Statement add(database, "INSERT INTO " + table + " (" + column + ") VALUES (?) RETURNING id");
    add.bind(text).step();
    const std::int64_t id = add.integer(0);
    add.run();
    return id;
}

std::optional<std::int64_t> experimentRow(const Database &database, const std::string &name)
{
    if (name.empty()) {
        return std::nullopt;
    }
    Statement(database, "INSERT OR IGNORE INTO experiments (name, created) VALUES (?, ?)")
        .bind(name, timestamp())
        .run();
    Statement find(database, "SELECT id FROM experiments WHERE name = ?");
    find.bind(name).step();
    return find.integer(0);
}

std::int64_t modelRow(const Database &database, const ModelInfo &model, std::string_view hash)
{
    Statement(database,
              "INSERT INTO models (content_hash, name, family, parameters, bytes, info, created) "
              "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (content_hash) DO UPDATE SET info = "
              "excluded.info, name = excluded.name")
        .bind(hash, model.name, model.family, model.parameters, model.bytes, encodeResult(model),
              timestamp())
        .run();
    Statement find(database, "SELECT id FROM models WHERE content_hash = ?");
    find.bind(hash).step();
    return find.integer(0);
}

constexpr std::string_view recordColumns
    = "runs.id, runs.name, runs.kind, coalesce(experiments.name, ''), runs.model_name, "
      "runs.model_path, models.content_hash, runs.status, runs.failure, runs.blocks_done, "
      "runs.blocks, runs.created, runs.finished, runs.average_bits, runs.bytes, runs.seconds, "
      "runs.bit_operations, runs.memory_io_bytes, models.parameters, runs.number";

constexpr std::string_view recordTables
    = " FROM runs JOIN models ON models.id = runs.model_id LEFT JOIN experiments ON "
      "experiments.id = runs.experiment_id ";

constexpr std::string_view queryCondition
    = "WHERE (?1 = '' OR runs.kind = ?1) AND (?2 = '' OR experiments.name = ?2) AND (?3 = '' OR "
      "instr(lower(runs.name), lower(?3)) > 0 OR instr(lower(runs.model_name), lower(?3)) > 0 OR "
      "instr(runs.id, ?3) > 0) ";

// Sought in the index by creation: a page deep down costs what the first one does.
constexpr std::string_view placeCondition = "AND (runs.created, runs.number) < (?4, ?5) ";
constexpr std::string_view pageOrder = "ORDER BY runs.created DESC, runs.number DESC LIMIT ?6";

std::string joined(std::initializer_list<std::string_view> parts)
{
    std::string sql;
    for (const std::string_view part : parts) {
        sql += part;
    }
    return sql;
}

RunRecord recordFrom(const Statement &row)
{
    RunRecord record;
    record.id = row.text(0);
    record.name = row.text(1);
    record.kind = row.text(2);
    record.experiment = row.text(3);
    record.model = row.text(4);
    record.modelPath = row.text(5);
    record.modelHash = row.text(6);
    record.status = statusFromName(row.text(7));
    record.failure = row.text(8);
    record.blocksDone = static_cast<int>(row.integer(9));
    record.blocks = static_cast<int>(row.integer(10));
    record.created = row.text(11);
    record.finished = row.text(12);
    record.averageBits = row.optionalReal(13);
    if (!row.isNull(14)) {
        record.bytes = row.integer(14);
    }
    record.seconds = row.optionalReal(15);
    record.bitOperations = row.optionalReal(16);
    record.memoryIoBytes = row.optionalReal(17);
    record.parameters = row.integer(18);
    record.number = row.integer(19);
    return record;
}

constexpr std::string_view headlineColumns
    = "run_id, task, data, unit, value, standard_error, baseline_value, delta_nll, "
      "delta_nll_standard_error, kl_divergence, kl_standard_error, key, parameters, length, "
      "stride, higher_is_better";

HeadlineMetric headlineFrom(const Statement &row)
{
    HeadlineMetric metric;
    metric.task = row.text(1);
    metric.data = row.text(2);
    metric.unit = row.text(3);
    metric.value = row.optionalReal(4);
    metric.standardError = row.optionalReal(5);
    metric.baseline = row.optionalReal(6);
    metric.deltaNll = row.optionalReal(7);
    metric.deltaNllStandardError = row.optionalReal(8);
    metric.klDivergence = row.optionalReal(9);
    metric.klStandardError = row.optionalReal(10);
    metric.key = row.text(11);
    metric.parameters = row.text(12);
    metric.length = row.integer(13);
    metric.stride = row.integer(14);
    metric.higherIsBetter = row.integer(15) != 0;
    return metric;
}

/// Gives the rows of `query` to the records whose ids they name.
void addHeadlines(Statement &query, std::vector<RunRecord> &records)
{
    std::unordered_map<std::string_view, RunRecord *> byId;
    for (RunRecord &record : records) {
        byId.emplace(record.id, &record);
    }
    while (query.step()) {
        const auto found = byId.find(query.text(0));
        if (found != byId.end()) { // a run made between the two queries is not among the records
            found->second->metrics.push_back(headlineFrom(query));
        }
    }
}

/// Removes the folder of a run that could not be made (a full disk): it would belong to no run.
struct UnusedFolder
{
    std::filesystem::path path; ///< empty: the run is there
    UnusedFolder() = default;
    UnusedFolder(const UnusedFolder &) = delete;
    UnusedFolder &operator=(const UnusedFolder &) = delete;
    ~UnusedFolder()
    {
        std::error_code ignored;
        if (!path.empty()) {
            std::filesystem::remove_all(path, ignored);
        }
    }
};

bool isUnfinished(RunStatus status)
{
    return status == RunStatus::Queued || status == RunStatus::Running;
}

[[noreturn]] void failUnknownRun(std::string_view id, const std::filesystem::path &file)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "There is no run \"%1\" in %2; `list` shows the runs."), id,
                file);
}

} // namespace

NewRun ExperimentStore::createRun(const RunRequest &request, const ModelInfo &model,
                                  std::string_view contentHash)
{
    const Database &database = m_state->database;
    m_state->requireSoundPages();
    UnusedFolder unused;
    Transaction transaction(database);
    Statement taken(database, "SELECT 1 FROM runs WHERE id = ?");
    std::string id = newId();
    while (taken.bind(id).step() || io::exists(runFolder(id))) {
        taken.reset();
        id = newId();
    }
    // Held before anybody can see the row: a visible run without a lock counts as interrupted.
    unused.path = runFolder(id);
    std::optional<RunLock> lock = RunLock::acquire(unused.path);
    BITPRISM_ASSERT(lock.has_value(), "a new run's folder belongs to nobody else");
    const std::string name = request.name.empty() ? request.kind + " " + model.name : request.name;
    const bool isAsStored = isEvaluation(request.kind); // a run's figures come with its summary
    Statement(database,
              "INSERT INTO runs (id, name, kind, experiment_id, model_id, model_path, model_name, "
              "average_bits, bytes, recipe_id, environment_id, request, status, blocks, created) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)")
        .bind(id, name, request.kind, experimentRow(database, request.experiment),
              modelRow(database, model, contentHash), model.path, model.name,
              isAsStored ? averageStoredBits(model) : std::nullopt,
              isAsStored ? std::optional(model.bytes) : std::nullopt,
              rowOf(database, "recipes", "recipe", request.recipe),
              rowOf(database, "environments", "environment", request.environment), request.request,
              request.blocks, timestamp())
        .run();
    transaction.commit();
    unused.path.clear();
    io::syncFolder(m_state->folder());
    return {id, std::move(*lock)};
}

std::string ExperimentStore::findRun(std::string_view idOrPrefix) const
{
    Statement exact(m_state->database, "SELECT id FROM runs WHERE id = ?");
    if (exact.bind(idOrPrefix).step()) {
        return exact.text(0);
    }
    // Ids hold small letters and digits only, all below '~'.
    Statement prefix(m_state->database,
                     "SELECT id FROM runs WHERE id >= ?1 AND id < ?1 || '~' LIMIT 2");
    if (idOrPrefix.empty() || !prefix.bind(idOrPrefix).step()) {
        failUnknownRun(idOrPrefix, m_state->file);
    }
    std::string first = prefix.text(0);
    if (prefix.step()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "\"%1\" begins the ids of several runs, %2 and %3 among "
                                "them; give more letters."),
                    idOrPrefix, first, prefix.text(0));
    }
    return first;
}

RunRecord ExperimentStore::run(std::string_view idOrPrefix) const
{
    const std::string id = findRun(idOrPrefix);
    const std::string columns
        = std::string(recordColumns) + ", runs.request, recipes.recipe, environments.environment";
    Statement query(m_state->database,
                    joined({"SELECT ", columns, recordTables,
                            "JOIN recipes ON recipes.id = runs.recipe_id JOIN environments ON "
                            "environments.id = runs.environment_id WHERE runs.id = ?"}));
    if (!query.bind(id).step()) {
        failUnknownRun(idOrPrefix, m_state->file);
    }
    RunRecord record = recordFrom(query);
    record.request = query.text(20);
    record.recipe = query.text(21);
    record.environment = query.text(22);
    if (isUnfinished(record.status) && !RunLock::isHeld(runFolder(id))) {
        record.status = RunStatus::Interrupted;
    }
    Statement metrics(m_state->database,
                      joined({"SELECT ", headlineColumns,
                              " FROM metrics WHERE run_id = ? ORDER BY created, task LIMIT 1000"}));
    metrics.bind(id);
    while (metrics.step()) {
        record.metrics.push_back(headlineFrom(metrics));
    }
    return record;
}

std::vector<RunRecord> ExperimentStore::listRuns(const RunQuery &query) const
{
    const std::string page = joined({recordTables, queryCondition,
                                     query.after ? placeCondition : std::string_view(), pageOrder});
    const RunPlace place = query.after.value_or(RunPlace());
    const auto bindPage = [&](Statement &statement) -> Statement & {
        return statement.bind(query.kind, query.experiment, query.text, place.created, place.number,
                              std::clamp(query.limit, 1, 1000));
    };
    Statement rows(m_state->database, joined({"SELECT ", recordColumns, page}));
    bindPage(rows);
    std::vector<RunRecord> records;
    while (rows.step()) {
        RunRecord record = recordFrom(rows);
        if (isUnfinished(record.status) && !RunLock::isHeld(runFolder(record.id))) {
            record.status = RunStatus::Interrupted;
        }
        records.push_back(std::move(record));
    }
    if (!records.empty()) {
        Statement metrics(
            m_state->database,
            joined({"SELECT ", headlineColumns, " FROM metrics WHERE run_id IN (SELECT runs.id",
                    page, ") ORDER BY metrics.created, task"}));
        addHeadlines(bindPage(metrics), records);
    }
    return records;
}

std::int64_t ExperimentStore::countRuns(const RunQuery &query) const
{
    Statement count(m_state->database, joined({"SELECT count(*)", recordTables, queryCondition}));
    count.bind(query.kind, query.experiment, query.text).step();
    return count.integer(0);
}

ModelInfo ExperimentStore::model(std::string_view id) const
{
    Statement query(
        m_state->database,
        "SELECT models.info, runs.model_path, runs.model_name FROM runs JOIN models ON models.id = "
        "runs.model_id WHERE runs.id = ?");
    if (!query.bind(id).step()) {
        failUnknownRun(id, m_state->file);
    }
    const ResultPtr info = decodeResult(m_state->file, id, ModelInfo::kind, query.text(0));
    ModelInfo model = *resultAs<ModelInfo>(info);
    model.path = query.text(1);
    model.name = query.text(2);
    return model;
}

RunLock ExperimentStore::lockRun(std::string_view id)
{
    m_state->requireSoundPages();
    std::optional<RunLock> lock = RunLock::acquire(runFolder(findRun(id)));
    if (!lock) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Run \"%1\" is being worked on by another process; wait "
                                "for it or cancel it first."),
                    id);
    }
    return std::move(*lock);
}

void ExperimentStore::renameRun(std::string_view id, std::string_view name)
{
    m_state->requireSoundPages();
    Statement(m_state->database, "UPDATE runs SET name = ? WHERE id = ?")
        .bind(name, findRun(id))
        .run();
}

void ExperimentStore::setStatus(std::string_view id, RunStatus status, std::string_view failure)
{
    const std::string finished = isUnfinished(status) ? std::string() : timestamp();
    Statement update(m_state->database,
                     "UPDATE runs SET status = ?, failure = ?, finished = ? WHERE id = ? RETURNING "
                     "id");
    if (!update.bind(statusName(status), failure, finished, id).step()) {
        failUnknownRun(id, m_state->file);
    }
    update.run();
}

} // namespace bitprism::store
