// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RunLibrary that compares and reports runs, and edits them.
#include "core/report/reporter.h"
#include "widgets/jobs/report_language.h"
#include "widgets/jobs/run_library.h"
#include "widgets/shared/text.h"

namespace bitprism {

namespace {

std::vector<std::string> idsOf(const QStringList &ids)
{
    std::vector<std::string> result;
    for (const QString &id : ids) {
        result.push_back(id.toStdString());
    }
    return result;
}

} // namespace

void RunLibrary::requestComparison(const QStringList &ids)
{
    m_comparedIds = ids;
    m_comparing.ask([connection = m_project.connection(),
                     path = m_project.storePath().toStdString(), wanted = idsOf(ids)] {
        return std::make_shared<const Comparison>(compareRuns(connection->open(path), wanted));
    });
}

void RunLibrary::requestReport(const QStringList &ids)
{
    m_reportedIds = ids;
    m_reporting.ask([connection = m_project.connection(),
                     path = m_project.storePath().toStdString(), wanted = idsOf(ids)] {
        const report::Language words(windowLanguage());
        return std::make_shared<const ReportModel>(buildReport(connection->open(path), wanted));
    });
}

void RunLibrary::writeReport(const QStringList &ids, const QString &format, const QString &path,
                             const ReportSections &sections)
{
    m_project.storeThread().ask<qint64>(
        this,
        [connection = m_project.connection(), store = m_project.storePath().toStdString(), ids,
         format = format.toStdString(), path = path.toStdString(), sections]() -> qint64 {
            const std::vector<std::string> wanted = idsOf(ids);
            const report::Language words(windowLanguage());
            return bitprism::writeReport(
                restrictedTo(buildReport(connection->open(store), wanted), sections), format, path);
        },
        [this, path](const Answer<qint64> &answer) {
            Q_EMIT reportWritten(path, answer.value.value_or(0), problemText(answer.problem));
        });
}

void RunLibrary::renameRun(const QString &runId, const QString &name)
{
    edit([run = runId.toStdString(), name = name.toStdString()](store::ExperimentStore &store) {
        store.renameRun(run, name);
    });
}

void RunLibrary::deleteRun(const QString &runId)
{
    edit([run = runId.toStdString()](store::ExperimentStore &store) { store.deleteRun(run); },
         [this, runId] { m_deletion.takeBack(runId); });
}

void RunLibrary::edit(std::function<void(store::ExperimentStore &)> change,
                      std::function<void()> failed)
{
    m_project.storeThread().ask<bool>(
        this,
        [path = m_project.storePath().toStdString(), change = std::move(change)] {
            store::ExperimentStore store(path, store::OpenMode::ReadWrite);
            change(store);
            return true;
        },
        [this, failed = std::move(failed)](const Answer<bool> &answer) {
            if (answer.problem && failed) {
                failed();
            }
            if (answer.problem) {
                Q_EMIT editFailed(problemText(answer.problem));
            }
            m_project.refreshRuns();
        },
        Worker::AtEnd::Done);
}

} // namespace bitprism
