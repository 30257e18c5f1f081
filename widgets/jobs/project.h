// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project_reader.h"

#include <QObject>
#include <QString>
#include <QThread>

namespace bitprism {

/// The open model and the runs of the open store, as every view sees them. Reading happens on a
/// thread of its own; of several requests only the newest is answered.
class Project : public QObject
{
    Q_OBJECT

public:
    enum class State
    {
        Empty, ///< nothing was asked for, or the store holds no run
        Loading,
        Ready,
        Failed
    };

    explicit Project(QObject *parent = nullptr);
    ~Project() override;

    /// Asks for a model or a store; `target` as in ProjectReader::read(). An empty `storePath`
    /// keeps the store that is open.
    void open(const QString &target, const QString &storePath = {});

    State state() const { return m_state; }
    /// What was asked for last.
    const QString &target() const { return m_target; }
    /// Never null while Ready.
    const ModelInfoPtr &model() const { return m_contents.model; }
    /// Null: no store is open.
    const RunListPtr &runs() const { return m_contents.runs; }
    const QString &storePath() const { return m_contents.storePath; }
    /// In the user's language; empty: none.
    QString modelProblem() const;
    QString storeProblem() const;

Q_SIGNALS:
    /// State, model or runs changed.
    void changed();
    void readRequested(quint64 ticket, const QString &target, const QString &storePath);

private:
    void take(quint64 ticket, const ProjectContents &contents);

    QThread m_thread;
    quint64 m_ticket = 0;
    State m_state = State::Empty;
    QString m_target;
    QString m_storePath;
    ProjectContents m_contents;
};

} // namespace bitprism
