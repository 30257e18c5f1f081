// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "core/results/run_summary.h"
#include "widgets/jobs/job_mailbox.h"
#include "widgets/jobs/time_left.h"

#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <QStringList>
#include <QTimer>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace bitprism {

class Project;

/// One job of the window: waiting, working or over.
struct HubJob
{
    quint64 id = 0;
    JobRequest request;
    QString kind; ///< of the work: for a resumed run the kind of the run
    QString title;
    QString runId; ///< in the store; empty: not known (yet), or nothing is kept
    JobState state = JobState::Queued;
    JobProgress progress;
    QString failure; ///< a sentence in the user's language; empty unless Failed
    std::shared_ptr<const Estimate> estimate; ///< null: not known
    QStringList log;
    bool isStopping = false; ///< its end was asked for while it worked; the engine comes to it
    bool isTimeEstimated = false; ///< the time left is by the estimate more than by the speed
    std::string ended; ///< UTC as in the store; empty: it waits or works

    bool isOver() const { return state != JobState::Queued && state != JobState::Running; }
};

/// What a request would need, told before it starts.
struct HubEstimate
{
    std::shared_ptr<const Estimate> value; ///< null: not known (yet)
    QString problem; ///< why it cannot run, in the user's language
    bool isPending = false;
    bool waitsForJob = false; ///< the engine comes to it once the job at work is over

    /// Nothing is known, and nothing will be: nobody has asked, or the question was lost.
    bool isAbsent() const { return !value && problem.isEmpty() && !isPending; }
};

/// The GUI thread's side of the engine: the queue of jobs, their progress and results. The engine
/// gets one job at a time, so that a waiting one can be estimated, and cancelled at once. Progress
/// is sampled ten times a second; results come at most ten times a second for each job and kind.
class JobHub : public QObject
{
    Q_OBJECT

public:
    /// `project` outlives the hub.
    explicit JobHub(Project &project, QObject *parent = nullptr);
    ~JobHub() override;

    /// The engine, once it is loaded; it lives as long as the process.
    void setEngine(Engine *engine);
    bool isReady() const { return m_engine != nullptr; }

    /// Puts a job at the end of the queue, also before the engine is ready.
    quint64 submit(const JobRequest &request, const QString &title);
    /// Unknown and finished jobs are ignored.
    void cancel(quint64 id);
    void cancelAll();
    /// A failed or cancelled job once more, in its place in the list; one that has a run goes on
    /// with it.
    void retry(quint64 id);
    /// Goes on with a stored run; does nothing while a job works on it.
    void resumeRun(const QString &runId);
    /// Takes what is over out of the list.
    void clearFinished();

    /// In the order they were submitted.
    QList<HubJob> jobs() const;
    /// The same without a copy: `look` is called with each, and changes nothing.
    template <typename Look> void lookAtJobs(Look look) const
    {
        for (const Entry &entry : m_entries) {
            look(entry.job);
        }
    }
    /// Null for an unknown one; pointers are valid until control returns to the event loop.
    const HubJob *find(quint64 id) const;
    /// The newest job that works or worked on the run.
    const HubJob *jobOfRun(const QString &runId) const;
    /// The one that was submitted, started, or asked to go on last.
    const HubJob *newestJob(std::string_view kind) const;
    /// How far the newest job that works or worked on the run has come, 0 to 1, when it ended
    /// (HubJob::ended), and the run of a kind that was worked on last; all also once such jobs were
    /// taken out of the list, of which the last two hundred are remembered. 0, or empty: there was
    /// none in this session.
    double shareOf(const QString &runId) const;
    std::string endOf(const QString &runId) const;
    QString newestRunOf(std::string_view kind) const;
    /// A job waits or works.
    bool isBusy() const;
    /// The engine is at a job, or at an estimate, which nobody need wait for.
    bool isWorking() const { return m_working != 0; }

