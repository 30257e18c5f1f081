// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/worker.h"

#include <string_view>

namespace bitprism {

ErrorPtr errorOf(const std::function<void()> &action)
{
    try {
        action();
    } catch (const Error &error) {
        return std::make_shared<Error>(error);
    } catch (const std::exception &problem) {
        return std::make_shared<Error>(ErrorCode::Internal,
                                       BITPRISM_TR("Error", "Something unexpected failed: %1."),
                                       std::string_view(problem.what()));
    }
    return nullptr;
}

void TaskRunner::run(quint64 ticket, const Task &task)
{
    std::shared_ptr<void> value;
    const ErrorPtr problem = errorOf([&] { value = task(); });
    Q_EMIT done(ticket, value, problem);
}

Worker::Worker(const QString &threadName, QObject *parent)
    : QObject(parent)
    , m_runner(new TaskRunner)
    , m_isClosing(std::make_shared<std::atomic<bool>>(false))
{
    m_runner->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_runner, &QObject::deleteLater);
    connect(this, &Worker::posted, m_runner, &TaskRunner::run);
    connect(m_runner, &TaskRunner::done, this, &Worker::take);
    m_thread.setObjectName(threadName);
    m_thread.start();
}

Worker::~Worker()
{
    *m_isClosing = true;
    // Behind all that was posted.
    QMetaObject::invokeMethod(
        m_runner, [this] { m_thread.quit(); }, Qt::QueuedConnection);
    m_thread.wait();
}

void Worker::post(TaskRunner::Task task, const QObject *receiver, Use use, AtEnd atEnd)
{
    const quint64 ticket = ++m_lastTicket;
    m_asked.emplace(ticket, Asked{receiver, std::move(use)});
    Q_EMIT posted(ticket, [task = std::move(task), isClosing = m_isClosing, atEnd] {
        const bool isDropped = *isClosing && atEnd == AtEnd::Dropped;
        return isDropped ? std::shared_ptr<void>() : task();
    });
}

void Worker::take(quint64 ticket, const std::shared_ptr<void> &value, const ErrorPtr &problem)
{
    auto asked = m_asked.extract(ticket);
    if (!asked.empty() && asked.mapped().receiver) {
        asked.mapped().use(value, problem);
    }
}

} // namespace bitprism
