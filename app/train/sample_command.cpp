// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/sample_command.h"

#include "app/train/sample_tasks.h"
#include "app/train/sample_trainer.h"
#include "core/base/error.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/registry.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>

namespace bitprism::train {

namespace {

constexpr const char *help = R"(Usage: bitprism-train-sample SAMPLE --output FOLDER [options]

Trains one of the sample models with the engine's own forward passes and writes it in Hugging
Face's layout. SAMPLE is tiny-opt, tiny-bert, tiny-bert-outliers (large gains in its norms from the start, as
large trained BERTs have them), tiny-llada, tiny-clip, tiny-whisper or tiny-moonshine.

  --output FOLDER        where the model and its data go
  --text FILE            for the text samples: verses, one a line behind its reference (the output
                         of `bible -f gen1:1-rev22:21`)
  --speech-dir FOLDER    for the speech samples: where recordings made by espeak-ng and sox are
                         kept (default OUTPUT.work/speech)
  --work-dir FOLDER      checkpoint and loss curve (default OUTPUT.work); a run goes on from the
                         checkpoint found there
  --device DEVICE        cpu (default), cuda or cuda:N
  --threads N            default: all cores
  --steps N, --learning-rate R, --warmup-steps N, --decay-start N, --dropout P, --weight-decay D
                         defaults are those of the shipped sample
  --seed N               default 1611
  --evaluate-every N     steps between measurements on held-out data (default 200)
  --stop-after N         stop at this step as if interrupted; the best weights so far are written
  --toy                  a model of a few thousand parameters on little data, for tests
)";

using Factory = std::unique_ptr<SampleTask> (*)(const SampleSources &);
const std::map<std::string, Factory> &factories()
{
    static const std::map<std::string, Factory> all{{"tiny-opt", &makeTinyOpt},
                                                    {"tiny-bert", &makeTinyBert},
                                                    {"tiny-bert-outliers", &makeTinyBertOutliers},
                                                    {"tiny-llada", &makeTinyLlada},
                                                    {"tiny-clip", &makeTinyClip},
                                                    {"tiny-whisper", &makeTinyWhisper},
                                                    {"tiny-moonshine", &makeTinyMoonshine}};
    return all;
}

double numberOf(const std::string &flag, const std::string &value, double least, double most)
{
    char *end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    if (value.empty() || *end != '\0' || !(number >= least && number <= most)) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "%1: \"%2\" is not a number in its range."), flag, value);
    }
    return number;
}

/// What was given by number; the rest keeps the sample's defaults.
using Numbers = std::map<std::string, double>;

void setOptions(const Numbers &given, const SampleDefaults &defaults, SampleOptions &options)
{
    const auto number = [&given](const char *flag, double otherwise) {
        const auto found = given.find(flag);
        return found == given.end() ? otherwise : found->second;
    };
    options.schedule = defaults.schedule;
    options.optimizer = defaults.optimizer;
    options.schedule.totalSteps
        = std::int64_t(number("--steps", double(defaults.schedule.totalSteps)));
    options.schedule.decayStart = std::int64_t(number(
        "--decay-start",
        double(std::min(defaults.schedule.decayStart, options.schedule.totalSteps * 7 / 8))));
    options.schedule.peak = number("--learning-rate", defaults.schedule.peak);
    options.schedule.warmupSteps
        = std::int64_t(number("--warmup-steps", double(defaults.schedule.warmupSteps)));
    options.dropout = number("--dropout", defaults.dropout);
    options.optimizer.weightDecay
        = float(number("--weight-decay", double(defaults.optimizer.weightDecay)));
    options.evaluateEvery = std::int64_t(number("--evaluate-every", 200));
    options.stopAfter = std::int64_t(number("--stop-after", -1));
}

} // namespace

std::vector<std::string> sampleTaskNames()
{
    std::vector<std::string> names;
    for (const auto &[name, factory] : factories()) {
        names.push_back(name);
    }
    return names;
}

std::unique_ptr<SampleTask> makeSampleTask(const std::string &name, const SampleSources &sources)
{
    const auto factory = factories().find(name);
    if (factory == factories().end()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "\"%1\" is no sample that can be trained; see --help."),
                    name);
    }
    return factory->second(sources);
}

int runSampleCommand(const std::vector<std::string> &arguments)
{
    SampleOptions options;
    Numbers numbers;
    const std::map<std::string, std::pair<double, double>> ranges{
        {"--steps", {1, 1e9}},       {"--learning-rate", {0, 1}},    {"--warmup-steps", {1, 1e6}},
        {"--decay-start", {0, 1e9}}, {"--dropout", {0, 0.9}},        {"--weight-decay", {0, 10}},
        {"--seed", {0, 9e15}},       {"--evaluate-every", {1, 1e9}}, {"--stop-after", {1, 1e9}},
        {"--threads", {1, 1024}}};
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string &flag = arguments[i];
        if (flag == "--help" || flag == "-h") {
            std::fputs(help, stdout);
            return 0;
        }
        if (flag == "--toy") {
            options.sources.isToy = true;
            continue;
        }
        if (flag.rfind("--", 0) != 0 && options.sample.empty()) {
            options.sample = flag;
            continue;
        }
        if (i + 1 == arguments.size()) {
            throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "%1: a value is missing."), flag);
        }
        const std::string &value = arguments[++i];
        const std::map<std::string, std::function<void()>> texts{
            {"--output", [&] { options.output = value; }},
            {"--text", [&] { options.sources.text = value; }},
            {"--speech-dir", [&] { options.sources.folder = value; }},
            {"--work-dir", [&] { options.workFolder = value; }},
            {"--device", [&] { options.device = value; }}};
        if (const auto text = texts.find(flag); text != texts.end()) {
            text->second();
        } else if (const auto range = ranges.find(flag); range != ranges.end()) {
            numbers[flag] = numberOf(flag, value, range->second.first, range->second.second);
        } else {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "%1: unknown option; see --help."), flag);
        }
    }
    if (options.sample.empty() || options.output.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "SAMPLE and --output are needed; see --help."));
    }
    if (options.workFolder.empty()) {
        options.workFolder = options.output.string() + ".work";
    }
    if (options.sources.folder.empty()) {
        options.sources.folder = options.workFolder / "speech";
    }
    static_cast<void>(deviceFromName(options.device)); // before anything is synthesised or learned
    prepareCompute(numbers.count("--threads") != 0 ? int(numbers["--threads"]) : 0);
    if (numbers.count("--seed") != 0) {
        options.sources.seed = std::uint64_t(numbers["--seed"]);
    }
    registerEngineComponents();
    const std::unique_ptr<SampleTask> task = makeSampleTask(options.sample, options.sources);
    setOptions(numbers, task->defaults(), options);
    const TrainingState state = trainSample(options, *task);
    if (state.step < options.schedule.totalSteps) {
        std::fprintf(stderr, "stopped at step %lld; the same command goes on from there\n",
                     static_cast<long long>(state.step));
    }
    return 0;
}

} // namespace bitprism::train