    /// How long an estimate is taken as it is: the machine's load changes. An older one still shows
    /// while it is asked for again. For tests.
    void setEstimateLifetime(int milliseconds) { m_estimateLifetime = milliseconds; }
    /// What `request` would need, as far as it is known. Never asks.
    HubEstimate estimateOf(const JobRequest &request) const;
    /// Asks for it; estimateChanged() follows. An earlier question of the same `asker` (a form, a
    /// button) that has no answer yet is forgotten. Forms and buttons ask by an EstimateQuestion.
    void requestEstimate(const QString &asker, const JobRequest &request);

Q_SIGNALS:
    void readyChanged();
    void jobAdded(quint64 id);
    void jobChanged(quint64 id);
    /// It waits again, works or is over: the rarer part of jobChanged().
    void jobStateChanged(quint64 id);
    void jobRemoved(quint64 id);
    /// The last that is said of a job, after its last result.
    void jobFinished(quint64 id);
    /// `runId` is empty where nothing is kept.
    void resultReady(const QString &runId, const bitprism::ResultPtr &result);
    /// The same, for jobs that keep nothing.
    void jobResult(quint64 id, const bitprism::ResultPtr &result);
    void estimateChanged();

private:
    struct Entry
    {
        HubJob job;
        JobId engineJob = 0; ///< 0: not with the engine
        double resumesFrom = 0; ///< share that was done when it stopped; less never shows
        TimeLeft timeLeft; ///< of this execution
        bool isEstimated = false; ///< while it waited: it is not asked for again before it starts
        quint64 asked = 0; ///< when it came into the queue, and when it started, by a common count
        quint64 started = 0; ///< 0: never
    };
    /// What stays known of a job that was taken out of the list.
    struct Cleared
    {
        quint64 started = 0;
        QString kind;
        double share = 0;
        std::string ended;
    };
    struct Question
    {
        QString asker;
        JobRequest request;
        std::string key;
    };
    struct KnownEstimate
    {
        HubEstimate estimate;
        QElapsedTimer age; ///< invalid: no answer came yet
    };
    struct Waiting
    {
        QElapsedTimer sinceDelivery;
        ResultPtr result; ///< not delivered yet; null: none
    };

    static constexpr int sampleMilliseconds = 100; ///< of progress, and between results of one kind

    void pump();
    bool startQuestion();
    void startJob(Entry &entry);
    Entry *entry(quint64 id);
    Entry *nextQueued();
    void rememberCleared(const Entry &entry);
    void takeLetters();
    void takeQuestionLetter(const JobMailbox::Letter &letter);
    void takeAnswer(const JobMailbox::Finished &finished);
    void takeJobLetter(Entry &entry, const JobMailbox::Letter &letter);
    void takeProgress(Entry &entry, const JobProgress &now);
    void takeResult(Entry &entry, const ResultPtr &result);
    void deliver(Entry &entry, const ResultPtr &result);
    void deliverWaiting(quint64 id, bool all);
    void finish(Entry &entry, JobState state, const ErrorPtr &problem);
    void sample();
    void applyEstimate(const std::string &key, const std::shared_ptr<const Estimate> &value);
    bool canEstimate(const JobRequest &request) const;
    /// It was answered, and not too long ago.
    bool isFresh(const std::string &key) const;
    void forgetQuestion(const QString &asker);
    /// Takes the question that nobody asks any more back from the engine.
    void cancelUnwanted();

    Project &m_project;
    Engine *m_engine = nullptr;
    std::shared_ptr<JobMailbox> m_mailbox = std::make_shared<JobMailbox>();
    std::deque<Entry> m_entries;
    std::map<QString, Cleared> m_cleared; ///< by run
    quint64 m_lastId = 0;
    quint64 m_lastMove = 0; ///< of Entry::asked and started
    quint64 m_working = 0; ///< the job, or the question, that the engine has; 0: none
    std::deque<Question> m_questions; ///< one of each asker at most; it stays until it is answered
    std::optional<std::string> m_asked; ///< key of what the engine estimates now
    JobId m_askedJob = 0;
    std::map<std::string, KnownEstimate> m_estimates;
    int m_estimateLifetime = 60'000; ///< milliseconds
    std::map<std::pair<quint64, std::string>, Waiting> m_waiting;
    QTimer m_timer;
};

/// What equal estimates have in common: the request without name, experiment, store and run.
std::string estimateKey(const JobRequest &request);

} // namespace bitprism
