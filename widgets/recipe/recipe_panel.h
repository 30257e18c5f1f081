// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/recipe/recipe.h"
#include "widgets/shared/view.h"

#include <string>

class QLabel;
class QPushButton;

namespace bitprism {

class ComponentSection;
class EstimateQuestion;
class EvaluationsSection;
class OverridesSection;
class ParamForm;
class RecipeFiles;
class Section;
class TransformsSection;

/// The recipe being edited, as a form made from the registry, and the button that runs it and says
/// how long that will take.
class RecipePanel : public QWidget
{
    Q_OBJECT

public:
    explicit RecipePanel(ViewContext &context, QWidget *parent = nullptr);

    /// Submits the recipe into the open store; does nothing while something is missing or wrong.
    void run();
    bool canRun() const;
    /// A file that is no recipe leaves the recipe as it is; a line says what is wrong with it.
    void openRecipe(const QString &file);
    /// For the menus.
    void chooseRecipe();
    void saveRecipe();

Q_SIGNALS:
    void canRunChanged();

private:
    QWidget *makeHeading();
    QWidget *makeSections();
    QWidget *makeFooter();
    void connectSections();
    void reload();
    void showRecipe();
    void showData();
    void takeData(const std::string &key, const std::string &value);
    void takeNumbers(const std::string &key, const std::string &value, const QString &title);
    void takeRun(const std::string &key, const std::string &value, const QString &title);
    void showRun();
    /// What the next run is called.
    QString runName() const;
    void check();
    void showEstimate();

    ViewContext &m_context;
    ComponentSection *m_weights;
    ComponentSection *m_activations;
    ComponentSection *m_kvCache;
    TransformsSection *m_transforms;
    ComponentSection *m_allocation;
    ComponentSection *m_calibration;
    ParamForm *m_numbers; ///< samples and length
    Section *m_dataSection;
    ParamForm *m_data;
    OverridesSection *m_overrides;
    EvaluationsSection *m_evaluations;
    Section *m_runSection;
    ParamForm *m_runForm; ///< seed, name and experiment
    RecipeFiles *m_files;
    QLabel *m_problem;
    QLabel *m_estimate;
    QPushButton *m_run;
    EstimateQuestion *m_question;
    bool m_isGood = false;
    QString m_name; ///< of the next run; empty: by its recipe
    QString m_experiment; ///< that the next run joins; empty: none
};

/// What a run of the recipe is called where the user gives no name: "gptq, 3 bits".
QString recipeTitle(const Recipe &recipe);

} // namespace bitprism
