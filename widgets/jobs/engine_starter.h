// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "widgets/jobs/worker.h"

#include <QObject>
#include <QThread>

namespace bitprism {

/// Lives on the worker thread of EngineStarter.
class EngineLoadWorker : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

public Q_SLOTS:
    void load();

Q_SIGNALS:
    /// `engine` is null where loading failed, `problem` where it did not.
    void loaded(bitprism::Engine *engine, const bitprism::ErrorPtr &problem);
};

/// Loads the engine, and with it LibTorch, after the window stands: linked directly it would delay
/// the first paint by a second.
class EngineStarter : public QObject
{
    Q_OBJECT

public:
    enum class State
    {
        Waiting, ///< start() was not called
        Loading,
        Ready,
        Failed
    };

    explicit EngineStarter(QObject *parent = nullptr);
    ~EngineStarter() override;

    /// Later calls do nothing.
    void start();

    State state() const { return m_state; }
    /// Null until Ready; lives as long as the process.
    Engine *engine() const { return m_engine; }
    /// In the user's language; empty unless Failed.
    QString problem() const;

Q_SIGNALS:
    void stateChanged();
    void loadRequested();

private:
    void take(Engine *engine, const ErrorPtr &problem);

    QThread m_thread;
    State m_state = State::Waiting;
    Engine *m_engine = nullptr;
    ErrorPtr m_problem;
};

} // namespace bitprism
