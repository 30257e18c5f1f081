// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "tests/support/job_recorder.h"
#include "tests/support/toy_checkpoint.h"

#include <QtCore/QTemporaryDir>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>

extern "C" bitprism::Engine *bitprism_engine();

namespace bitprism::test {

/// A toy checkpoint of three blocks with a byte tokenizer, two disjoint texts and a store, in a
/// folder that is removed at the end; and the engine to run jobs on them.
class EngineFixture
{
public:
    explicit EngineFixture(const ToyLlama &toy = smallToy());

    static ToyLlama smallToy();
    std::string path(const std::string &name) const
    {
        return m_folder.filePath(name.c_str()).toStdString();
    }
    std::string model() const { return path("toy"); }
    std::string calibration() const { return path("calibration.txt"); }
    std::string evaluation() const { return path("evaluation.txt"); }
    std::string store() const { return path("store.bitprism"); }

    JobRequest request(const std::string &kind, const Json &options) const;
    /// Options of a run with few, short calibration samples; `recipe` is completed with those.
    Json runOptions(Json recipe, bool evaluates = false) const;

    /// Submits and waits. `onResult` sees each result as it comes, with the job's id.
    std::shared_ptr<JobRecorder> run(const JobRequest &request,
                                     std::function<void(JobId, const ResultPtr &)> onResult
                                     = {}) const;

private:
    QTemporaryDir m_folder;
};

} // namespace bitprism::test
