// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "widgets/jobs/worker.h"

#include <QObject>

#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace bitprism {

/// What jobs say, on its way from the engine's threads to the window: values, kept until the window
/// takes them. Of several partial results of one kind and resultName() that wait, only the newest
/// is kept. Belongs
/// to no thread; listeners share it, so it may outlive the window.
class JobMailbox : public QObject
{
    Q_OBJECT

public:
    struct Started
    {
        std::string runId;
    };
    struct Logged
    {
        std::string line;
    };
    struct Finished
    {
        JobState state = JobState::Finished;
        ErrorPtr problem;
    };
    struct Letter
    {
        quint64 job = 0;
        std::variant<Started, ResultPtr, Logged, Finished> content;
    };

    JobMailbox();

    /// From any thread.
    void post(Letter letter);
    /// Everything that came since, in order.
    std::vector<Letter> take();

Q_SIGNALS:
    /// Something lies in the empty box; said once until it is taken.
    void arrived();

private:
    bool replaceResult(const Letter &letter);

    std::mutex m_mutex;
    std::vector<Letter> m_letters;
};

/// The engine's listener for job number `job` of the window's list.
std::shared_ptr<JobListener> mailboxListener(std::shared_ptr<JobMailbox> mailbox, quint64 job);

} // namespace bitprism
