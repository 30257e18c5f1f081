// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/state_banner.h"
#include "widgets/shared/view.h"

#include <QString>
#include <QStringList>

namespace bitprism {

struct HubJob;
namespace store {
struct RunRecord;
}

/// What is not complete about the runs that a view shows: at work (with Cancel), stopped (with
/// Resume), failed (with Retry and Copy). Follows the jobs by itself; hidden where all are
/// finished, but for those that it told of before: it says so then, and nothing jumps.
class RunsBanner : public StateBanner
{
    Q_OBJECT

public:
    RunsBanner(ViewContext &context, QWidget *parent = nullptr);

    /// Of several unfinished runs the first is told. `kind` names the jobs that count while no run
    /// is known yet: one that waits has none.
    void setRuns(const QStringList &ids, const QString &kind = {});
    /// How far the first of the runs has come, at work or stopped, in the view's own words: "12 of
    /// 42 layers measured". Empty: in blocks.
    void setProgressText(const QString &text);
    /// What is still being read; empty: nothing.
    void setReading(const QString &sentence);
    /// A problem of the view's own, which has no retry; empty: none.
    void setProblem(const QString &sentence);

private:
    enum class Action
    {
        None,
        Cancel,
        Retry,
        Resume
    };

    void follow(quint64 job);
    void refresh();
    bool showJob(const HubJob &job, const QString &name);
    bool showRun(const store::RunRecord &run);
    bool showDone();
    void act();

    ViewContext &m_context;
    QStringList m_ids;
    QString m_kind;
    QString m_progressText;
    QString m_reading;
    QString m_problem;
    QString m_told; ///< the run that was at work when it was told of last
    Action m_next = Action::None;
    quint64 m_job = 0; ///< that the action is about
    QString m_run;
};

} // namespace bitprism
