// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/job_mailbox.h"

#include "core/results/result_name.h"

namespace bitprism {

namespace {

constexpr std::size_t mostLetters = 10000; // log lines beyond are dropped: nobody reads them

class MailboxListener final : public JobListener
{
public:
    MailboxListener(std::shared_ptr<JobMailbox> mailbox, quint64 job)
        : m_mailbox(std::move(mailbox))
        , m_job(job)
    {
    }

    void started(JobId, const std::string &runId) override
    {
        m_mailbox->post({m_job, JobMailbox::Started{runId}});
    }
    void result(JobId, ResultPtr result) override { m_mailbox->post({m_job, std::move(result)}); }
    void log(JobId, const std::string &line) override
    {
        m_mailbox->post({m_job, JobMailbox::Logged{line}});
    }
    void finished(JobId, JobState state, const JobFailure *failure) override
    {
        ErrorPtr problem;
        if (failure != nullptr) {
            problem = std::make_shared<Error>(failure->code, failure->message, failure->arguments);
        }
        m_mailbox->post({m_job, JobMailbox::Finished{state, problem}});
    }

private:
    std::shared_ptr<JobMailbox> m_mailbox;
    quint64 m_job;
};

} // namespace

JobMailbox::JobMailbox()
{
    moveToThread(nullptr); // the last owner may be a thread of the engine
}

void JobMailbox::post(Letter letter)
{
    bool isFirst = false;
    {
        const std::scoped_lock lock(m_mutex);
        const bool isSurplus
            = std::holds_alternative<Logged>(letter.content) && m_letters.size() >= mostLetters;
        if (!isSurplus && !replaceResult(letter)) {
            isFirst = m_letters.empty();
            m_letters.push_back(std::move(letter));
        }
    }
    if (isFirst) {
        Q_EMIT arrived();
    }
}

bool JobMailbox::replaceResult(const Letter &letter)
{
    const auto *result = std::get_if<ResultPtr>(&letter.content);
    if (result == nullptr) {
        return false;
    }
    for (Letter &waiting : m_letters) {
        auto *earlier = std::get_if<ResultPtr>(&waiting.content);
        if (earlier != nullptr && waiting.job == letter.job
            && (*earlier)->resultKind() == (*result)->resultKind()
            && resultName(**earlier) == resultName(**result)) {
            *earlier = *result; // a partial result carries everything before it
            return true;
        }
    }
    return false;
}

std::vector<JobMailbox::Letter> JobMailbox::take()
{
    std::vector<Letter> letters;
    const std::scoped_lock lock(m_mutex);
    letters.swap(m_letters);
    return letters;
}

std::shared_ptr<JobListener> mailboxListener(std::shared_ptr<JobMailbox> mailbox, quint64 job)
{
    return std::make_shared<MailboxListener>(std::move(mailbox), job);
}

} // namespace bitprism
