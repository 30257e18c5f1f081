// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/job_hub.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <optional>

namespace bitprism {

/// What stands beside whatever starts a job: "about 40 s", "estimating...", "estimate follows"
/// (after the job at work) or "no estimate"; empty: it takes no time, or nobody asked.
QString estimateNote(const HubEstimate &estimate);
/// The same in a sentence for a tooltip, where there is no estimate: why, or that what is started
/// now is estimated before it begins. A job can always be put into the queue. Empty: it is known.
QString estimateHint(const HubEstimate &estimate);

/// What one form or button wants to know of a job before it starts: how long it will take and what
/// it needs. The question is put again whenever it was lost on its way, so that nobody who shows
/// the answer can wait for one that never comes.
class EstimateQuestion : public QObject
{
    Q_OBJECT

public:
    /// `asker` names the form or button. `request` says what is asked for now; nothing while there
    /// is nothing to ask. `hub` outlives the question.
    EstimateQuestion(JobHub &hub, QString asker, std::function<std::optional<JobRequest>()> request,
                     QObject *parent);

    /// What is asked for may be another now: asks after a short rest, so that a form that is being
    /// typed into asks once.
    void renew();
    /// As far as it is known; nothing known and nothing pending while there is nothing to ask.
    HubEstimate answer() const;
    /// Nothing more will be said, unless what is asked for changes.
    bool isSettled() const;

Q_SIGNALS:
    void changed();

private:
    /// Nothing: there is nothing to ask.
    std::optional<HubEstimate> known() const;
    void follow();
    void ask();

    JobHub &m_hub;
    QString m_asker;
    std::function<std::optional<JobRequest>()> m_request;
    QTimer m_rest;
};

} // namespace bitprism
