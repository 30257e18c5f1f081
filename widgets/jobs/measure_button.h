// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/engine.h"
#include "widgets/shared/view.h"

#include <QWidget>

#include <functional>

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
    /// `asker` names the button among those that ask for estimates; `request` makes what a click
    /// submits under `title`. Estimates are asked for while `view` is seen, which also owns it.
    MeasureButton(ViewContext &context, QString asker, QString title,
                  std::function<JobRequest()> request, QWidget *view);

    void setText(const QString &text);
    /// Shows the estimate as it is known, and asks for it where it is not.
    void refresh();
    void start();
    QPushButton &button() { return *m_button; }
    QString note() const;

Q_SIGNALS:
    void noteChanged();

protected:
    void showEvent(QShowEvent *event) override;

private:
    ViewContext &m_context;
    QWidget *m_view;
    QString m_title;
    std::function<JobRequest()> m_request;
    EstimateQuestion *m_question;
    QPushButton *m_button;
    QLabel *m_note;
};

} // namespace bitprism
