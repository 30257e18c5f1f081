// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/jobs/usual_evaluation.h"
#include "widgets/shared/section.h"

#include <vector>

class QPushButton;
class QVBoxLayout;

namespace bitprism {

class ComponentSection;
class ParamForm;

/// What a run measures: tasks with their data, and how the data are cut. Without any task, a run
/// measures the project's usual ones on its evaluation data.
class EvaluationsSection : public Section
{
    Q_OBJECT

public:
    explicit EvaluationsSection(QWidget *parent = nullptr);

    /// After the engine has added its components.
    void reload();
    void showEvaluations(const std::vector<EvaluationChoice> &evaluations);
    /// What is measured where the recipe names no task, and the cut of all.
    void showUsual(const UsualEvaluation &usual);
    /// Shows what is wrong at its field; false where something is.
    bool check();
    /// The file that an added measurement begins with.
    void setDefaultData(const QString &file) { m_defaultData = file; }

Q_SIGNALS:
    void edited(const std::vector<bitprism::EvaluationChoice> &evaluations, const QString &text,
                const QString &mergeKey);
    /// The same tasks in another cut; no part of the recipe.
    void cutEdited(const bitprism::UsualEvaluation &usual);

private:
    struct Row
    {
        QWidget *box = nullptr;
        ComponentSection *task = nullptr;
        ParamForm *data = nullptr;
    };

    Row makeRow(std::size_t place);
    void add();
    void remove(std::size_t place);
    void takeCut(const std::string &key, const std::string &value);
    void showSummary();

    std::vector<EvaluationChoice> m_evaluations;
    std::vector<Row> m_rows;
    QString m_defaultData;
    QWidget *m_list;
    QVBoxLayout *m_listLayout;
    QPushButton *m_add;
    UsualEvaluation m_usual;
    ParamForm *m_cut;
};

} // namespace bitprism
