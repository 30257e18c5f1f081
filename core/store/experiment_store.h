// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/results/model_info.h"
#include "core/results/run_summary.h"
#include "core/store/database.h"
#include "core/store/run_lock.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::store {

enum class RunStatus
{
    Queued,
    Running,
    Finished,
    Failed,
    Cancelled,
    Interrupted, ///< queued or running by its row, but no process holds its lock
};

/// "queued", "running", ... as the command line prints it.
std::string_view statusName(RunStatus status);

/// What a run is made of; everything is kept as given.
struct RunRequest
{
    std::string kind; ///< run, sensitivity, outliers, evaluate
    std::string name; ///< empty: the kind and the model's name
    std::string experiment; ///< name of the group; empty: none
    std::string request = "{}"; ///< JobRequest::toJson()
    std::string recipe = "{}"; ///< Recipe::toText(); "{}" where the kind has none
    std::string environment = "{}"; ///< environmentJson()
    int blocks = 0; ///< units of work that commitBlock() counts
};

/// What lists and scatter plots show of one metric of a run.
struct HeadlineMetric
{
    std::string task;
    std::string data;
    std::string unit;
    // What else says whether two values measure the same; see Evaluation and isSameMeasurement().
    std::string key{};
    std::string parameters{};
    std::int64_t length = 0;
    std::int64_t stride = 0;
    bool higherIsBetter = false;
    std::optional<double> value;
    std::optional<double> standardError;
    std::optional<double> baseline; ///< the unquantized model's value on the same data
    /// Nats per token above the unquantized model, paired over windows.
    std::optional<double> deltaNll;
    std::optional<double> deltaNllStandardError;
    std::optional<double> klDivergence; ///< from the unquantized model, nats per token
    std::optional<double> klStandardError;
};

/// The place of a run in a listing, which stays where it is when runs come or go.
struct RunPlace
{
    std::string created; ///< RunRecord::created
    std::int64_t number = 0; ///< RunRecord::number
};

struct RunRecord
{
    std::string id;
    std::int64_t number = 0; ///< of a store's runs, rising; two may be made in one millisecond
    std::string name;
    std::string kind;
    std::string experiment;
    std::string model; ///< name, as it was when the run was made
    std::string modelPath;
    std::string modelHash;
    std::int64_t parameters = 0; ///< of the model: a quantized copy has as many
    RunStatus status = RunStatus::Queued;
    std::string failure; ///< one sentence for a failed run
    int blocksDone = 0;
    int blocks = 0;
    std::string created; ///< UTC, ISO 8601 with milliseconds
    std::string finished; ///< empty: not yet
    std::string request; ///< JSON; empty in listings, as are recipe and environment
    std::string recipe;
    std::string environment;
    // The headline figures of a stored RunSummary, for lists and scatter plots; of an evaluation,
    // average bits and bytes are those of the checkpoint as it is stored.
    std::optional<double> averageBits;
    std::optional<std::int64_t> bytes;
    std::optional<double> seconds;
    std::optional<double> bitOperations{}; ///< per token, see core/results/token_cost.h
    std::optional<double> memoryIoBytes{}; ///< likewise
    std::vector<HeadlineMetric> metrics; ///< in listings and run(), in the order they were kept

    RunPlace place() const { return {created, number}; }
};

/// Whether a run measured a checkpoint as it is: it has no recipe, and nothing was quantized.
inline bool isEvaluation(std::string_view runKind) { return runKind == "evaluate"; }

/// Which runs, and which page of them; newest first.
struct RunQuery
{
    std::string kind; ///< empty: all
    std::string experiment; ///< empty: all
    std::string text; ///< part of name, model or id; empty: all
    int limit = 100; ///< 1 to 1000
    std::optional<RunPlace> after; ///< where the page before ended; none: the first page
};

/// A result of a run under the name it was kept by.
struct StoredResult
{
    std::string name;
    ResultPtr value;

    /// Whether it tells of the unquantized model, measured beside the run's own.
    bool isBaseline() const { return name.starts_with(baselinePrefix); }
    static constexpr std::string_view baselinePrefix = "baseline";
};

struct JournalEntry
{
    int block = 0;
    std::string entry; ///< JSON, as given to commitBlock()
};

/// Blocks committed so far and their rows: where a resumed run goes on.
struct RunProgress
{
    std::vector<JournalEntry> journal; ///< by block
    std::vector<RunLayer> layers; ///< by block, then as committed
};

/// A run that was just made, held by this process.
struct NewRun
{
    std::string id;
    RunLock lock;
};

struct CheckReport
{
    bool ok = true;
    std::vector<std::string> problems;
    std::vector<std::string> notes; ///< what is no fault, as codes that a backup does not hold
};

