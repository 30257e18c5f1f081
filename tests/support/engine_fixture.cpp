// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/engine_fixture.h"

#include "core/base/random.h"

#include <array>
#include <fstream>

namespace bitprism::test {

namespace {

/// Sentences over a small vocabulary; equal seeds give equal texts.
void writeText(const std::string &path, std::uint64_t seed, int words)
{
    static constexpr std::array<const char *, 8> vocabulary{"in",   "the", "beginning", "was",
                                                            "word", "and", "light",     "darkness"};
    Random random(seed, "text");
    std::ofstream file(path);
    for (int i = 0; i < words; ++i) {
        file << vocabulary[random.below(vocabulary.size())] << ((i + 1) % 12 == 0 ? ".\n" : " ");
    }
}

/// Passes calls on to a recorder, and results to a function first.
class Watcher final : public JobListener
{
public:
    Watcher(std::shared_ptr<JobRecorder> recorder,
            std::function<void(JobId, const ResultPtr &)> onResult)
        : m_recorder(std::move(recorder))
        , m_onResult(std::move(onResult))
    {
    }
    void started(JobId job, const std::string &runId) override { m_recorder->started(job, runId); }
    void result(JobId job, ResultPtr result) override
    {
        if (m_onResult) {
            m_onResult(job, result);
        }
        m_recorder->result(job, std::move(result));
    }
    void log(JobId job, const std::string &line) override { m_recorder->log(job, line); }
    void finished(JobId job, JobState state, const JobFailure *failure) override
    {
        m_recorder->finished(job, state, failure);
    }

private:
    std::shared_ptr<JobRecorder> m_recorder;
    std::function<void(JobId, const ResultPtr &)> m_onResult;
};

} // namespace

ToyLlama EngineFixture::smallToy()
{
    ToyLlama toy;
    toy.blocks = 3;
    toy.vocabulary = 260;
    toy.hasTokenizer = true;
    toy.tiedHead = true;
    toy.spread = 0.2; // large enough that quantizing changes the loss
    return toy;
}

EngineFixture::EngineFixture(const ToyLlama &toy)
{
    writeToyLlama(model(), toy);
    writeText(calibration(), 1, 400);
    writeText(evaluation(), 2, 100);
}

JobRequest EngineFixture::request(const std::string &kind, const Json &options) const
{
    JobRequest request;
    request.kind = kind;
    request.modelPath = model();
    request.options = options.dump();
    request.threads = 1;
    return request;
}

Json EngineFixture::runOptions(Json recipe, bool evaluates) const
{
    recipe["version"] = 1;
    recipe["calibration"] = {{"sampler", "random-windows"}, {"samples", 8}, {"length", 32}};
    Json options = {{"recipe", recipe}, {"data", calibration()}};
    if (evaluates) {
        options["evaluations"] = Json::array({{{"task", "perplexity"}, {"data", evaluation()}}});
        options["length"] = 32;
    }
    return options;
}

std::shared_ptr<JobRecorder>
EngineFixture::run(const JobRequest &request,
                   std::function<void(JobId, const ResultPtr &)> onResult) const
{
    auto recorder = std::make_shared<JobRecorder>();
    Engine *engine = bitprism_engine();
    const auto watcher = std::make_shared<Watcher>(recorder, std::move(onResult));
    engine->wait(engine->submit(request, watcher));
    return recorder;
}

} // namespace bitprism::test
