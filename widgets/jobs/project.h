// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project_reader.h"
#include "widgets/jobs/store_connection.h"
#include "widgets/jobs/worker.h"

#include <QObject>
#include <QSet>
#include <QString>
#include <QTimer>

#include <optional>
#include <string_view>
#include <unordered_map>

namespace bitprism {

/// The open model and the runs of the open store, as every view sees them. Reading happens on the
/// store thread; of several requests only the newest is answered.
class Project : public QObject
{
    Q_OBJECT

public:
    enum class State
    {
        Empty, ///< nothing was asked for, or the store holds no run
        Loading,
        Ready,
        Failed
    };

    explicit Project(QObject *parent = nullptr);

    /// Asks for a model or a store; `target` as in ProjectReader::read(). An empty `storePath`
    /// keeps the store that is open. What cannot be read leaves a model that is open as it is:
    /// openFailed() says why.
    void open(const QString &target, const QString &storePath = {});
    /// Reads the list of runs anew; runsChanged() follows if it differs.
    void refreshRuns();

    State state() const { return m_state; }
    /// What was asked for last.
    const QString &target() const { return m_target; }
    /// Never null while Ready.
    const ModelInfoPtr &model() const { return m_contents.model; }
    /// False: the checkpoint of a stored project lies elsewhere now.
    bool isModelPresent() const { return m_contents.isModelPresent; }
    /// Which runs are of this model: RunRecord::modelHash. Empty while there is none.
    const std::string &modelHash() const { return m_contents.modelHash; }
    /// Null: no store is open. Without those that are hidden.
    const RunListPtr &runs() const { return m_shownRuns; }
    /// Runs that no view shows any more, nor findRun() finds: the user deleted them, and can still
    /// bring them back. runsChanged() follows.
    void setHiddenRuns(const QSet<QString> &ids);
    /// Without those that are gone from the store.
    const QSet<QString> &hiddenRuns() const { return m_hiddenRuns; }
    /// Null for an unknown id; valid until the next runsChanged().
    const store::RunRecord *findRun(const QString &id) const;
    const QString &storePath() const { return m_contents.storePath; }
    /// Where new runs go: the open store, or the user's own, which the first run makes.
    QString writableStorePath() const;
    /// In the user's language; empty: none.
    QString modelProblem() const;
    QString storeProblem() const;

    /// Text (or other data) that analyses of the open model calibrate and measure on; the sample's
    /// own to begin with, and what the user chose last for this model. Empty: none known.
    const QString &calibrationFile() const { return m_contents.calibrationFile; }
    const QString &evaluationFile() const { return m_contents.evaluationFile; }
    void setDataFiles(const QString &calibration, const QString &evaluation);
    /// As the model's newest finished run, or as the user set it since; dataFilesChanged() follows.
    const UsualEvaluation &usualEvaluation() const { return m_contents.usualEvaluation; }
    void setUsualEvaluation(const UsualEvaluation &usual);

    /// The window's two workers: queries on the open store, and short computations whose newest
    /// request wins.
    Worker &storeThread() { return m_storeThread; }
    Worker &interactiveThread() { return m_interactiveThread; }
    /// For tasks on the store thread.
    const std::shared_ptr<StoreConnection> &connection() const { return m_connection; }

Q_SIGNALS:
    /// State, model or store changed; the runs too.
    void changed();
    /// The list of runs changed, by itself or after changed().
    void runsChanged();
    void dataFilesChanged();
    /// The open store cannot be read any more; empty: it can again. What was read stays.
    void storeTroubled(const QString &problem);
    /// `target` could not be read, and the model that was open before is there again.
    void openFailed(const QString &target, const QString &problem);

private:
    /// What is open, to go back to.
    struct Opened
    {
        QString target;
        QString storePath;
        ProjectContents contents;
    };

    void takeRead(ProjectContents contents);
    void take(const ProjectContents &contents);
    void takeRuns(const RunListPtr &runs);
    void forgetGoneRuns();
    void showRuns();
    void takeTrouble(const ErrorPtr &problem);
    void readFurtherRuns();
    void watchStore();

    std::shared_ptr<StoreConnection> m_connection = std::make_shared<StoreConnection>();
    Worker m_storeThread{"store"};
    Worker m_interactiveThread{"interactive"};
    mutable std::unordered_map<std::string_view, const store::RunRecord *> m_runsById; ///< or empty
    Latest<ProjectContents> m_reading;
    Latest<RunListPtr> m_listing;
    Latest<QString> m_watching;
    QTimer m_watchTimer;
    QString m_trouble; ///< with the open store; empty: none
    QString m_stamp; ///< size and time of the store's files when they were looked at last
    State m_state = State::Empty;
    QString m_target;
    QString m_storePath;
    ProjectContents m_contents;
    RunListPtr m_shownRuns; ///< of the contents, those that are not hidden
    QSet<QString> m_hiddenRuns;
    std::optional<Opened> m_before; ///< while another is read
};

} // namespace bitprism
