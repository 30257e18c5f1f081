// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/measure_button.h"

#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/estimate_question.h"
#include "widgets/jobs/project.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace bitprism {

MeasureButton::MeasureButton(ViewContext &context, QString asker, QString title, Request request,
                             QWidget *view)
    : QWidget(view)
    , m_context(context)
    , m_view(view)
    , m_title(std::move(title))
    , m_request(std::move(request))
    , m_question(new EstimateQuestion(
          *context.hub, std::move(asker),
          [this] {
              const bool isAsked
                  = m_view->isVisible() && missingForAnalysis(*m_context.project).isEmpty();
              return isAsked ? m_request() : std::nullopt;
          },
          this))
    , m_button(new QPushButton(this))
    , m_note(new QLabel(this))
{
    m_note->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_note);
    layout->addWidget(m_button);
    setFocusProxy(m_button);
    connect(m_button, &QPushButton::clicked, this, &MeasureButton::start);
    connect(m_question, &EstimateQuestion::changed, this, &MeasureButton::refresh);
}

void MeasureButton::setText(const QString &text, const QString &explanation)
{
    m_button->setText(text);
    m_explanation = explanation;
}

QString MeasureButton::note() const { return m_note->text(); }

void MeasureButton::refresh()
{
    const QString missing = missingForAnalysis(*m_context.project);
    const std::optional<JobRequest> request = missing.isEmpty() ? m_request() : std::nullopt;
    m_button->setEnabled(request.has_value());
    m_button->setToolTip(missing);
    QString note;
    if (request) {
        const HubEstimate estimate = m_context.hub->estimateOf(*request);
        if (!estimate.value && estimate.problem.isEmpty() && !estimate.isPending) {
            m_question->renew();
        }
        note = estimate.value && estimate.value->seconds > 0
            ? tr("about %1").arg(formatSeconds(estimate.value->seconds))
            : estimate.waitsForJob ? tr("estimate follows")
            : estimate.isPending   ? tr("estimating...")
                                   : QString();
        m_button->setToolTip(estimate.problem.isEmpty() ? m_explanation : estimate.problem);
    }
    if (note != m_note->text()) {
        m_note->setText(note);
        m_button->setAccessibleDescription(note);
        Q_EMIT noteChanged();
    }
}

void MeasureButton::start()
{
    if (missingForAnalysis(*m_context.project).isEmpty()) {
        if (const std::optional<JobRequest> request = m_request()) {
            m_context.hub->submit(*request, m_title);
        }
    }
}

void MeasureButton::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

} // namespace bitprism
