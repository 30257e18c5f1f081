// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/training_command.h"

#include "app/train/byte_bpe.h"
#include "app/train/corpus.h"
#include "app/train/model_export.h"
#include "app/train/training_report.h"
#include "core/base/error.h"
#include "core/io/atomic_file.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>

namespace bitprism::train {

namespace {

constexpr const char *help = R"(Usage: bitprism-train --text FILE --output FOLDER [options]

Trains the sample model tiny-llama on a book of verses (the output of
`bible -f gen1:1-rev22:21`) and writes it in Hugging Face's layout.

  --text FILE            verses, one a line behind its reference
  --output FOLDER        where the model, tokenizer and data splits go
  --work-dir FOLDER      checkpoint, loss curve and preliminary model (default OUTPUT.work);
                         a run goes on from the checkpoint found there
  --prepare-only         write tokenizer, configuration and data splits, then stop
  --model-size SIZE      tiny (5.2 million parameters) or toy (for tests)
  --steps N              steps of the optimizer (default 2000)
  --tokens N             the same in tokens
  --tokens-per-step N    default 4096
  --decay-start N        the step from which rows have the full context instead of half of it, and
                         the learning rate falls linearly (default 1584)
  --learning-rate R      peak of the cosine (default 0.0012)
  --warmup-steps N       default 100
  --cosine-steps N       where the cosine would end (default 2400)
  --dropout P            default 0.2
  --weight-decay D       default 0.5
  --seed N               default 1611
  --precision P          bf16 (needs AVX-512 to be fast) or fp32
  --evaluate-every N     steps between measurements on held-out text (default 200)
  --stop-after N         stop at this step as if interrupted
)";

double numberOf(const std::string &flag, const std::string &value, double least, double most)
{
    std::size_t used = 0;
    double number = 0.0;
    try {
        number = std::stod(value, &used);
    } catch (const std::exception &) { // std::stod reports by exception only
        used = 0;
    }
    if (used != value.size() || value.empty() || !(number >= least && number <= most)) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "%1: \"%2\" is not a number in its range."), flag, value);
    }
    return number;
}

void useToySize(TrainingOptions &options)
{
    options.model = {32, 2, 4, 2, 64, 300, 32};
    options.tokensPerStep = 256;
    options.schedule = {.warmupSteps = 5, .cosineSteps = 60, .decayStart = 30, .totalSteps = 40};
    options.evaluateEvery = 10;
}

using Setter = std::function<void(TrainingCommand &, const std::string &)>;

std::map<std::string, Setter> makeSetters()
{
    std::map<std::string, Setter> setters;
    setters["--text"] = [](TrainingCommand &c, const std::string &v) { c.text = v; };
    setters["--output"] = [](TrainingCommand &c, const std::string &v) { c.output = v; };
    setters["--work-dir"] = [](TrainingCommand &c, const std::string &v) { c.workFolder = v; };
    setters["--model-size"] = [](TrainingCommand &c, const std::string &v) {
        if (v == "toy") {
            useToySize(c.options);
        } else if (v != "tiny") {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "--model-size: \"%1\" is neither tiny nor toy."), v);
        }
    };
    setters["--precision"] = [](TrainingCommand &c, const std::string &v) {
        if (v != "bf16" && v != "fp32") {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "--precision: \"%1\" is neither bf16 nor fp32."), v);
        }
        c.options.precision = v == "fp32" ? Precision::Float32 : Precision::Bfloat16;
    };
    const auto number
        = [&setters](const std::string &flag, double least, double most, auto assign) {
              setters[flag] = [=](TrainingCommand &c, const std::string &v) {
                  assign(c.options, numberOf(flag, v, least, most));
              };
          };
    using Options = TrainingOptions;
    number("--tokens", 1, 1e12, [](Options &o, double v) {
        o.schedule.totalSteps = std::max<std::int64_t>(1, std::llround(v / o.tokensPerStep));
    });
    number("--steps", 1, 1e9,
           [](Options &o, double v) { o.schedule.totalSteps = std::int64_t(v); });
    number("--tokens-per-step", 64, 1e6, [](Options &o, double v) { o.tokensPerStep = int(v); });
    number("--cosine-steps", 1, 1e9,
           [](Options &o, double v) { o.schedule.cosineSteps = std::int64_t(v); });
    number("--decay-start", 0, 1e9,
           [](Options &o, double v) { o.schedule.decayStart = std::int64_t(v); });
    number("--learning-rate", 0, 1, [](Options &o, double v) { o.schedule.peak = v; });
    number("--warmup-steps", 1, 1e6,
           [](Options &o, double v) { o.schedule.warmupSteps = std::int64_t(v); });
    number("--dropout", 0, 0.9, [](Options &o, double v) { o.dropout = float(v); });
    number("--weight-decay", 0, 10,
           [](Options &o, double v) { o.optimizer.weightDecay = float(v); });
    number("--seed", 0, 9e15, [](Options &o, double v) { o.seed = std::uint64_t(v); });
    number("--evaluate-every", 1, 1e9,
           [](Options &o, double v) { o.evaluateEvery = std::int64_t(v); });
    number("--stop-after", 1, 1e9, [](Options &o, double v) { o.stopAfter = std::int64_t(v); });
    return setters;
}

