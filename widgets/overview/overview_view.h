// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/overview/recipe_run.h"
#include "widgets/shared/view.h"

class QLabel;
class QStackedLayout;
class QTableView;

namespace bitprism {

class FigureCard;
class LatestRuns;
class ModelFacts;
class PartsBar;
class PartsModel;
class PictureMenu;
class StartButtons;
class RunsBanner;
class StatePanel;
struct ModelInfo;

/// What the open model is and what the recipe makes of it: four figures, the bytes by part before
/// and after, what can be measured and what was, and the model's facts.
class OverviewView : public View
{
    Q_OBJECT

public:
    explicit OverviewView(ViewContext &context, QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;
    void catchUp() override { showLoss(); }

private:
    QWidget *makePage();
    QLayout *makeFigures();
    QWidget *makeParts();
    void showProject();
    void showModel(const ModelInfo &info);
    void showRecipe();
    void showLoss();
    QString lossRun(const QString &ofRecipe);
    /// What of the latest runs is at work, stopped or failed.
    void showUnfinished();
    void fitTable();

    ViewContext &m_context;
    RecipeRuns m_recipeRuns;
    QString m_lossRun; ///< whose loss is shown; empty: none yet
    QStackedLayout *m_layout;
    StatePanel *m_state;
    RunsBanner *m_banner;
    QLabel *m_title;
    QLabel *m_subtitle;
    FigureCard *m_size;
    FigureCard *m_sizeAfter;
    FigureCard *m_loss;
    FigureCard *m_memory;
    StartButtons *m_start;
    LatestRuns *m_latest;
    PartsBar *m_bar;
    PartsBar *m_barAfter;
    PictureMenu *m_barsMenu = nullptr;
    PartsModel *m_parts;
    QTableView *m_table;
    ModelFacts *m_facts;
    QWidget *m_page;
};

} // namespace bitprism
