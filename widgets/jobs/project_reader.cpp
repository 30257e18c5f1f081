// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/project_reader.h"

#include "core/families/describe.h"
#include "core/families/locate_model.h"
#include "core/store/database.h"
#include "core/store/file_system.h"
#include "core/tokenize/tokenizer.h"

#include <filesystem>
#include <string_view>

namespace bitprism {

namespace {

namespace fs = std::filesystem;

constexpr int shownRuns = 1000; // what one page of a store's listing holds at most

fs::path toPath(const QString &text) { return fs::path(text.toStdString()); }

/// Runs `action`; an Error becomes a value, because nobody catches beyond a worker's event loop.
template <typename Action> ErrorPtr errorOf(Action action)
{
    try {
        action();
    } catch (const Error &error) {
        return std::make_shared<Error>(error);
    } catch (const std::exception &problem) {
        return std::make_shared<Error>(ErrorCode::Internal,
                                       BITPRISM_TR("Error", "Something unexpected failed: %1."),
                                       std::string_view(problem.what()));
    }
    return nullptr;
}

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
        query.limit = shownRuns;
        contents.runs
            = std::make_shared<const std::vector<store::RunRecord>>(store.listRuns(query));
    });
}

} // namespace

ProjectContents ProjectReader::read(const QString &target, const QString &storePath)
{
    ProjectContents contents;
    const bool targetIsStore = isStore(toPath(target));
    fs::path storeFile = toPath(targetIsStore ? target : storePath);
    std::error_code ignored;
    if (storeFile.empty()) {
        (void)errorOf([&] { storeFile = store::defaultStorePath(); });
        if (!fs::exists(storeFile, ignored)) {
            storeFile.clear();
        }
    }
    if (!storeFile.empty()) {
        readStore(storeFile, contents);
    }
    contents.modelProblem = errorOf([&] {
        if (!targetIsStore && !target.isEmpty()) {
            contents.model = describe(locateModel(target.toStdString()));
        } else if (targetIsStore && contents.runs && !contents.runs->empty()) {
            const store::ExperimentStore store(storeFile, store::OpenMode::ReadOnly);
            contents.model = std::make_shared<ModelInfo>(store.model(contents.runs->front().id));
        }
    });
    return contents;
}

void ProjectReader::readProject(quint64 ticket, const QString &target, const QString &storePath)
{
    Q_EMIT projectRead(ticket, read(target, storePath));
}

} // namespace bitprism
