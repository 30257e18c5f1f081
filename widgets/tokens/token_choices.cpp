// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tokens/token_choices.h"

#include "widgets/jobs/project.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/metrics.h"
#include "widgets/tables/task_title.h"

#include <QComboBox>
#include <QFileInfo>
#include <QLabel>

namespace bitprism {

namespace {

constexpr int mostOffered = 40; // newest runs; a list of ten thousand helps nobody

} // namespace

QString evaluationText(const KeptEvaluation &evaluation)
{
    return TokenChoices::tr("%1 on %2")
        .arg(taskTitle(evaluation.task),
             QFileInfo(QString::fromStdString(evaluation.data)).fileName());
}

TokenChoices::TokenChoices(Project &project, QWidget *parent)
    : QWidget(parent)
    , m_project(project)
    , m_runs(new QComboBox(this))
    , m_references(new QComboBox(this))
    , m_evaluations(new QComboBox(this))
{
    auto *layout = new FlowLayout(space(this, 4), this);
    const auto add = [&](const QString &label, QComboBox *choice, const QString &name) {
        choice->setAccessibleName(name);
        choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        choice->setMaximumWidth(em(this, 26));
        return layout->addLabelled(label, choice);
    };
    add(tr("Ru&n"), m_runs, tr("Run whose tokens are shown"));
    add(tr("&against"), m_references, tr("What the run is compared with"));
    m_evaluationsLabel = add(tr("&measured by"), m_evaluations, tr("Evaluation of the run"));
    connect(m_runs, &QComboBox::activated, this,
            [this] { Q_EMIT runChosen(m_runs->currentData().toString()); });
    connect(m_references, &QComboBox::activated, this,
            [this] { Q_EMIT referenceChosen(m_references->currentData().toString()); });
    connect(m_evaluations, &QComboBox::activated, this,
            [this] { Q_EMIT evaluationChosen(m_evaluations->currentData().toString()); });
    showEvaluations(nullptr);
}

QString TokenChoices::nameOf(const QString &run) const
{
    const store::RunRecord *record = m_project.findRun(run);
    if (record == nullptr) {
        return run;
    }
    return QString::fromStdString(record->name.empty() ? record->id : record->name);
}

QString TokenChoices::showRuns(const QString &run, const QString &reference)
{
    m_runs->clear();
    m_references->clear();
    m_references->addItem(tr("Unquantized model"), QString());
    const store::RunRecord *shown = m_project.findRun(run);
    static const RunList none;
    int offered = 0;
    for (const store::RunRecord &record : m_project.runs() ? *m_project.runs() : none) {
        const QString id = QString::fromStdString(record.id);
        const bool isChosen = id == run || id == reference;
        const bool isOffered = isComparable(record) && offered < mostOffered
            && record.modelHash == m_project.modelHash();
        if (!isOffered && !isChosen) {
            continue;
        }
        ++offered;
        m_runs->addItem(nameOf(id), id);
        if (shown != nullptr && record.modelHash == shown->modelHash && id != run) {
            m_references->addItem(nameOf(id), id);
        }
    }
    m_runs->setCurrentIndex(m_runs->findData(run));
    m_references->setCurrentIndex(qMax(0, m_references->findData(reference)));
    return m_references->currentData().toString();
}

void TokenChoices::showEvaluations(const TokenComparison *comparison)
{
    m_evaluations->clear();
    const bool isChoice = comparison != nullptr && comparison->evaluations.size() > 1;
    for (std::size_t i = 0; isChoice && i < comparison->evaluations.size(); ++i) {
        const KeptEvaluation &kept = comparison->evaluations[i];
        m_evaluations->addItem(evaluationText(kept), QString::fromStdString(kept.key));
    }
    m_evaluations->setCurrentIndex(isChoice ? static_cast<int>(comparison->shown) : -1);
    m_evaluations->setVisible(isChoice);
    m_evaluationsLabel->setVisible(isChoice);
    m_evaluations->parentWidget()->setVisible(isChoice);
}

} // namespace bitprism
