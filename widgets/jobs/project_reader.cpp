// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/project_reader.h"

#include "core/families/describe.h"
#include "core/families/locate_model.h"
#include "core/store/checkpoint_fingerprint.h"
#include "core/store/database.h"
#include "core/store/file_system.h"
#include "core/tokenize/tokenizer.h"

#include <filesystem>
#include <iterator>

namespace bitprism {

namespace {

namespace fs = std::filesystem;

fs::path toPath(const QString &text) { return fs::path(text.toStdString()); }

/// Asks SQLite: closing a descriptor of our own would drop the locks that a job of this process
/// holds on the file (Database::peek).
bool isStore(const fs::path &path)
{
    std::error_code ignored;
    if (path.empty() || !fs::is_regular_file(path, ignored)) {
        return false;
    }
    return path.extension() == ".bitprism"
        || (!fs::is_empty(path, ignored) && store::Database::peek(path).isDatabase);
}

ModelInfoPtr describe(const fs::path &path)
{
    auto info = std::make_shared<ModelInfo>(describeModel(path));
    const ErrorPtr problem = errorOf([&] {
        if (tokenize::Tokenizer::existsIn(path)) {
            info->tokenizer = tokenize::Tokenizer::open(path)->description();
        }
    });
    if (problem) { // the weights can be looked at all the same
        info->tokenizer = problem->what();
    }
    return info;
}

void readStore(const fs::path &path, ProjectContents &contents)
{
    contents.storePath = QString::fromStdString(fs::absolute(path).string());
    contents.storeProblem = errorOf([&] {
        const store::ExperimentStore store(path, store::OpenMode::ReadOnly);
        store::RunQuery query;
        query.limit = ProjectReader::pageSize;
        contents.runs = std::make_shared<const RunList>(store.listRuns(query));
    });
}

/// The data of the sample that the model is: the same folder, or, for a project that was made
/// elsewhere, a copy of the same name.
void findSampleData(ProjectContents &contents)
{
    for (const SampleModel &sample : sampleModels()) {
        std::error_code ignored;
        if (fs::equivalent(sample.path, contents.model->path, ignored)
            || sample.name == contents.model->name) {
            contents.calibrationFile = QString::fromStdString(sample.calibration.string());
            contents.evaluationFile = QString::fromStdString(sample.evaluation.string());
        }
    }
}

/// Takes what the folder says of the model for what a run kept of it, which is less (nothing of a
/// tokenizer). False where another model lies there, or none that can be read.
bool takeFolder(const fs::path &path, ProjectContents &contents)
{
    ModelInfoPtr found;
    (void)errorOf([&] { found = describe(path); }); // a damaged copy is none
    const bool isSame = found && found->parameters == contents.model->parameters
        && found->layers.size() == contents.model->layers.size();
    if (isSame) {
        contents.model = found;
    }
    return isSame;
}

/// A project that was made elsewhere may name a folder that is not here: the sample of the same
/// name and shape is taken for it.
void findFolder(ProjectContents &contents)
{
    std::error_code ignored;
    contents.isModelPresent = fs::exists(contents.model->path, ignored);
    if (contents.isModelPresent) {
        (void)takeFolder(contents.model->path, contents);
        return;
    }
    for (const SampleModel &sample : sampleModels()) {
        if (sample.name == contents.model->name && takeFolder(sample.path, contents)) {
            contents.isModelPresent = true;
            return;
        }
    }
}

void readUsualEvaluation(const fs::path &storeFile, ProjectContents &contents)
{
    if (!contents.runs) {
        return;
    }
    for (const store::RunRecord &run : *contents.runs) { // newest first
        if (run.kind == "run" && run.modelHash == contents.modelHash
            && run.status == store::RunStatus::Finished && !run.metrics.empty()) {
            const store::ExperimentStore store(storeFile, store::OpenMode::ReadOnly);
            contents.usualEvaluation = UsualEvaluation::ofRequest(store.run(run.id).request);
            return;
        }
    }
}

} // namespace

ProjectContents ProjectReader::read(const QString &target, const QString &storePath)
{
    ProjectContents contents;
    const bool targetIsStore = isStore(toPath(target));
    fs::path storeFile = toPath(targetIsStore ? target : storePath);
    std::error_code ignored;
    if (storeFile.empty()) {
        storeFile = store::defaultStorePath();
        if (!fs::exists(storeFile, ignored)) {
            storeFile.clear();
        }
    }
    const bool isYetToCome
        = !targetIsStore && !fs::exists(storeFile, ignored); // with the first run
    if (!storeFile.empty() && isYetToCome) {
        contents.storePath = QString::fromStdString(fs::absolute(storeFile).string());
    } else if (!storeFile.empty()) {
        readStore(storeFile, contents);
    }
    contents.modelProblem = errorOf([&] {
        if (!targetIsStore && !target.isEmpty()) {
            const fs::path path = locateModel(target.toStdString());
            contents.model = describe(path);
            contents.modelHash = store::checkpointFingerprint(path);
        } else if (targetIsStore && contents.runs && !contents.runs->empty()) {
            const store::ExperimentStore store(storeFile, store::OpenMode::ReadOnly);
            contents.model = std::make_shared<ModelInfo>(store.model(contents.runs->front().id));
            contents.modelHash = contents.runs->front().modelHash;
            findFolder(contents);
        }
        if (contents.model) {
            findSampleData(contents);
            readUsualEvaluation(storeFile, contents);
        }
    });
    return contents;
}

RunList ProjectReader::readRuns(const store::ExperimentStore &store, RunList known)
{
    store::RunQuery query;
    query.limit = pageSize;
    while (true) {
        if (!known.empty()) {
            query.after = known.back().place();
        }
        RunList page = store.listRuns(query);
        const bool isLast = page.size() < static_cast<std::size_t>(pageSize);
        known.insert(known.end(), std::make_move_iterator(page.begin()),
                     std::make_move_iterator(page.end()));
        if (isLast) {
            return known;
        }
    }
}

} // namespace bitprism
