// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/calib/layer_statistics.h"
#include "core/export/gguf_model.h"
#include "core/export/gguf_names.h"
#include "core/export/importance.h"
#include "core/io/checkpoint.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/job.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/imatrix_options.h"
#include "core/models/stacks.h"
#include "core/results/generation.h"

#include <filesystem>
#include <optional>

namespace bitprism {

namespace {

constexpr int defaultSamples = 16;
constexpr int defaultLength = 512;

StatisticsNeeds squaresOnly()
{
    StatisticsNeeds needs;
    needs.channels = true;
    return needs;
}

/// Takes the mean squares of each layer's input as the stream passes its block.
class ImportanceVisitor final : public BlockVisitor
{
public:
    ImportanceVisitor(const Model &model, ImportanceMatrix &matrix)
        : m_model(model)
        , m_matrix(matrix)
    {
    }

    std::int64_t memoryNeed(const Model &model) const override
    {
        return 5 * model.info().hiddenSize * std::int64_t{sizeof(double)};
    }
    void enter(Block &, std::vector<StreamState> &, JobContext &) override
    {
        m_collector.emplace(squaresOnly());
    }
    BlockHooks *hooks(const Block &, std::size_t) override { return &*m_collector; }
    void leave(Block &block, std::vector<StreamState> &, JobContext &) override
    {
        for (const LayerInfo *layer : m_model.layersOf(block.id())) {
            const std::optional<std::string> name = ggufTensorName(layer->tensor);
            const LayerStatistics *statistics = m_collector->find(*layer);
            if (!name || statistics == nullptr || statistics->tokens == 0) {
                continue;
            }
            ImportanceMatrix::Entry entry;
            entry.count = static_cast<double>(statistics->tokens);
            for (const double sum : statistics->channelSquareSum) {
                entry.meanSquares.push_back(static_cast<float>(sum / entry.count));
            }
            m_matrix.entries[*name] = std::move(entry);
        }
    }

private:
    const Model &m_model;
    ImportanceMatrix &m_matrix;
    std::optional<StatisticsCollector> m_collector;
};

/// Mean squares of inputs in llama.cpp's file format. See options/imatrix_options.h.
class Imatrix final : public Job
{
public:
    using Params = ImatrixJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "imatrix",
                BITPRISM_TR("Job", "Importance matrix"),
                "mean squares of every layer's input, for llama.cpp",
                {}};
    }
    explicit Imatrix(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        if (m_options.output.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "No file for the importance matrix was given."));
        }
        const OpenedModel opened = openModel(run.request().modelPath, run.request().device);
        const Model &model = *opened.model;
        static_cast<void>(ggufArchitecture(model.checkpoint().config(), model.info().path));
        const CalibrationChoice choice
            = calibrationChoice(m_options.source.calibration, defaultSamples, defaultLength);
        const SampleSet samples
            = drawSamples(choice, m_options.source.data, model, opened.tokenizer.get(), run);
        ImportanceMatrix matrix;
        matrix.datasets = {Dataset::open(m_options.source.data).path().filename().string()};
        matrix.chunkSize = samples.length;
        matrix.chunkCount = static_cast<std::int64_t>(samples.samples.size());
        BatchInput input(model, calibrationBatches(model, samples));
        std::vector<StreamState> states;
        ImportanceVisitor visitor(model, matrix);
        run.requireMemory(2 * model.largestBlockBytes() + visitor.memoryNeed(model)
                          + 2 * samples.tokens * model.info().hiddenSize
                              * std::int64_t{sizeof(float)}); // hidden states in and out
        streamStacks(model, input, states, visitor, run);
        const std::filesystem::path output
            = std::filesystem::absolute(m_options.output).lexically_normal();
        m_options.legacy ? writeLegacyImportance(matrix, output) : writeImportance(matrix, output);
        const auto summary = std::make_shared<ExportSummary>();
        summary->format = "imatrix";
        summary->output = output.string();
        std::error_code problem;
        summary->bytes = static_cast<std::int64_t>(std::filesystem::file_size(output, problem));
        if (problem) {
            throwSystemError(problem.value(), "read", output);
        }
        run.publish(summary);
    }

private:
    Params m_options;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, imatrix, Imatrix);

} // namespace bitprism
