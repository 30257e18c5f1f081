// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/measure_button.h"

#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/estimate_question.h"
#include "widgets/jobs/project.h"
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
          [this] { return m_view->isVisible() ? this->request() : std::nullopt; }, this))
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

std::optional<JobRequest> MeasureButton::request() const
{
    return missingForAnalysis(*m_context.project).isEmpty() ? m_request() : std::nullopt;
}

QString MeasureButton::note() const { return m_note->text(); }

void MeasureButton::refresh()
{
    const QString missing = missingForAnalysis(*m_context.project);
    const std::optional<JobRequest> request = this->request();
    m_button->setEnabled(request.has_value());
    m_button->setToolTip(missing);
    QString note;
    if (request) {
        const HubEstimate estimate = m_context.hub->estimateOf(*request);
        if (estimate.isAbsent()) {
            m_question->renew();
        }
        note = estimateNote(estimate);
        const QString hint = estimateHint(estimate);
        m_button->setToolTip(hint.isEmpty()                ? m_explanation
                                 : m_explanation.isEmpty() ? hint
                                                           : m_explanation + '\n' + hint);
    }
    m_note->setToolTip(m_button->toolTip()); // whose time it is
    if (note != m_note->text()) {
        m_note->setText(note);
        m_button->setAccessibleDescription(note);
        Q_EMIT noteChanged();
    }
}

void MeasureButton::start()
{
    if (const std::optional<JobRequest> request = this->request()) {
        Q_EMIT started(m_context.hub->submit(*request, m_title));
    }
}

void MeasureButton::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

} // namespace bitprism
