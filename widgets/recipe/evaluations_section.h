// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/shared/section.h"

#include <vector>

class QPushButton;
class QVBoxLayout;

namespace bitprism {

class ComponentSection;
class ParamForm;

/// What a run measures: tasks with their data. Without any, a run measures the model's usual task
/// on the evaluation data of the project.
class EvaluationsSection : public Section
{
    Q_OBJECT

public:
    explicit EvaluationsSection(QWidget *parent = nullptr);

    /// After the engine has added its components.
    void reload();
    void showEvaluations(const std::vector<EvaluationChoice> &evaluations);
    /// Shows what is wrong at its field; false where something is.
    bool check();
    /// The file that an added measurement begins with.
    void setDefaultData(const QString &file) { m_defaultData = file; }

Q_SIGNALS:
    void edited(const std::vector<bitprism::EvaluationChoice> &evaluations, const QString &text,
                const QString &mergeKey);

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

    std::vector<EvaluationChoice> m_evaluations;
    std::vector<Row> m_rows;
    QString m_defaultData;
    QWidget *m_list;
    QVBoxLayout *m_listLayout;
    QPushButton *m_add;
};

} // namespace bitprism
