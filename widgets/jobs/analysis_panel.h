// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/state_panel.h"
#include "widgets/shared/view.h"

#include <functional>

namespace bitprism {

class MeasureButton;
struct HubJob;

/// What a view of an analysis shows while there is nothing of it: what it would show, what is
/// missing, and the button that brings it: a model, calibration data, or the measurement with its
/// time.
class AnalysisPanel : public StatePanel
{
    Q_OBJECT

public:
    /// `start` measures, and knows how long it takes.
    AnalysisPanel(const ViewContext &context, MeasureButton &start, QWidget *parent);

    /// `purpose` says what the view shows, `how` what the measurement does and `verb` what its
    /// button says.
    void showMissing(const QString &purpose, const QString &how, const QString &verb);
    /// Instead, the error of the last attempt, which `retry` makes once more.
    void showFailed(const QString &purpose, const QString &failure, std::function<void()> retry);
    /// Of a job of the hub's, which is tried again as it was; where another measurement would be
    /// started by now, as with other data, `verb` is on a button for that, too.
    void showFailed(const QString &purpose, const HubJob &failed, const QString &verb);

Q_SIGNALS:
    void openModelRequested();
    void started();

private:
    /// There is no model: shows why; else false.
    bool showNoModel(const QString &purpose);
    void showTrouble(const QString &purpose, const QString &failure, const QString &action);
    /// What a button does, and how long it takes.
    QString timed(const QString &verb) const;
    void act();
    void tryAgain();

    ViewContext m_context;
    MeasureButton &m_start;
    std::function<void()> m_retry;
};

} // namespace bitprism
