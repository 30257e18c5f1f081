// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QObject>
#include <QPointer>
#include <QThread>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace bitprism {

using ErrorPtr = std::shared_ptr<const Error>;

/// What a task came to: its value, or the error that stopped it.
template <typename T> struct Answer
{
    std::optional<T> value;
    ErrorPtr problem; ///< null: none
};

/// Runs `action`; what it throws becomes a value, because nobody catches beyond a worker's event
/// loop. Null: nothing was thrown.
ErrorPtr errorOf(const std::function<void()> &action);

/// The part of a Worker that lives on its thread.
class TaskRunner : public QObject
{
    Q_OBJECT

public:
    using Task = std::function<std::shared_ptr<void>()>;
    using QObject::QObject;

public Q_SLOTS:
    void run(quint64 ticket, const bitprism::TaskRunner::Task &task);

Q_SIGNALS:
    void done(quint64 ticket, const std::shared_ptr<void> &value,
              const bitprism::ErrorPtr &problem);
};

/// One thread of the window beside the GUI's: tasks in order, answers in the GUI thread. A task
/// holds values only, never a GUI object; who uses the answer stays in the GUI thread.
class Worker : public QObject
{
    Q_OBJECT

public:
    explicit Worker(const QString &threadName, QObject *parent = nullptr);
    /// What becomes of a task that has not begun when its worker ends.
    enum class AtEnd
    {
        Dropped,
        Done ///< it changes something that the user was told of
    };

    /// Waits for the task in progress and those that must be done; no answer comes any more.
    ~Worker() override;

    /// `use` is called in the GUI thread with what `task` gave, unless `receiver` is gone by then.
    template <typename T>
    void ask(const QObject *receiver, std::function<T()> task,
             std::function<void(const Answer<T> &)> use, AtEnd atEnd = AtEnd::Dropped)
    {
        post([task = std::move(task)] { return std::make_shared<T>(task()); }, receiver,
             [use = std::move(use)](const std::shared_ptr<void> &value, const ErrorPtr &problem) {
                 Answer<T> answer;
                 answer.problem = problem;
                 if (value) {
                     answer.value = std::move(*std::static_pointer_cast<T>(value));
                 }
                 use(answer);
             },
             atEnd);
    }

Q_SIGNALS:
    void posted(quint64 ticket, const bitprism::TaskRunner::Task &task);

private:
    using Use = std::function<void(const std::shared_ptr<void> &, const ErrorPtr &)>;
    struct Asked
    {
        QPointer<const QObject> receiver;
        Use use;
    };

    void post(TaskRunner::Task task, const QObject *receiver, Use use, AtEnd atEnd);
    void take(quint64 ticket, const std::shared_ptr<void> &value, const ErrorPtr &problem);

    QThread m_thread;
    TaskRunner *m_runner; ///< the thread's, which deletes it
    std::shared_ptr<std::atomic<bool>> m_isClosing;
    quint64 m_lastTicket = 0;
    std::map<quint64, Asked> m_asked;
};

/// A request for the newest state (a drag, a hover, a filter): of several only the last is
/// answered, the others are skipped where they have not begun and dropped where they have.
template <typename T> class Latest
{
public:
    Latest(Worker &worker, const QObject *receiver, std::function<void(const Answer<T> &)> use)
        : m_worker(worker)
        , m_receiver(receiver)
        , m_use(std::make_shared<std::function<void(const Answer<T> &)>>(std::move(use)))
    {
    }

    void ask(std::function<T()> task)
    {
        const quint64 mine = ++*m_newest;
        m_worker.ask<std::optional<T>>(
            m_receiver,
            [newest = m_newest, mine, task = std::move(task)]() -> std::optional<T> {
                return *newest == mine ? std::optional<T>(task()) : std::nullopt;
            },
            [newest = m_newest, mine, use = m_use](const Answer<std::optional<T>> &answer) {
                if (*newest != mine) {
                    return;
                }
                (*use)({answer.value ? *answer.value : std::nullopt, answer.problem});
            });
    }
    /// What is under way is not answered any more.
    void forget() { ++*m_newest; }

private:
    Worker &m_worker;
    const QObject *m_receiver;
    std::shared_ptr<std::function<void(const Answer<T> &)>> m_use;
    std::shared_ptr<std::atomic<quint64>> m_newest = std::make_shared<std::atomic<quint64>>(0);
};

} // namespace bitprism
