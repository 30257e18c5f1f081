// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"
#include "core/store/experiment_store.h"
#include "core/store/experiment_store_state.h"

#include <cmath>
#include <limits>
#include <optional>

namespace bitprism::store {

namespace {

void addLayer(Statement &insert, std::string_view id, int block, int position,
              const RunLayer &layer)
{
    insert
        .bind(id, block, position, layer.name, layer.block, layer.bits, layer.ratio,
              layer.weightMse, layer.outputMse, layer.seconds, layer.storageBits, layer.weights)
        .run();
    insert.reset();
}

RunLayer layerFrom(const Statement &row)
{
    RunLayer layer;
    layer.name = row.text(0);
    layer.block = static_cast<int>(row.integer(1));
    layer.bits = row.real(2);
    layer.ratio = row.optionalReal(3);
    layer.weightMse = row.optionalReal(4).value_or(std::numeric_limits<double>::quiet_NaN());
    layer.outputMse = row.optionalReal(5);
    layer.seconds = row.real(6);
    layer.storageBits = row.integer(7);
    layer.weights = row.integer(8);
    return layer;
}

std::optional<double> finite(double value)
{
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// The headline of a metric, as listings give it.
HeadlineMetric headlineOf(const RunMetric &metric)
{
    HeadlineMetric headline;
    if (metric.measured.divergence) {
        headline.klDivergence = finite(metric.measured.divergence->mean);
        headline.klStandardError = finite(metric.measured.divergence->standardError);
    }
    if (metric.baseline) {
        headline.baseline = finite(metric.baseline->value);
        // Of other tasks the windows hold per cent of words or shares of a norm.
        const auto paired = metric.measured.nll
            ? pairedNllDifference(metric.measured, *metric.baseline)
            : std::nullopt;
        if (paired) {
            headline.deltaNll = finite(paired->mean);
            headline.deltaNllStandardError = finite(paired->standardError);
        }
    }
    return headline;
}

void countBlocks(const Database &database, std::string_view id)
{
    Statement(database,
              "UPDATE runs SET blocks_done = (SELECT count(*) FROM journal WHERE run_id = ?1) "
              "WHERE id = ?1")
        .bind(id)
        .run();
}

/// What an analysis took, once it is done: the time of its run.
std::optional<double> secondsOfAnalysis(const Result &result)
{
    if (const auto *outliers = dynamic_cast<const OutlierTable *>(&result)) {
        return outliers->complete ? std::optional(outliers->seconds) : std::nullopt;
    }
    const auto *sensitivity = dynamic_cast<const SensitivityTable *>(&result);
    return sensitivity != nullptr && sensitivity->complete ? std::optional(sensitivity->seconds)
                                                           : std::nullopt;
}

} // namespace

void ExperimentStore::commitBlock(std::string_view id, int block, std::span<const RunLayer> rows,
                                  std::string_view entry)
{
    const Database &database = m_state->database;
    Transaction transaction(database);
    Statement(database, "DELETE FROM journal WHERE run_id = ? AND block = ?").bind(id, block).run();
    Statement(database, "INSERT INTO journal (run_id, block, entry, created) VALUES (?, ?, ?, ?)")
        .bind(id, block, entry, timestamp())
        .run();
    Statement insert(database,
                     "INSERT INTO run_layers (run_id, block, position, name, layer_block, bits, "
                     "ratio, weight_mse, output_mse, seconds, storage_bits, weights) VALUES (?, ?, "
                     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        addLayer(insert, id, block, static_cast<int>(i), rows[i]);
    }
    countBlocks(database, id);
    transaction.commit();
}

RunProgress ExperimentStore::runProgress(std::string_view id) const
{
    const Database &database = m_state->database;
    RunProgress progress;
    Statement journal(database, "SELECT block, entry FROM journal WHERE run_id = ? ORDER BY block");
    journal.bind(id);
    while (journal.step()) {
        progress.journal.push_back({static_cast<int>(journal.integer(0)), journal.text(1)});
    }
    Statement layers(database,
                     "SELECT name, layer_block, bits, ratio, weight_mse, output_mse, seconds, "
                     "storage_bits, weights FROM run_layers WHERE run_id = ? ORDER BY block, "
                     "position");
    layers.bind(id);
    while (layers.step()) {
        progress.layers.push_back(layerFrom(layers));
    }
    return progress;
}

void ExperimentStore::dropBlocksFrom(std::string_view id, int block)
{
    const Database &database = m_state->database;
    Transaction transaction(database);
    Statement(database, "DELETE FROM journal WHERE run_id = ? AND block >= ?")
        .bind(id, block)
        .run();
    countBlocks(database, id);
    transaction.commit();
}

void ExperimentStore::putResult(std::string_view id, const Result &result, std::string_view name)
{
    const Database &database = m_state->database;
    m_state->requireSoundPages();
    const std::string body = encodeResult(result); // outside the transaction: tables can be large
    Transaction transaction(database);
    Statement(database,
              "INSERT INTO results (run_id, kind, name, body, created) VALUES (?, ?, ?, ?, ?) ON "
              "CONFLICT (run_id, kind, name) DO UPDATE SET body = excluded.body, created = "
              "excluded.created")
        .bind(id, result.resultKind(), name, body, timestamp())
        .run();
    if (const auto *summary = dynamic_cast<const RunSummary *>(&result)) {
        Statement(database,
                  "UPDATE runs SET average_bits = ?, bytes = ?, seconds = ?, bit_operations = ?, "
                  "memory_io_bytes = ? WHERE id = ?")
            .bind(summary->averageBits, summary->bytes, summary->seconds, summary->bitOperations,
                  summary->memoryIoBytes, id)
            .run();
    } else if (const std::optional<double> seconds = secondsOfAnalysis(result)) {
        Statement(database, "UPDATE runs SET seconds = ? WHERE id = ?").bind(*seconds, id).run();
    }
    transaction.commit();
}

ResultPtr ExperimentStore::result(std::string_view id, std::string_view kind,
                                  std::string_view name) const
{
    Statement query(m_state->database,
                    "SELECT body FROM results WHERE run_id = ? AND kind = ? AND name = ?");
    return query.bind(id, kind, name).step() ? decodeResult(m_state->file, id, kind, query.text(0))
                                             : nullptr;
}

std::vector<StoredResult> ExperimentStore::results(std::string_view id,
                                                   std::vector<std::string> *damaged) const
{
    Statement query(m_state->database,
                    "SELECT kind, name, body FROM results WHERE run_id = ? ORDER BY kind, name "
                    "LIMIT 10000");
    query.bind(id);
    std::vector<StoredResult> all;
    while (query.step()) {
        std::optional<ResultPtr> result = soundResult(query.text(0), query.text(2));
        if (!result && damaged != nullptr) {
            damaged->push_back(damagedResultText(id, query.text(0), query.text(1)));
        } else if (result && *result) {
            all.push_back({query.text(1), *std::move(result)});
        }
    }
    return all;
}

ResultPtr ExperimentStore::newestResult(std::string_view modelHash, std::string_view device,
                                        std::string_view kind, std::string_view name) const
{
    Statement query(m_state->database,
                    "SELECT results.body FROM results JOIN runs ON runs.id = results.run_id JOIN "
                    "models ON models.id = runs.model_id WHERE results.kind = ?1 AND results.name "
                    "= ?2 AND models.content_hash = ?3 AND "
                    "coalesce(json_extract(runs.request, '$.device'), 'cpu') = ?4 ORDER BY "
                    "results.created DESC LIMIT 1");
    return query.bind(kind, name, modelHash, device).step()
        ? soundResult(kind, query.text(0)).value_or(nullptr) // a damaged one is made anew
        : nullptr;
}

void ExperimentStore::putMetric(std::string_view id, const RunMetric &metric)
{
    const std::optional<std::string> baseline = metric.baseline
        ? std::optional<std::string>(encodeResult(*metric.baseline))
        : std::nullopt;
    const HeadlineMetric headline = headlineOf(metric);
    Statement(m_state->database,
              "INSERT OR REPLACE INTO metrics (run_id, task, data, key, parameters, length, "
              "stride, higher_is_better, value, standard_error, unit, measured, baseline, "
              "created, kl_divergence, kl_standard_error, baseline_value, delta_nll, "
              "delta_nll_standard_error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
              "?, ?, ?)")
        .bind(id, metric.measured.task, metric.measured.data, metric.measured.key,
              metric.measured.parameters, metric.measured.length, metric.measured.stride,
              metric.measured.higherIsBetter ? 1 : 0, metric.measured.value,
              metric.measured.standardError, metric.measured.unit, encodeResult(metric.measured),
              baseline, timestamp(), headline.klDivergence, headline.klStandardError,
              headline.baseline, headline.deltaNll, headline.deltaNllStandardError)
        .run();
}

std::vector<RunMetric> ExperimentStore::metrics(std::string_view id) const
{
    Statement query(m_state->database,
                    "SELECT measured, baseline FROM metrics WHERE run_id = ? ORDER BY created, "
                    "task, data, key LIMIT 1000");
    query.bind(id);
    const auto evaluation = [&](const std::string &body) {
        return *resultAs<Evaluation>(decodeResult(m_state->file, id, Evaluation::kind, body));
    };
    std::vector<RunMetric> all;
    while (query.step()) {
        RunMetric metric;
        metric.measured = evaluation(query.text(0));
        if (!query.isNull(1)) {
            metric.baseline = evaluation(query.text(1));
        }
        all.push_back(std::move(metric));
    }
    return all;
}

void ExperimentStore::putBlob(std::string_view id, std::string_view name,
                              std::span<const std::byte> bytes)
{
    Statement(m_state->database,
              "INSERT OR REPLACE INTO blobs (run_id, name, bytes) VALUES (?, ?, ?)")
        .bind(id, name, bytes)
        .run();
}

std::optional<std::string> ExperimentStore::blob(std::string_view id, std::string_view name) const
{
    Statement query(m_state->database, "SELECT bytes FROM blobs WHERE run_id = ? AND name = ?");
    return query.bind(id, name).step() ? std::optional<std::string>(query.bytes(0)) : std::nullopt;
}

} // namespace bitprism::store
