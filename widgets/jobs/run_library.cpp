// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/run_library.h"

#include "core/results/outlier_table.h"
#include "core/results/result_name.h"
#include "core/results/result_size.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "widgets/shared/text.h"

#include <algorithm>

namespace bitprism {

namespace {

// Results kept in memory: an outlier table of a 7B model takes some 15 MB, a summary a few kB.
constexpr std::size_t mostBytes = std::size_t{256} << 20;
constexpr std::size_t mostEntries = 1024; // absent ones count too
constexpr std::size_t mostRecords = 1024;

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
}

/// A job publishes its table before the first measurement, too.
bool holdsFindings(const Result &result)
{
    if (const auto *table = dynamic_cast<const SensitivityTable *>(&result)) {
        return std::any_of(table->cells.begin(), table->cells.end(),
                           [isOfWeights = table->tokens == 0](const SensitivityCell &cell) {
                               return cell.klDivergence || cell.deltaNll || cell.modelOutputError
                                   || (isOfWeights && cell.weightMse);
                           });
    }
    if (const auto *table = dynamic_cast<const OutlierTable *>(&result)) {
        return !table->layers.empty();
    }
    const auto *summary = dynamic_cast<const RunSummary *>(&result);
    return summary == nullptr || !summary->metrics.empty();
}

bool hasMoved(const store::RunRecord &before, const store::RunRecord &now)
{
    return before.status != now.status || before.blocksDone != now.blocksDone
        || before.finished != now.finished;
}

} // namespace

RunLibrary::RunLibrary(Project &project, JobHub &hub, QObject *parent)
    : QObject(parent)
    , m_project(project)
    , m_deletion(project)
    , m_comparing(project.storeThread(), this,
                  [this](const Answer<std::shared_ptr<const Comparison>> &answer) {
                      Q_EMIT comparisonReady(m_comparedIds, answer.value.value_or(nullptr),
                                             problemText(answer.problem));
                  })
    , m_reporting(project.storeThread(), this,
                  [this](const Answer<std::shared_ptr<const ReportModel>> &answer) {
                      Q_EMIT reportReady(m_reportedIds, answer.value.value_or(nullptr),
                                         problemText(answer.problem));
                  })
{
    connect(&hub, &JobHub::resultReady, this, &RunLibrary::takeLive);
    connect(&m_deletion, &RunDeletion::due, this, &RunLibrary::deleteRun);
    connect(&project, &Project::changed, this, &RunLibrary::takeProject);
    connect(&project, &Project::runsChanged, this, &RunLibrary::takeRuns);
    takeRuns();
}

QString RunLibrary::problemText(const ErrorPtr &problem)
{
    return problem ? errorText(*problem) : QString();
}

RunLibrary::~RunLibrary() { m_deletion.finish(); }

const RunLibrary::Entry *RunLibrary::find(const Key &key) const
{
    const auto found = m_entries.find(key);
    return found == m_entries.end() ? nullptr : &found->second;
}

ResultPtr RunLibrary::result(const QString &runId, std::string_view kind, const QString &name)
{
    const Key key{runId, text(kind), name};
    if (runId.isEmpty()) {
        return nullptr;
    }
    Entry &entry = m_entries[key];
    entry.lastUse = ++m_useCount;
    if (entry.state == State::Unknown) {
        entry.state = State::Loading;
        load(key);
    }
    return entry.value;
}

RunLibrary::State RunLibrary::stateOf(const QString &runId, std::string_view kind,
                                      const QString &name) const
{
    const Entry *entry = find({runId, text(kind), name});
    return entry == nullptr ? State::Unknown : entry->state;
}

QString RunLibrary::problem(const QString &runId, std::string_view kind, const QString &name) const
{
    const Entry *entry = find({runId, text(kind), name});
    return entry == nullptr ? QString() : entry->problem;
}

void RunLibrary::load(const Key &key)
{
    const auto &[run, kind, name] = key;
    m_project.storeThread().ask<ResultPtr>(
        this,
        [connection = m_project.connection(), path = m_project.storePath().toStdString(),
         run = run.toStdString(), kind = kind.toStdString(), name = name.toStdString()] {
            return path.empty() ? nullptr : connection->open(path).result(run, kind, name);
        },
        [this, key, generation = m_generation](const Answer<ResultPtr> &answer) {
            if (generation == m_generation) {
                take(key, answer);
            }
        });
}

void RunLibrary::take(const Key &key, const Answer<ResultPtr> &answer)
{
    Entry &entry = m_entries[key];
    if (entry.state == State::Ready && entry.value) {
        return; // a job published it meanwhile, which is newer
    }
    entry.value = answer.value.value_or(nullptr);
    entry.problem = problemText(answer.problem);
    entry.state = entry.value ? State::Ready : answer.problem ? State::Failed : State::Absent;
    limitEntries();
    Q_EMIT resultChanged(std::get<0>(key), std::get<1>(key));
}

