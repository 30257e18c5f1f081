// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QVariant>

#include <map>

namespace bitprism {

/// What the user looks at, shared by all views: choose it anywhere, and every view follows.
class Selection : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Name as in the checkpoint; empty: none.
    const QString &layer() const { return m_layer; }
    void setLayer(const QString &layer);

    /// Id of the run whose results the views show; empty: each view takes the newest that fits.
    const QString &run() const { return m_run; }
    /// An empty id takes all choices back.
    void setRun(const QString &runId);

    /// All that were chosen, the newest choice last: a view that shows another kind of runs than
    /// the newest keeps to the last one of its own.
    const QStringList &chosenRuns() const { return m_chosenRuns; }
    /// Takes these choices back.
    void releaseRuns(const QStringList &ids);

    /// Ids of the runs that are compared and reported; the first is the reference.
    const QStringList &compared() const { return m_compared; }
    void setCompared(const QStringList &ids);

    /// What a view wants to find again when the window is made anew (in another language), by a
    /// name of its own: "tokens.tab". It lives as long as the project is open.
    void keep(const QString &name, const QVariant &value) { m_kept[name] = value; }
    QVariant kept(const QString &name) const;

Q_SIGNALS:
    void layerChanged(const QString &layer);
    void runChanged(const QString &runId);
    void comparedChanged(const QStringList &ids);

private:
    QString m_layer;
    QString m_run;
    QStringList m_chosenRuns;
    QStringList m_compared;
    std::map<QString, QVariant> m_kept;
};

} // namespace bitprism
