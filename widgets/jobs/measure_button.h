// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "widgets/shared/view.h"

#include <QWidget>

#include <functional>
#include <optional>

class QLabel;
class QPushButton;

namespace bitprism {

class EstimateQuestion;

/// A button that starts an analysis, with how long it will take beside it. Grey, with the reason as
/// its tooltip, while something is missing.
class MeasureButton : public QWidget
{
    Q_OBJECT

public:
    using Request = std::function<std::optional<JobRequest>()>;

    /// `asker` names the button among those that ask for estimates; `request` makes what a click
    /// submits under `title`, or nothing while that is not known. Estimates are asked for while
    /// `view` is seen, which also owns it.
    MeasureButton(ViewContext &context, QString asker, QString title, Request request,
                  QWidget *view);

    /// What stands on it, and a sentence on what it will measure.
    void setText(const QString &text, const QString &explanation = {});
    /// Shows the estimate as it is known, and asks for it where it is not.
    void refresh();
    void start();
    /// What a click would submit; nothing while something is missing.
    std::optional<JobRequest> request() const;
    QPushButton &button() { return *m_button; }
    QString note() const;

Q_SIGNALS:
    void noteChanged();
    /// A click submitted this job of the hub's.
    void started(quint64 job);

protected:
    void showEvent(QShowEvent *event) override;

private:
    ViewContext &m_context;
    QWidget *m_view;
    QString m_title;
    Request m_request;
    QString m_explanation;
    EstimateQuestion *m_question;
    QPushButton *m_button;
    QLabel *m_note;
};

} // namespace bitprism
