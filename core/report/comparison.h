// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/resolve.h"
#include "core/results/evaluation.h"
#include "core/results/run_summary.h"
#include "core/store/experiment_store.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bitprism {

/// One layer in every compared run; entries without value: the run lacks the layer. Errors of a
/// checkpoint measured as it is are NaN.
struct ComparedLayer
{
    std::string name;
    std::vector<std::optional<RunLayer>> runs; ///< by run
};

/// The value of an unquantized model that compared runs started from.
struct ComparedBaseline
{
    std::string model; ///< name
    std::string modelHash;
    Evaluation value;
};

/// One metric in every compared run: one task with the same parameters on the same tokens.
/// Differences are against the first run; for losses and divergences on the same windows they are
/// paired, with the standard error of the pair.
struct ComparedMetric
{
    struct Value
    {
        std::optional<Evaluation> measured;
        std::optional<Evaluation> baseline; ///< of this run's own unquantized model
        /// measured - first run's, in `differenceUnit`.
        std::optional<double> difference;
        std::optional<double> differenceStandardError;
        bool isPaired = false;
        /// True where the error of the difference is that of two independent measurements.
        bool isUnpaired() const
        {
            return !isPaired && difference && differenceStandardError.value_or(0) > 0;
        }
        /// The same against `baseline`, paired where possible.
        std::optional<double> baselineDifference;
        std::optional<double> baselineDifferenceStandardError;
    };
    std::string task;
    std::string data;
    std::string unit;
    std::string differenceUnit; ///< "nats per token" where losses are compared
    std::string key; ///< this and the next three as in Evaluation
    std::string parameters;
    std::int64_t length = 0;
    std::int64_t stride = 0;
    /// What tells it from the other metrics of the same task and data, as "length 512, pass 5";
    /// empty where there is none.
    std::string distinction;
    bool lowerIsBetter = true;
    std::vector<ComparedBaseline> baselines; ///< one per model, in the order of the runs
    std::vector<Value> runs;

    /// The unquantized model's value where all runs are of one model; null otherwise.
    const Evaluation *commonBaseline() const
    {
        return baselines.size() == 1 ? &baselines.front().value : nullptr;
    }
};

struct ComparedRun
{
    store::RunRecord record;
    std::optional<RunSummary> summary;
    std::optional<std::int64_t> bytes; ///< of the checkpoint measured, quantized or not
    /// Type of most weights of a checkpoint measured as it is, as "INT4"; empty for runs.
    std::string storedType;
    std::vector<RecipeChange> recipeChanges; ///< against the first run that has a recipe

    /// False for a checkpoint measured as it is: its layers are what it stores.
    bool hasRecipe() const { return !store::isEvaluation(record.kind); }
    /// The summary's means over all layers; null where the run stopped before the last: the mean
    /// of some layers is no measure beside that of all.
    std::optional<double> meanWeightError() const;
    std::optional<double> meanOutputError() const;
};

/// Runs side by side; the first is the reference of all differences.
struct Comparison
{
    std::vector<ComparedRun> runs;
    std::vector<ComparedLayer> layers; ///< first run's order, then the others' additional ones
    std::vector<ComparedMetric> metrics;
    /// Runs that no other beats in both bytes and the first metric all of them have.
    std::vector<std::string> pareto;

    /// The document `compare --json` prints: runs, layers, metrics, pareto.
    Json toJson() const;
};

/// What the layers of two runs are compared by.
enum class LayerMeasure
{
    OutputError, ///< relative, on the quantized stream's inputs
    WeightError, ///< squared
    Bits, ///< width of the codes
    StoredBits ///< per weight, scales and all else included
};
/// Nothing where it was not measured.
std::optional<double> layerValue(const RunLayer &layer, LayerMeasure measure);
/// What the layer has in run `run` less what it has in the first run; nothing where either lacks
/// it.
std::optional<double> layerDifference(const ComparedLayer &layer, std::size_t run,
                                      LayerMeasure measure);

/// A difference that is no larger than its standard error says nothing.
bool isInsideError(const std::optional<double> &difference,
                   const std::optional<double> &standardError);
/// The runs with the best value of a metric; none where fewer than two have one, all are equal, or
/// another run lies within the standard error of its difference from them.
std::vector<std::size_t> bestRuns(const ComparedMetric &metric);

/// What a metric was measured on, for headings: the file's name, or its whole path where another
/// metric was measured on a file of the same name. The commands of a report have the paths.
std::string dataName(const Comparison &comparison, const ComparedMetric &metric);

/// Compares runs, and evaluations with them: an evaluated checkpoint has the bits it stores, over
/// the same weights as runs count, and its layers stand beside those of the same name and size.
/// Others contribute what they have. At least one id.
Comparison compareRuns(const store::ExperimentStore &store, std::span<const std::string> ids);

} // namespace bitprism
