// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report_model.h"
#include "core/report/report_sections.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_deletion.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>

namespace bitprism {

/// Results of runs as immutable values, stored ones and those of running jobs alike. Reading
/// happens on the store thread; views listen to this and to nothing else.
class RunLibrary : public QObject
{
    Q_OBJECT

public:
    enum class State
    {
        Unknown, ///< nobody asked yet
        Loading,
        Ready,
        Absent, ///< the run has no such result (yet)
        Failed
    };
    /// What resultChanged() says when the full record of a run arrived.
    static constexpr std::string_view recordKind = "record";

    /// Both outlive the library.
    RunLibrary(Project &project, JobHub &hub, QObject *parent = nullptr);
    /// Deletes what is hidden: who deleted and closed the window at once meant it.
    ~RunLibrary() override;

    /// The result, if it is known; else null, and it is asked for: resultChanged() follows. While a
    /// job works on the run, its partial results come this way too.
    ResultPtr result(const QString &runId, std::string_view kind, const QString &name = {});
    template <typename T>
    std::shared_ptr<const T> resultOf(const QString &runId, const QString &name = {})
    {
        return resultAs<T>(result(runId, T::kind, name));
    }
    State stateOf(const QString &runId, std::string_view kind, const QString &name = {}) const;
    /// Why reading failed, in the user's language.
    QString problem(const QString &runId, std::string_view kind, const QString &name = {}) const;

    /// The run's row of the list; with recipe, request and environment once they were read, for
    /// which the first call asks. Nothing for an unknown run.
    std::optional<store::RunRecord> record(const QString &runId);
    /// The newest run of a kind on the open model that is complete, or at work and has measured
    /// something. Only where there is none: one at work, else the newest that stopped after some
    /// blocks, else before its first. Empty: none.
    QString newestRun(std::string_view kind);
    /// The newest complete one; empty: none.
    QString newestCompleteRun(std::string_view kind) const;
    /// Whether something was measured that a view of such runs can show, as far as it is known;
    /// what is not known yet is asked for.
    bool hasFindings(const QString &runId, std::string_view kind);

    /// The first run is the reference. Of several requests the newest is answered.
    void requestComparison(const QStringList &ids);
    void requestReport(const QStringList &ids);
    /// Writes a file by the reporter `format`, with the parts that are switched on.
    void writeReport(const QStringList &ids, const QString &format, const QString &path,
                     const ReportSections &sections = {});

    /// Small edits of the store; Project::runsChanged() follows, and editFailed() where it fails.
    void renameRun(const QString &runId, const QString &name);
    void deleteRun(const QString &runId);
    /// The same once it can no longer be taken back.
    RunDeletion &deletion() { return m_deletion; }

Q_SIGNALS:
    void resultChanged(const QString &runId, const QString &kind);
    /// `problem` is empty where `comparison` is not null.
    void comparisonReady(const QStringList &ids,
                         const std::shared_ptr<const bitprism::Comparison> &comparison,
                         const QString &problem);
    void reportReady(const QStringList &ids,
                     const std::shared_ptr<const bitprism::ReportModel> &report,
                     const QString &problem);
    void reportWritten(const QString &path, qint64 bytes, const QString &problem);
    void editFailed(const QString &problem);

private:
    using Key = std::tuple<QString, QString, QString>; // run, kind, name
    struct Entry
    {
        State state = State::Unknown;
        ResultPtr value;
        QString problem;
        quint64 lastUse = 0;
    };
    static QString problemText(const ErrorPtr &problem); ///< empty: none
    const Entry *find(const Key &key) const;
    void load(const Key &key);
    void take(const Key &key, const Answer<ResultPtr> &answer);
    void takeLive(const QString &runId, const ResultPtr &result);
    void takeProject();
    void takeRuns();
    void forgetRun(const QString &runId);
    void loadRecord(const QString &runId);
    /// `failed` is called where it fails.
    void edit(std::function<void(store::ExperimentStore &)> change,
              std::function<void()> failed = {});
    void limitEntries();

    Project &m_project;
    RunDeletion m_deletion;
    Latest<std::shared_ptr<const Comparison>> m_comparing;
    Latest<std::shared_ptr<const ReportModel>> m_reporting;
    QStringList m_comparedIds; ///< of the newest request
    QStringList m_reportedIds;
    std::map<Key, Entry> m_entries;
    std::map<QString, store::RunRecord> m_records; ///< full ones
    RunListPtr m_runs; ///< the list as it was last seen
    quint64 m_useCount = 0;
    quint64 m_generation = 0; ///< of the open store; answers of an earlier one are dropped
};

} // namespace bitprism
