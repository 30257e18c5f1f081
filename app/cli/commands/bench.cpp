// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/job_options.h"
#include "app/cli/job_runner.h"
#include "core/jobs/engine_loader.h"
#include "core/results/bench_result.h"

#include <nlohmann/json.hpp>

namespace bitprism::cli {

namespace {

/// "25.3 M": rates span from a few tokens to billions of operations.
std::string shownRate(double rate)
{
    constexpr const char *prefixes[] = {"", " k", " M", " G", " T"};
    std::size_t step = 0;
    for (; rate >= 1000 && step + 1 < std::size(prefixes); ++step) {
        rate /= 1000;
    }
    return shown(rate) + prefixes[step];
}

std::string benchText(const BenchResult &result)
{
    const std::string bound = result.bound.empty() ? "" : " (" + result.bound + ")";
    std::vector<std::pair<std::string, std::string>> facts{
        {"Benchmark", result.name},
        {"Work", shownRate(result.work) + " " + result.unit},
        {"Time", shown(result.seconds) + " s"},
        {"Processor time", shown(result.processorSeconds) + " s"},
        {"Rate", shownRate(result.rate()) + " " + result.unit + "/s"},
        {"Fraction of peak", shown(result.fractionOfPeak, 3) + bound},
        {"Threads", std::to_string(result.threads)},
        {"Machine",
         "SGEMM " + shownRate(result.sgemmRate) + "FLOP/s, copying " + shownRate(result.memoryRate)
             + "B/s"}};
    for (const auto &[key, value] : result.details) {
        facts.emplace_back(key, shown(value));
    }
    return shownFacts(facts);
}

void list(const Output &output)
{
    Json document = {{"benches", Json::array()}};
    Table table({"name", "title", "parameters"});
    for (const ComponentInfo &component : Registry::instance().components()) {
        if (component.kind != Kind::bench) {
            continue;
        }
        Json defaults = Json::object();
        std::string parameters;
        for (const ParamInfo &parameter : component.parameters) {
            defaults[parameter.key] = Json::parse(parameter.defaultValue);
            parameters
                += (parameters.empty() ? "" : " ") + parameter.key + "=" + parameter.defaultValue;
        }
        document["benches"].push_back(
            {{"name", component.id}, {"title", component.title.text}, {"parameters", defaults}});
        table.add({component.id, component.title.text, parameters});
    }
    output.print(document, table.text());
}

int benchCommand(const Invocation &invocation)
{
    const std::vector<std::string> &names = invocation.arguments.positionals("NAME");
    if (invocation.arguments.has("list") == !names.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "bench: give the name of a benchmark, or --list."));
    }
    const std::vector<Setting> settings = parsedSettings(invocation.arguments, {"bench"});
    loadEngine();
    if (names.empty()) {
        list(invocation.output);
        return 0;
    }
    Registry::instance().require(Kind::bench, names.front(), "bench");
    JobRequest request = jobRequest(invocation, "bench", {});
    request.options
        = Json({{"name", names.front()}, {"parameters", settingsObject(settings, "bench")}}).dump();
    const auto result = runJob(request, invocation.output).require<BenchResult>();
    Json document = result->toJson();
    document["rate"] = result->rate();
    invocation.output.print(document, benchText(*result));
    return 0;
}

} // namespace

BITPRISM_COMMAND(bench){"bench",
                        "Measure the speed of one part of the program",
                        {{"NAME", "Benchmark to run", 0, 1}},
                        {{"list", "", "List the benchmarks and the sizes of their work"},
                         {"set", "bench.KEY=VALUE", "A parameter of the benchmark", false, true}},
                        &benchCommand};

} // namespace bitprism::cli
