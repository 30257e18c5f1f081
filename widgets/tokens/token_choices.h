// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/tokens/token_text.h"

#include <QWidget>

class QComboBox;
class QLabel;

namespace bitprism {

class Project;

/// Which run the Tokens view shows, against what, and measured by which evaluation.
class TokenChoices : public QWidget
{
    Q_OBJECT

public:
    /// `project` outlives the widget.
    explicit TokenChoices(Project &project, QWidget *parent = nullptr);

    /// Offers the runs of the open model, and `run` itself; gives `reference`, or nothing where it
    /// is of another model. Tells nobody.
    QString showRuns(const QString &run, const QString &reference);
    /// Offers the evaluations that the run keeps; none or one needs no choice.
    void showEvaluations(const TokenComparison *comparison);

    QComboBox &references() { return *m_references; }
    /// What the run is called in lists and sentences.
    QString nameOf(const QString &run) const;

Q_SIGNALS:
    void runChosen(const QString &run);
    void referenceChosen(const QString &run); ///< empty: the unquantized model
    void evaluationChosen(const QString &key);

private:
    Project &m_project;
    QComboBox *m_runs;
    QComboBox *m_references;
    QComboBox *m_evaluations;
    QLabel *m_evaluationsLabel;
};

/// "Perplexity on evaluation.txt".
QString evaluationText(const KeptEvaluation &evaluation);

} // namespace bitprism
