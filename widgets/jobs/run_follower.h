// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/view.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <string_view>

namespace bitprism {

/// The run of a kind that is shown: the one chosen last, else what was measured last in this
/// session as soon as it has figures, also where it was stopped, else the library's newestRun().
/// Empty: none.
QString shownRun(const ViewContext &context, std::string_view kind);

/// The run of a kind that other things are shown beside, or reckoned from: the one chosen last, else
/// the newest complete one, which stays until the next is complete. One at work counts only where
/// there is no complete one. Empty: none.
QString settledRun(const ViewContext &context, std::string_view kind);

/// The runs of a kind on the open model that are at work, here or in another process; the newest
/// first.
QStringList workingRuns(const ViewContext &context, std::string_view kind);

/// Whether a newer measurement of the kind than `shown` waits, is at work, ended before it had
/// figures, or was stopped in an earlier session: what a view shows is of an earlier run then, and it has to say so.
bool isEarlierRun(const ViewContext &context, std::string_view kind, const QString &shown);

/// What the line above a view of the kind tells of, the most urgent first: what is at work; the
/// newer one that ended before it had figures, or in an earlier session; the run that is shown.
QStringList toldRuns(const ViewContext &context, std::string_view kind, const QString &shown);

/// What every view of one kind of analysis has to follow: which run it shows, and when that, or
/// what is known of it, may have changed.
class RunFollower : public QObject
{
    Q_OBJECT

public:
    /// Where no run of the kind is chosen.
    enum class Otherwise
    {
        Newest, ///< as shownRun() says
        KeptComplete ///< the one that was shown, while there is one; a complete one if there is any
    };

    RunFollower(const ViewContext &context, std::string_view kind, Otherwise otherwise,
                QObject *parent);

    /// Looks again which run is to be shown. True if it is another one.
    bool choose();
    /// The run that is shown; empty: none.
    const QString &run() const { return m_run; }
    /// What people call it: its name, or its id where it has none.
    QString name() const;
    /// isEarlierRun() of the run that is shown, as of the last choose().
    bool isEarlier() const { return m_isEarlier; }
    /// `context` says what is shown; of an earlier run also when that was made.
    QString sourceText(const QString &context) const;
    /// How far what the line above tells of is: `measured` ("3 of 42 layers measured"; empty: no
    /// figure yet), and that the earlier run is shown while the newer is at work.
    QString progressText(const QString &measured) const;
    /// A newer run than the one that is shown waits or works.
    bool isNewerUnderWay() const;
    /// `job` measures what is shown again: its run is shown once it has figures, also where the
    /// old one was chosen.
    void followRepeat(quint64 job);

Q_SIGNALS:
    /// The model, its runs, its data, a result of the kind or of the run, or a job.
    void changed();

private:
    QString wanted() const;
    void takeRepeat();

    ViewContext m_context;
    std::string_view m_kind;
    Otherwise m_otherwise;
    QString m_run;
    bool m_isEarlier = false;
    quint64 m_repeat = 0; ///< the job that measures again, until it has figures; 0: none
    QString m_repeated; ///< the run that was shown when it was asked for
};

} // namespace bitprism
