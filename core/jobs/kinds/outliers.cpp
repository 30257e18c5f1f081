// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/block_speed.h"
#include "core/jobs/calibration_samples.h"
#include "core/jobs/compute_environment.h"
#include "core/jobs/job.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/outliers_options.h"
#include "core/jobs/outlier_progress.h"
#include "core/jobs/outlier_rows.h"
#include "core/jobs/outlier_visitor.h"
#include "core/jobs/run_session.h"
#include "core/models/stacks.h"
#include "core/results/run_summary.h"

namespace bitprism {

namespace {

constexpr int drawnSamples = 16;
constexpr int drawnLength = 512;
constexpr std::int64_t bytesOfMegabyte = 1'000'000;

/// Statistics of every layer's input. See options/outliers_options.h.
class Outliers final : public Job
{
public:
    using Params = OutliersJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "outliers",
                BITPRISM_TR("Job", "Outliers"),
                "statistics of every layer's input",
                {}};
    }
    explicit Outliers(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        const OpenedModel opened = openWeights(run.request().modelPath, run.request().device);
        if (!opened.model->info().runnable) {
            lookAtWeights(*opened.model, run);
            return;
        }
        const CalibrationChoice choice = fittingChoice(
            calibrationChoice(m_options.source.calibration, drawnSamples, drawnLength),
            opened.model->info());
        const SampleSet samples = drawSamples(choice, m_options.source.data, *opened.model,
                                              opened.tokenizer.get(), run);
        OutlierTable table;
        table.model = opened.model->info().path;
        table.data = Dataset::open(m_options.source.data).path().string();
        table.tokens = samples.tokens;
        table.notes = samples.notes;
        if (m_options.dryRun) {
            run.publish(std::make_shared<Estimate>(estimate(*opened.model, samples)));
            return;
        }
        const auto blocks = static_cast<int>(opened.model->allBlocks().size());
        RunSession session(run, opened.model->info(), "{}", blocks);
        session.execute([&] {
            run.requireMemory(memoryNeed(*opened.model, samples));
            look(opened, samples, table, session, run);
        });
    }

private:
    /// Goes on behind the blocks that an earlier execution committed.
    void look(const OpenedModel &opened, const SampleSet &samples, OutlierTable &table,
              RunSession &session, JobRun &run) const
    {
        const Model &model = *opened.model;
        OutlierProgress progress(session, model, table);
        const int done = progress.takeUp();
        const std::vector<Batch> batches = calibrationBatches(model, samples);
        const std::int64_t mapBytes = m_options.mapMegabytes * bytesOfMegabyte;
        OutlierVisitor visitor({model, batches, opened.tokenizer},
                               {progress.folder(), session.isPersistent() ? mapBytes : 0}, table,
                               [&](BlockId id, const std::vector<StreamState> &states) {
                                   table.seconds = run.elapsedSeconds();
                                   progress.keep(model.unitOf(id), states);
                                   run.publish(std::make_shared<OutlierTable>(table));
                               });
        if (done < progress.blocks()) {
            std::vector<StreamState> states = progress.statesBehind(done);
            BatchInput input(model, batches);
            streamStacks(model, input, states, visitor, run, progress.optionsBehind(done));
        } else {
            run.publish(std::make_shared<OutlierTable>(table));
        }
        progress.finish();
    }

    /// What can be said of a model that does not run.
    void lookAtWeights(const Model &model, JobRun &run) const
    {
        if (m_options.dryRun) {
            Estimate result;
            result.seconds = secondsToQuantize(model);
            result.memoryBytes = 2 * model.largestBlockBytes();
            run.publish(std::make_shared<Estimate>(result));
            return;
        }
        OutlierTable table;
        table.model = model.info().path;
        table.isOfWeights = true;
        const std::vector<BlockId> blocks = model.allBlocks();
        RunSession session(run, model.info(), "{}", static_cast<int>(blocks.size()));
        const auto work = [&] {
            session.goOnFrom(0); // what an earlier execution saw is not taken over
            run.requireMemory(2 * model.largestBlockBytes());
            for (const BlockId id : blocks) {
                run.throwIfCancelled();
                run.stage("block " + std::to_string(id.index));
                const Block block = model.loadBlock(id);
                for (const LayerInfo *layer : model.layersOf(id)) {
                    table.layers.push_back(weightOutliersOf(*layer, block.tensor(layer->tensor)));
                }
                const int unit = model.unitOf(id);
                table.seconds = run.elapsedSeconds();
                table.complete = unit + 1 == static_cast<int>(blocks.size());
                if (table.complete) { // once: the table grows with every block
                    session.putResult(table);
                }
                session.commit(unit, {}, Json::object());
                run.progress(unit + 1.0, static_cast<double>(blocks.size()));
                run.publish(std::make_shared<OutlierTable>(table));
            }
        };
        session.execute(work, [&] { session.putResult(table); });
    }

    /// One pass over the samples.
    Estimate estimate(const Model &model, const SampleSet &samples) const
    {
        Estimate result;
        result.seconds = static_cast<double>(model.allBlocks().size())
            * static_cast<double>(samples.tokens) * secondsPerBlockToken(model, samples);
        result.memoryBytes = memoryNeed(model, samples) + libraryBytes;
        return result;
    }

    std::int64_t memoryNeed(const Model &model, const SampleSet &samples) const
    {
        return 2 * model.largestBlockBytes()
            + OutlierVisitor::bytesNeeded(model, samples.tokens,
                                          m_options.mapMegabytes * bytesOfMegabyte)
            + 2 * samples.tokens * model.info().hiddenSize * 4;
    }

    Params m_options;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, outliers, Outliers);

} // namespace bitprism
