// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/project.h"

#include "widgets/shared/text.h"

namespace bitprism {

Project::Project(QObject *parent)
    : QObject(parent)
{
    auto *reader = new ProjectReader;
    reader->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, reader, &QObject::deleteLater);
    connect(this, &Project::readRequested, reader, &ProjectReader::readProject);
    connect(reader, &ProjectReader::projectRead, this, &Project::take);
    m_thread.setObjectName("project-reader");
    m_thread.start();
}

Project::~Project()
{
    m_thread.quit();
    m_thread.wait();
}

void Project::open(const QString &target, const QString &storePath)
{
    m_target = target;
    if (!storePath.isEmpty()) {
        m_storePath = storePath;
    }
    m_state = State::Loading;
    m_contents.model.reset();
    Q_EMIT changed();
    Q_EMIT readRequested(++m_ticket, m_target, m_storePath);
}

QString Project::modelProblem() const
{
    return m_contents.modelProblem ? errorText(*m_contents.modelProblem) : QString();
}

QString Project::storeProblem() const
{
    return m_contents.storeProblem ? errorText(*m_contents.storeProblem) : QString();
}

void Project::take(quint64 ticket, const ProjectContents &contents)
{
    if (ticket != m_ticket) {
        return; // something else was asked for meanwhile
    }
    m_contents = contents;
    if (m_contents.model) {
        m_state = State::Ready;
    } else {
        m_state = m_contents.modelProblem ? State::Failed : State::Empty;
    }
    if (!m_contents.storePath.isEmpty()) {
        m_storePath = m_contents.storePath;
    }
    Q_EMIT changed();
}

} // namespace bitprism