std::vector<std::size_t> chapterStartsIn(const ByteBpe &tokenizer,
                                         const std::vector<std::int32_t> &tokens)
{
    const std::int32_t newline = tokenizer.encode("\n").front();
    std::vector<std::size_t> starts = {0};
    for (std::size_t i = 2; i < tokens.size(); ++i) {
        if (tokens[i - 1] == newline && tokens[i - 2] == newline) {
            starts.push_back(i);
        }
    }
    return starts;
}

} // namespace

TrainingCommand parseCommand(const std::vector<std::string> &arguments)
{
    const std::map<std::string, Setter> setters = makeSetters();
    TrainingCommand command;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string &flag = arguments[i];
        if (flag == "--help" || flag == "-h") {
            command.showsHelp = true;
            return command;
        }
        if (flag == "--prepare-only") {
            command.preparesOnly = true;
            continue;
        }
        const auto setter = setters.find(flag);
        if (setter == setters.end()) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "%1: unknown option; see --help."), flag);
        }
        if (++i == arguments.size()) {
            throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "%1: a value is missing."), flag);
        }
        setter->second(command, arguments[i]);
    }
    const TrainingOptions &options = command.options;
    if (command.text.empty() || command.output.empty()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "--text and --output are needed; see --help."));
    }
    if (options.tokensPerStep % (2 * options.model.maxPositions) != 0) {
        throw Error(
            ErrorCode::BadUsage,
            BITPRISM_TR("Error", "--tokens-per-step: must be a multiple of two full contexts."));
    }
    if (command.workFolder.empty()) {
        command.workFolder = command.output.string() + ".work";
    }
    command.options.checkpointPath = command.workFolder / "checkpoint.bin";
    return command;
}

int runTraining(const TrainingCommand &command)
{
    if (command.showsHelp) {
        std::fputs(help, stdout);
        return 0;
    }
    const TrainingOptions &options = command.options;
    std::filesystem::create_directories(command.output / "data");
    const Corpus corpus = readCorpus(command.text);
    const ByteBpe tokenizer = ByteBpe::learn(corpus.training, options.model.vocabularySize);
    if (tokenizer.vocabularySize() != options.model.vocabularySize) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: too short for %2 tokens."),
                    command.text, options.model.vocabularySize);
    }
    TrainingTokens tokens;
    tokens.training = tokenizer.encode(corpus.training);
    tokens.evaluation = tokenizer.encode(corpus.evaluation);
    tokens.chapterStarts = chapterStartsIn(tokenizer, tokens.training);
    std::fprintf(stderr, "%zu tokens to train on, %zu held out\n", tokens.training.size(),
                 tokens.evaluation.size());
    writeDescriptions(command.output, options.model, tokenizer);
    io::writeFileAtomically(command.output / "data" / "evaluation.txt", corpus.evaluation);
    io::writeFileAtomically(command.output / "data" / "calibration.txt", corpus.calibration);
    if (command.preparesOnly) {
        return 0;
    }
    std::filesystem::create_directories(command.workFolder);
    TrainingReport report(command, tokenizer);
    const TrainingState state = trainLlama(options, tokens, std::ref(report));
    if (state.step < options.schedule.totalSteps) {
        std::fprintf(stderr, "stopped at step %lld; the same command goes on from there\n",
                     static_cast<long long>(state.step));
        return 0;
    }
    writeResult(command, state, tokens);
    return 0;
}

} // namespace bitprism::train