void RunLibrary::takeLive(const QString &runId, const ResultPtr &result)
{
    if (runId.isEmpty()) {
        return;
    }
    const QString kind = text(result->resultKind());
    Entry &entry = m_entries[{runId, kind, QString::fromStdString(resultName(*result))}];
    entry.value = result;
    entry.state = State::Ready;
    entry.problem.clear();
    entry.lastUse = ++m_useCount;
    limitEntries();
    Q_EMIT resultChanged(runId, kind);
}

std::optional<store::RunRecord> RunLibrary::record(const QString &runId)
{
    const auto full = m_records.find(runId);
    if (full != m_records.end()) {
        return full->second;
    }
    const store::RunRecord *listed = m_project.findRun(runId);
    if (listed == nullptr) {
        return std::nullopt;
    }
    if (m_records.size() >= mostRecords) {
        m_records.clear(); // the few that show are read again
    }
    m_records.emplace(runId, *listed); // so that it is asked for once
    loadRecord(runId);
    return *listed;
}

void RunLibrary::loadRecord(const QString &runId)
{
    m_project.storeThread().ask<store::RunRecord>(
        this,
        [connection = m_project.connection(), path = m_project.storePath().toStdString(),
         run = runId.toStdString()] { return connection->open(path).run(run); },
        [this, runId, generation = m_generation](const Answer<store::RunRecord> &answer) {
            if (answer.value && generation == m_generation) {
                m_records[runId] = *answer.value;
                Q_EMIT resultChanged(runId, text(recordKind));
            }
        });
}

QString RunLibrary::newestRun(std::string_view kind)
{
    QString working; // before its first figure
    QString partial; // stopped after some blocks
    QString stopped; // before it had finished a block
    const RunListPtr runs = m_project.runs();
    static const RunList none;
    for (const store::RunRecord &run : runs ? *runs : none) { // newest first
        if (run.kind != kind || run.modelHash != m_project.modelHash()) {
            continue;
        }
        QString id = QString::fromStdString(run.id);
        const bool isWorking = run.status == store::RunStatus::Running;
        if (run.status == store::RunStatus::Finished || (isWorking && hasFindings(id, kind))) {
            return id;
        }
        QString &other = isWorking ? working : run.blocksDone > 0 ? partial : stopped;
        other = other.isEmpty() ? id : other;
    }
    return !working.isEmpty() ? working : partial.isEmpty() ? stopped : partial;
}

QString RunLibrary::newestCompleteRun(std::string_view kind) const
{
    const RunListPtr &runs = m_project.runs();
    static const RunList none;
    for (const store::RunRecord &run : runs ? *runs : none) {
        if (run.kind == kind && run.modelHash == m_project.modelHash()
            && run.status == store::RunStatus::Finished) {
            return QString::fromStdString(run.id);
        }
    }
    return {};
}

bool RunLibrary::hasFindings(const QString &runId, std::string_view kind)
{
    const ResultPtr known = result(runId, kind);
    return known && holdsFindings(*known);
}

void RunLibrary::takeProject()
{
    if (m_project.state() == Project::State::Loading) {
        m_deletion.finish(); // another store comes
        ++m_generation;
        m_entries.clear();
        m_records.clear();
        m_runs.reset();
        m_comparing.forget();
        m_reporting.forget();
    }
}

/// Runs that went on in another process, or here without a result, are read anew when asked for.
void RunLibrary::takeRuns()
{
    std::map<std::string_view, const store::RunRecord *> before;
    if (m_runs) {
        for (const store::RunRecord &run : *m_runs) {
            before.emplace(run.id, &run);
        }
    }
    const RunListPtr keepsBefore = std::exchange(m_runs, m_project.runs());
    if (!m_runs) {
        return;
    }
    std::vector<QString> moved;
    for (const store::RunRecord &run : *m_runs) {
        const auto earlier = before.find(run.id);
        if (earlier != before.end() && hasMoved(*earlier->second, run)) {
            moved.push_back(QString::fromStdString(run.id));
        }
    }
    for (const QString &run : moved) {
        forgetRun(run);
    }
}

void RunLibrary::forgetRun(const QString &runId)
{
    m_records.erase(runId);
    std::vector<Key> stale;
    for (auto &[key, entry] : m_entries) {
        if (std::get<0>(key) == runId && entry.state != State::Loading) {
            stale.push_back(key);
        }
    }
    for (const Key &key : stale) {
        Entry &entry = m_entries[key]; // its value shows until the new one is there
        entry.state = State::Loading;
        load(key);
    }
    Q_EMIT resultChanged(runId, text(recordKind));
}

/// Drops what was used longest ago; what a job publishes and what is being read stays.
void RunLibrary::limitEntries()
{
    std::size_t bytes = 0;
    for (const auto &[key, entry] : m_entries) {
        bytes += entry.value ? approximateBytes(*entry.value) : 0;
    }
    while (m_entries.size() > 1 && (m_entries.size() > mostEntries || bytes > mostBytes)) {
        const auto oldest = std::min_element(
            m_entries.begin(), m_entries.end(),
            [](const auto &a, const auto &b) { return a.second.lastUse < b.second.lastUse; });
        bytes -= oldest->second.value ? approximateBytes(*oldest->second.value) : 0;
        m_entries.erase(oldest);
    }
}

} // namespace bitprism
