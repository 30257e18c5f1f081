// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/estimate_question.h"

namespace bitprism {

namespace {

constexpr int restMilliseconds = 400;

} // namespace

EstimateQuestion::EstimateQuestion(JobHub &hub, QString asker,
                                   std::function<std::optional<JobRequest>()> request,
                                   QObject *parent)
    : QObject(parent)
    , m_hub(hub)
    , m_asker(std::move(asker))
    , m_request(std::move(request))
{
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMilliseconds);
    connect(&m_rest, &QTimer::timeout, this, &EstimateQuestion::ask);
    connect(&hub, &JobHub::readyChanged, this, &EstimateQuestion::renew);
    connect(&hub, &JobHub::estimateChanged, this, &EstimateQuestion::follow);
    connect(&hub, &JobHub::jobFinished, this, [this] {
        if (!answer().problem.isEmpty()) { // the cause may be gone
            renew();
        }
    });
}

void EstimateQuestion::renew() { m_rest.start(); }

HubEstimate EstimateQuestion::answer() const
{
    const std::optional<JobRequest> request = m_request();
    return request ? m_hub.estimateOf(*request) : HubEstimate();
}

bool EstimateQuestion::isSettled() const
{
    if (!m_hub.isReady()) {
        return true;
    }
    const std::optional<JobRequest> request = m_request();
    const HubEstimate known = request ? m_hub.estimateOf(*request) : HubEstimate();
    const bool isKnown = !request || known.value || !known.problem.isEmpty();
    return isKnown && !known.isPending && !m_rest.isActive();
}

void EstimateQuestion::follow()
{
    const HubEstimate now = answer();
    const bool isLost = !now.value && now.problem.isEmpty() && !now.isPending;
    if (isLost && !m_rest.isActive()) { // its request changed unsaid, or its job was cancelled
        renew();
    }
    Q_EMIT changed();
}

void EstimateQuestion::ask()
{
    if (const std::optional<JobRequest> request = m_request()) {
        m_hub.requestEstimate(m_asker, *request);
    }
}

} // namespace bitprism
