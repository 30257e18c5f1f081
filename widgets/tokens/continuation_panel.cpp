// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/continuation_panel.h"

#include "core/results/generation.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr int newTokens = 64;
constexpr const char *stateName = "tokens.continuation";

QString escaped(const QString &text)
{
    return text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>"));
}

} // namespace

QString markedFromDifference(const QString &text, const QString &other)
{
    const auto [end, ignored] = std::mismatch(text.begin(), text.end(), other.begin(), other.end());
    const auto common = static_cast<qsizetype>(end - text.begin());
    if (other.isEmpty() || common == text.size()) {
        return escaped(text);
    }
    return escaped(text.left(common))
        + QStringLiteral("<b><u>\u25b8%1</u></b>").arg(escaped(text.mid(common)));
}

ContinuationPanel::ContinuationPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_prompt(new QLineEdit(this))
    , m_start(new QPushButton(tr("&Continue with both"), this))
    , m_note(new QLabel(this))
{
    m_prompt->setAccessibleName(tr("Text to continue"));
    m_prompt->setPlaceholderText(tr("Text to continue; empty: start anew"));
    m_note->setWordWrap(true);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    auto *line = new QHBoxLayout;
    line->setSpacing(space(this, 2));
    line->addWidget(m_prompt, 1);
    line->addWidget(m_start);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->setSpacing(space(this, 2));
    layout->addLayout(line);
    layout->addWidget(m_note);
    for (std::size_t model = 0; model < m_pages.size(); ++model) {
        m_headings[model] = new QLabel(this);
        m_pages[model] = new QTextBrowser(this);
        m_headings[model]->setFont(scaledFont(this, 1, QFont::DemiBold));
        m_pages[model]->document()->setDocumentMargin(space(this, 2));
        layout->addWidget(m_headings[model]);
        layout->addWidget(m_pages[model], 1);
    }
    connect(m_start, &QPushButton::clicked, this, &ContinuationPanel::start);
    connect(m_prompt, &QLineEdit::returnPressed, this, &ContinuationPanel::start);
    connect(m_context.hub, &JobHub::jobResult, this, &ContinuationPanel::takeResult);
    connect(m_context.hub, &JobHub::jobFinished, this, &ContinuationPanel::takeEnd);
    setModels({});
}

void ContinuationPanel::setModels(const ComparedModels &models)
{
    const bool isSame = models == m_models && !m_note->text().isEmpty();
    const bool wasAsked = !m_models.modelPath.isEmpty();
    m_models = models;
    for (std::size_t model = 0; model < m_pages.size(); ++model) {
        QString heading = models.names[model];
        if (models.runs[model].isEmpty() && !heading.isEmpty()) { // no name, but words
            heading[0] = heading[0].toUpper();
        }
        m_headings[model]->setText(heading);
        m_pages[model]->setAccessibleName(tr("Continuation by %1").arg(models.names[model]));
    }
    if (isSame) {
        return;
    }
    m_jobs = {};
    m_texts = {};
    if (!wasAsked) {
        restore();
    }
    m_note->setText(tr("Both models go on with the text greedily, %1 tokens; the first difference "
                       "is marked.")
                        .arg(newTokens));
    showTexts();
}

QString ContinuationPanel::shown(std::size_t model) const
{
    return m_texts[model].isEmpty() ? QString() : m_pages[model]->toHtml();
}

void ContinuationPanel::start()
{
    if (m_models.modelPath.isEmpty()) {
        return;
    }
    m_texts = {};
    showTexts();
    m_note->setText(tr("At work"));
    const Json options = {{"prompt", m_prompt->text().toStdString()}, {"tokens", newTokens}};
    for (std::size_t model = 0; model < m_jobs.size(); ++model) {
        JobRequest request;
        request.kind = "generate";
        request.modelPath = m_models.modelPath.toStdString();
        request.threads = jobThreads();
        request.options = options.dump();
        if (!m_models.runs[model].isEmpty()) {
            request.storePath = m_context.project->storePath().toStdString();
            request.runId = m_models.runs[model].toStdString();
        }
        m_jobs[model]
            = m_context.hub->submit(request, tr("Continuation by %1").arg(m_models.names[model]));
    }
}

void ContinuationPanel::takeResult(quint64 job, const ResultPtr &result)
{
    const auto generation = resultAs<Generation>(result);
    for (std::size_t model = 0; generation && model < m_jobs.size(); ++model) {
        if (m_jobs[model] == job) {
            m_texts[model] = QString::fromStdString(generation->text);
            showTexts();
        }
    }
}

void ContinuationPanel::takeEnd(quint64 job)
{
    if (std::find(m_jobs.begin(), m_jobs.end(), job) == m_jobs.end()) {
        return;
    }
    const HubJob *ended = m_context.hub->find(job);
    if (ended != nullptr && !ended->failure.isEmpty()) {
        m_note->setText(ended->failure);
    } else if (!m_texts[0].isEmpty() && !m_texts[1].isEmpty()) {
        m_note->setText(m_texts[0] == m_texts[1] ? tr("Both write the same.")
                                                 : tr("From the mark on they differ."));
    }
}

QStringList ContinuationPanel::state() const
{
    return {m_models.modelPath, m_models.runs[0], m_models.runs[1],
            m_prompt->text(),   m_texts[0],       m_texts[1]};
}

/// What was written before the window was made anew, by the same models.
void ContinuationPanel::restore()
{
    const QStringList kept = m_context.selection->kept(stateName).toStringList();
    const QStringList now = state();
    constexpr qsizetype models = 3; // the places that name them
    if (kept.size() == now.size() && kept.first(models) == now.first(models)) {
        m_prompt->setText(kept.at(models));
        m_texts = {kept.at(models + 1), kept.at(models + 2)};
    }
}

void ContinuationPanel::showTexts()
{
    if (!m_texts[0].isEmpty() || !m_texts[1].isEmpty()) {
        m_context.selection->keep(stateName, state());
    }
    for (std::size_t model = 0; model < m_pages.size(); ++model) {
        m_pages[model]->setHtml(markedFromDifference(m_texts[model], m_texts[1 - model]));
    }
}

} // namespace bitprism
