// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/run_session.h"

#include "core/base/parallel.h"
#include "core/store/checkpoint_fingerprint.h"
#include "core/store/file_system.h"

#include <nlohmann/json.hpp>

namespace bitprism {

RunSession::RunSession(JobRun &run, const ModelInfo &model, const std::string &recipe, int units)
{
    const JobRequest &request = run.request();
    if (request.storePath.empty()) {
        return;
    }
    store::makeStoreFolder(request.storePath);
    m_store.emplace(request.storePath);
    m_device = request.device;
    m_modelHash = store::checkpointFingerprint(model.path);
    if (request.runId.empty()) {
        create(run, model, recipe, units);
    } else {
        takeUp(run);
    }
    run.started(m_id);
}

void RunSession::create(JobRun &run, const ModelInfo &model, const std::string &recipe, int units)
{
    store::RunRequest made;
    made.kind = run.request().kind;
    made.name = run.request().name;
    made.experiment = run.request().experiment;
    made.request = run.request().toJson();
    made.recipe = recipe;
    made.environment = store::environmentJson(threadCount());
    made.blocks = units;
    store::NewRun created = m_store->createRun(made, model, m_modelHash);
    m_id = created.id;
    m_lock.emplace(std::move(created.lock));
}

void RunSession::takeUp(const JobRun &run)
{
    m_id = m_store->findRun(run.request().runId);
    m_store->requireCodes(m_id); // taking the lock would make the folder
    m_lock.emplace(m_store->lockRun(m_id));
    if (m_store->run(m_id).modelHash != m_modelHash) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Run %1 began with another checkpoint than %2 holds now; start a "
                                "new run."),
                    m_id, run.request().modelPath);
    }
    m_earlier = m_store->runProgress(m_id);
}

void RunSession::goOnFrom(int unit)
{
    const auto isBehind = [unit](const store::JournalEntry &entry) { return entry.block >= unit; };
    if (m_store && std::erase_if(m_earlier.journal, isBehind) > 0) {
        m_store->dropBlocksFrom(m_id, unit);
    }
}

std::filesystem::path RunSession::folder() const
{
    BITPRISM_ASSERT(m_store.has_value(), "only a stored run has a folder");
    return m_store->runFolder(m_id);
}

void RunSession::commit(int unit, std::span<const RunLayer> rows, const Json &entry)
{
    if (m_store) {
        m_store->commitBlock(m_id, unit, rows, entry.dump());
    }
}

void RunSession::putResult(const Result &result, std::string_view name)
{
    if (m_store) {
        m_store->putResult(m_id, result, name);
    }
}

void RunSession::putMetric(const RunMetric &metric)
{
    if (m_store) {
        m_store->putMetric(m_id, metric);
    }
}

void RunSession::putBlob(std::string_view name, std::string_view bytes)
{
    if (m_store) {
        m_store->putBlob(m_id, name, std::as_bytes(std::span(bytes)));
    }
}

/// One line: LibTorch's errors carry a backtrace behind theirs. A store that cannot take the status
/// (a full disk may be why the work failed) must not hide the error being handled.
void RunSession::endAfter(const std::string &problem, bool isCancelled,
                          const std::function<void()> &keep)
{
    try {
        if (keep) {
            keep();
        }
        m_store->setStatus(m_id,
                           isCancelled ? store::RunStatus::Cancelled : store::RunStatus::Failed,
                           isCancelled ? "" : problem.substr(0, problem.find('\n')));
    } catch (const Error &) { // the run stays marked as running and counts as interrupted
    }
}

void RunSession::execute(const std::function<void()> &work, const std::function<void()> &keep)
{
    if (!m_store) {
        work();
        return;
    }
    m_store->setStatus(m_id, store::RunStatus::Running);
    // Caught to be written down, then passed on: the queue decides what a failure means.
    try {
        work();
    } catch (const Error &error) {
        endAfter(error.what(), error.code() == ErrorCode::Cancelled, keep);
        throw;
    } catch (const std::exception &error) {
        endAfter(error.what(), false, keep);
        throw;
    }
    m_store->setStatus(m_id, store::RunStatus::Finished);
}

} // namespace bitprism
