// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_run.h"
#include "core/results/model_info.h"
#include "core/store/experiment_store.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace bitprism {

/// A job's place in the store: the run it makes or goes on with, held until the session ends.
/// Without a store in the request every call does nothing, so that jobs need not ask.
class RunSession
{
public:
    /// Makes a run of the request's kind, or takes the run `runId` up again: BadInput if another
    /// process holds it, or if the checkpoint is not the one the run began with. Tells the listener
    /// the run's id. `recipe` is Recipe::toText(), `units` what commit() counts to.
    RunSession(JobRun &run, const ModelInfo &model, const std::string &recipe, int units);

    bool isPersistent() const { return m_store.has_value(); }
    /// Empty without a store.
    const std::string &id() const { return m_id; }
    /// Where codes and states lie; only with a store.
    std::filesystem::path folder() const;
    /// Content hash of the checkpoint; empty without a store.
    const std::string &modelHash() const { return m_modelHash; }
    /// What an interrupted execution of this run committed; nothing for a new run.
    const store::RunProgress &earlier() const { return m_earlier; }
    /// Forgets what was committed from `unit` on, before it is done anew.
    void goOnFrom(int unit);

    /// A result that the interrupted execution stored; null for none.
    template <typename T> std::shared_ptr<const T> earlierResult() const
    {
        return m_store ? m_store->resultOf<T>(m_id) : nullptr;
    }

    /// One unit's rows and journal entry, in one transaction; its side files must be written.
    void commit(int unit, std::span<const RunLayer> rows, const Json &entry);
    void putResult(const Result &result, std::string_view name = {});
    void putMetric(const RunMetric &metric);
    void putBlob(std::string_view name, std::string_view bytes);
    /// The newest result of this kind and name in any run on the same checkpoint and device.
    template <typename T> std::shared_ptr<const T> findShared(std::string_view name) const
    {
        return m_store ? resultAs<T>(m_store->newestResult(m_modelHash, m_device, T::kind, name))
                       : nullptr;
    }

    /// Does the work and writes down how it ended: finished, cancelled, or failed with the reason.
    /// `keep`, where given, stores what lies in memory when the work was stopped.
    void execute(const std::function<void()> &work, const std::function<void()> &keep = {});

private:
    void endAfter(const std::string &problem, bool isCancelled, const std::function<void()> &keep);
    void create(JobRun &run, const ModelInfo &model, const std::string &recipe, int units);
    void takeUp(const JobRun &run);

    std::optional<store::ExperimentStore> m_store;
    std::optional<store::RunLock> m_lock;
    std::string m_id;
    std::string m_modelHash;
    std::string m_device;
    store::RunProgress m_earlier;
};

} // namespace bitprism
