// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/estimate_question.h"

#include "widgets/shared/format.h"

namespace bitprism {

namespace {

constexpr int restMilliseconds = 400;

} // namespace

QString estimateNote(const HubEstimate &estimate)
{
    if (estimate.value) {
        return estimate.value->seconds > 0
            ? EstimateQuestion::tr("about %1").arg(formatSeconds(estimate.value->seconds))
            : QString();
    }
    return estimate.waitsForJob      ? EstimateQuestion::tr("estimate follows")
        : estimate.isPending         ? EstimateQuestion::tr("estimating...")
        : estimate.problem.isEmpty() ? QString()
                                     : EstimateQuestion::tr("no estimate");
}

QString estimateHint(const HubEstimate &estimate)
{
    if (estimate.value) {
        return {};
    }
    return !estimate.isPending ? estimate.problem
        : estimate.waitsForJob
        ? EstimateQuestion::tr("How long it will take is estimated after the job at work. What is "
                               "started now waits for that, and can be cancelled until then.")
        : EstimateQuestion::tr("How long it will take is being estimated. What is started now "
                               "begins after that, and can be cancelled until then.");
}

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

std::optional<HubEstimate> EstimateQuestion::known() const
{
    const std::optional<JobRequest> request = m_request();
    return request ? std::optional(m_hub.estimateOf(*request)) : std::nullopt;
}

HubEstimate EstimateQuestion::answer() const { return known().value_or(HubEstimate()); }

bool EstimateQuestion::isSettled() const
{
    if (!m_hub.isReady()) {
        return true;
    }
    const std::optional<HubEstimate> now = known();
    const bool isOpen = now && (now->isAbsent() || now->isPending);
    return !isOpen && !m_rest.isActive();
}

void EstimateQuestion::follow()
{
    const bool isLost = answer().isAbsent(); // its request changed unsaid, or its job was cancelled
    if (isLost && !m_rest.isActive()) {
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
