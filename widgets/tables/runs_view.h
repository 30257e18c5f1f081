// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/jobs/project.h"
#include "widgets/shared/view.h"

#include <QStringList>

class QStackedLayout;

namespace bitprism {

class RunChooser;
class RunsBanner;
class StatePanel;

/// A view of several chosen runs: who is chosen stands above the page, with what is not complete
/// about them; in place of the page stands why there is none. Subclasses say which runs they take
/// while the user chose too few, and ask for what they show of them.
class RunsView : public View
{
    Q_OBJECT

public:
    /// `chooserLabel` stands before the first run: "Reference". Subclasses call setPage() and
    /// refresh() at the end of their constructors.
    RunsView(ViewContext &context, const QString &chooserLabel, QWidget *parent);

    /// The runs that are shown; the first is the reference.
    const QStringList &ids() const { return m_ids; }

protected:
    ViewContext &context() { return m_context; }
    RunChooser &chooser() { return *m_chooser; }
    void setPage(QWidget *page);
    void refresh();
    void catchUp() override { refresh(); }

    /// How many runs the view needs; of fewer it says emptySentence().
    virtual int leastRuns() const = 0;
    virtual QStringList defaultRuns(const RunList &runs) const = 0;
    virtual QString emptySentence() const = 0;
    virtual QString readingSentence() const = 0;
    /// The runs are others than before: what was shown of them is of no use.
    virtual void forget() = 0;
    /// Asks for what is shown of the runs; showPage() or showFailure() follows.
    virtual void request() = 0;

    void showPage();
    void showFailure(const QString &problem);

private:
    void tryAgain();

    ViewContext m_context;
    QStackedLayout *m_layout;
    StatePanel *m_state;
    RunChooser *m_chooser;
    RunsBanner *m_banner;
    QStringList m_ids;
    bool m_hasPage = false;
};

} // namespace bitprism