/// One project file and the folder `FILE.d` beside it, which holds a folder per run with its large
/// data. All SQL of the program stands in this class. One object per thread; any number of
/// processes may use a store at once. Every function throws Io when the disk is full or read-only,
/// and BadInput for a damaged store; before the first run is made, taken up or deleted, or a result
/// kept, the whole file is looked at, so that a damaged one stays as it is.
class ExperimentStore
{
public:
    /// Opens a store; ReadWrite makes it if it is not there, and migrates an older one after a copy
    /// `FILE.backup-vN` was written beside it. A store of a newer version, a foreign or a corrupt
    /// file is BadInput and stays untouched. ReadOnly needs no permission to write, except that an
    /// older store is migrated first; where it cannot be written, that is BadInput.
    explicit ExperimentStore(const std::filesystem::path &file,
                             OpenMode mode = OpenMode::ReadWrite);
    ~ExperimentStore();
    ExperimentStore(ExperimentStore &&) noexcept;
    ExperimentStore &operator=(ExperimentStore &&) noexcept;

    const std::filesystem::path &file() const;
    /// Where the large data of a run lie; createRun() makes it.
    std::filesystem::path runFolder(std::string_view id) const;
    /// BadInput if run `id` wrote codes and its folder is missing, as it is beside a backup, or one
    /// of its files of codes is missing or differs from what was written. Reads them whole, about
    /// a second for a gigabyte.
    void requireCodes(std::string_view id) const;

    /// `contentHash` is checkpointFingerprint() of the model.
    NewRun createRun(const RunRequest &request, const ModelInfo &model,
                     std::string_view contentHash);
    /// The id that `idOrPrefix` means; BadInput if there is none or several.
    std::string findRun(std::string_view idOrPrefix) const;
    RunRecord run(std::string_view idOrPrefix) const;
    std::vector<RunRecord> listRuns(const RunQuery &query = {}) const;
    std::int64_t countRuns(const RunQuery &query = {}) const;
    /// The model as it was when the run was made.
    ModelInfo model(std::string_view id) const;
    /// Takes the run's lock, to resume it; BadInput if another process works on it.
    RunLock lockRun(std::string_view id);
    /// Removes the run and its folder; BadInput while somebody works on it.
    void deleteRun(std::string_view id);
    void renameRun(std::string_view id, std::string_view name);

    /// A status that ends the run sets its finish time. `failure` is kept for Failed.
    void setStatus(std::string_view id, RunStatus status, std::string_view failure = {});
    /// Rows and journal entry of one finished block in one transaction; the files it
    /// names must be on the disk before (io::AtomicFile): a file of codes in the run's folder as
    /// "codes", with its SHA-256 as "codes_sha256". Committing a block again replaces it.
    void commitBlock(std::string_view id, int block, std::span<const RunLayer> rows,
                     std::string_view entry = "{}");
    RunProgress runProgress(std::string_view id) const;
    /// Forgets everything committed from `block` on, before it is done anew.
    void dropBlocksFrom(std::string_view id, int block);

    /// Keeps a result under its kind, and `name` where a run has several of a kind (resultName());
    /// an earlier one of the same kind and name is replaced.
    void putResult(std::string_view id, const Result &result, std::string_view name = {});
    /// Null if there is none. `kind` is Type::kind.
    ResultPtr result(std::string_view id, std::string_view kind, std::string_view name = {}) const;
    template <typename T>
    std::shared_ptr<const T> resultOf(std::string_view id, std::string_view name = {}) const
    {
        return resultAs<T>(result(id, T::kind, name));
    }
    /// All sound results of a run, by kind and name; what it keeps of the unquantized model too.
    /// Each that is damaged becomes a line of `damaged`.
    std::vector<StoredResult> results(std::string_view id,
                                      std::vector<std::string> *damaged = nullptr) const;
    /// The newest result of this kind and name in any run on the checkpoint `modelHash` that was
    /// made on `device`; null for none.
    ResultPtr newestResult(std::string_view modelHash, std::string_view device,
                           std::string_view kind, std::string_view name) const;

    /// Replaces an earlier one with the same task, data and Evaluation::key.
    void putMetric(std::string_view id, const RunMetric &metric);
    std::vector<RunMetric> metrics(std::string_view id) const;

    void putBlob(std::string_view id, std::string_view name, std::span<const std::byte> bytes);
    std::optional<std::string> blob(std::string_view id, std::string_view name) const;

    /// One consistent file without a journal beside it, also while others write. An existing target
    /// is replaced only if it is a store itself. BadInput for a damaged store.
    void backup(const std::filesystem::path &target) const;
    void vacuum();
    /// Integrity of the file, references between rows, stored results, files of codes (read whole,
    /// about a second for a gigabyte), and folders without a run or lacking ones.
    CheckReport check() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Version, libraries, machine and threads as JSON text, for RunRequest::environment.
std::string environmentJson(int threads);

} // namespace bitprism::store
