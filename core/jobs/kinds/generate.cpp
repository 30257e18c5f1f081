// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/generate.h"

#include "core/jobs/job.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/generate_options.h"
#include "core/results/generation.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

std::vector<std::int64_t> promptIds(const tokenize::Tokenizer &tokenizer, const std::string &prompt)
{
    const std::vector<tokenize::TokenId> ids = tokenizer.encodeIds(prompt);
    std::vector<std::int64_t> result(ids.begin(), ids.end());
    if (prompt.empty()) {
        if (!tokenizer.bosId()) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "The tokenizer has no token that begins a text; give a prompt."));
        }
        result.assign(1, *tokenizer.bosId());
    }
    return result;
}

/// Continues a prompt greedily. See options/generate_options.h.
class Generate final : public Job
{
public:
    using Params = GenerateJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job, "generate", BITPRISM_TR("Job", "Generate"), "greedy continuation", {}};
    }
    explicit Generate(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        const OpenedModel opened = openSubject(run.request());
        const tokenize::Tokenizer &tokenizer = opened.requireTokenizer();
        const std::vector<std::int64_t> prompt = promptIds(tokenizer, m_options.prompt);
        run.requireMemory(generationMemory(*opened.model, static_cast<std::int64_t>(prompt.size()),
                                           m_options.tokens));
        GenerateOptions options;
        options.tokens = m_options.tokens;
        if (tokenizer.eosId() && tokenizer.eosId() != tokenizer.bosId()) {
            options.stopIds.insert(*tokenizer.eosId());
        }
        double done = 0;
        options.onToken = [&](std::int64_t) { run.progress(++done, m_options.tokens); };
        run.stage("generating");
        const std::vector<std::int64_t> added = generateGreedy(*opened.model, prompt, options, run);

        const auto result = std::make_shared<Generation>();
        result->ids = prompt;
        result->ids.insert(result->ids.end(), added.begin(), added.end());
        const std::vector<tokenize::TokenId> ids(result->ids.begin(), result->ids.end());
        result->text = tokenizer.decode(ids);
        result->promptTokens = static_cast<std::int64_t>(prompt.size());
        result->seconds = run.elapsedSeconds();
        run.publish(result);
    }

private:
    Params m_options;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, generate, Generate);

} // namespace bitprism
