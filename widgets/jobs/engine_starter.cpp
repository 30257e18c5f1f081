// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/engine_starter.h"

#include "core/jobs/engine_loader.h"
#include "widgets/shared/text.h"

namespace bitprism {

void EngineLoadWorker::load()
{
    Engine *engine = nullptr;
    const ErrorPtr problem = errorOf([&] { engine = &loadEngine(ComputePriority::BelowWindow); });
    Q_EMIT loaded(engine, problem);
}

EngineStarter::EngineStarter(QObject *parent)
    : QObject(parent)
{
    auto *worker = new EngineLoadWorker;
    worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, worker, &QObject::deleteLater);
    connect(this, &EngineStarter::loadRequested, worker, &EngineLoadWorker::load);
    connect(worker, &EngineLoadWorker::loaded, this, &EngineStarter::take);
    m_thread.setObjectName("engine-loader");
    m_thread.start();
}

EngineStarter::~EngineStarter()
{
    m_thread.quit();
    m_thread.wait(); // loading cannot be interrupted; it takes two seconds at most
}

void EngineStarter::start()
{
    if (m_state != State::Waiting) {
        return;
    }
    m_state = State::Loading;
    Q_EMIT stateChanged();
    Q_EMIT loadRequested();
}

QString EngineStarter::problem() const { return m_problem ? errorText(*m_problem) : QString(); }

void EngineStarter::take(Engine *engine, const ErrorPtr &problem)
{
    m_engine = engine;
    m_problem = problem;
    m_state = engine == nullptr ? State::Failed : State::Ready;
    Q_EMIT stateChanged();
}

} // namespace bitprism
