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

/// The runs of a kind on the open model that are at work, here or in another process; the newest
/// first.
QStringList workingRuns(const ViewContext &context, std::string_view kind);

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

Q_SIGNALS:
    /// The model, its runs, its data, a result of the kind or of the run, or a job.
    void changed();

private:
    QString wanted() const;

    ViewContext m_context;
    std::string_view m_kind;
    Otherwise m_otherwise;
    QString m_run;
};

} // namespace bitprism
