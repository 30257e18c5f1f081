// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/what_if_panel.h"

#include "widgets/jobs/project.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/plot_text.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr const char *plainId = "plain";
constexpr const char *keptId = "keep-top-channels";
constexpr int plainStyle = 1; ///< the bar that others are measured against
constexpr int otherStyle = 0;

/// The context of this file's texts.
struct WhatIfTexts
{
    Q_DECLARE_TR_FUNCTIONS(WhatIf)
};

double largest(const WhatIfOutcome &outcome)
{
    return std::max(std::abs(outcome.low), std::abs(outcome.high));
}

void addBits(QComboBox &box, std::initializer_list<int> widths)
{
    for (const int bits : widths) {
        box.addItem(WhatIfTexts::tr("%n bits", nullptr, bits), bits);
    }
}

} // namespace

QString whatIfName(const std::string &id)
{
    if (id == plainId) {
        return WhatIfTexts::tr("as it is");
    }
    if (id == keptId) {
        //: what is kept as it is, for all a comparison
        return WhatIfTexts::tr("keep top 1 % of channels");
    }
    return QString::fromStdString(id); // names of methods stay
}

WhatIfPanel::WhatIfPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_weightBits(new QComboBox(this))
    , m_activationBits(new QComboBox(this))
    , m_perToken(new QCheckBox(tr("A &grid for each token"), this))
    , m_note(new QLabel(this))
    , m_content(new QWidget(this))
    , m_errors(new BarPlot(this))
    , m_ranges(new BarPlot(this))
    , m_text(new QLabel(this))
    , m_apply(new QPushButton(this))
    , m_asking(context.project->interactiveThread(), this,
               [this](const Answer<LayerWhatIf> &answer) { take(answer); })
{
    for (BarPlot *plot : {m_errors, m_ranges}) {
        plot->setOrientation(Qt::Horizontal);
        plot->setValuesShown(true);
        plot->setLeastLines(9); // a line for each bar and its number
        plot->setClickHint(tr("Click: choose what to do to the layer."));
        plot->setRankedAmong(tr("the transforms that apply"));
        connect(plot, &PlotFrame::clicked, this, &WhatIfPanel::choose);
    }
    connect(m_errors, &PlotFrame::activated, this, [this](const QString &id) {
        choose(id);
        if (!isInRecipe(id)) { // a second double click does not take it out again
            putIntoRecipe();
        }
    });
    m_errors->setClickHint(tr("Click: choose it. Double click: put it into the recipe."));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_note->setAlignment(Qt::AlignCenter);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    auto *plots = new QSplitter(Qt::Horizontal, this);
    plots->addWidget(m_errors);
    plots->addWidget(m_ranges);
    plots->setChildrenCollapsible(false);
    plots->setSizes({em(this, 50), em(this, 50)});
    auto *foot = new QHBoxLayout;
    foot->setSpacing(space(this, 2));
    foot->addWidget(m_text, 1);
    foot->addWidget(m_apply);
    auto *content = new QVBoxLayout(m_content);
    content->setContentsMargins({});
    content->setSpacing(space(this, 1));
    content->addWidget(makeControls());
    content->addWidget(plots, 1);
    content->addLayout(foot);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->addWidget(m_content, 1);
    layout->addWidget(m_note, 1);
    connect(m_apply, &QPushButton::clicked, this, &WhatIfPanel::putIntoRecipe);
    connect(context.recipe, &RecipeDocument::changed, this, &WhatIfPanel::showChoice);
    showBars();
}

WhatIfPanel::~WhatIfPanel() = default;

QWidget *WhatIfPanel::makeControls()
{
    addBits(*m_weightBits, {8, 6, 5, 4, 3, 2});
    addBits(*m_activationBits, {8, 6, 5, 4});
    m_weightBits->setAccessibleName(tr("Bits of the weights"));
    m_activationBits->setAccessibleName(tr("Bits of the layer's input"));
    m_perToken->setToolTip(tr("The input has a grid for each token, as per-token-dynamic makes "
                              "them; otherwise one grid from the smallest to the largest value."));
    auto *box = new QWidget(this);
    auto *controls = new FlowLayout(space(this, 4), box);
    controls->addLabelled(tr("&Weights"), m_weightBits);
    controls->addLabelled(tr("&Input"), m_activationBits);
    for (QComboBox *bits : {m_weightBits, m_activationBits}) {
        connect(bits, &QComboBox::currentIndexChanged, this, &WhatIfPanel::ask);
    }
    controls->addWidget(m_perToken);
    connect(m_perToken, &QCheckBox::toggled, this, &WhatIfPanel::ask);
    return box;
}

WhatIfQuestion WhatIfPanel::question() const
{
    WhatIfQuestion question;
    question.weightBits = m_weightBits->currentData().toInt();
    question.activationBits = m_activationBits->currentData().toInt();
    question.perToken = m_perToken->isChecked();
    return question;
}

void WhatIfPanel::setLayer(const std::filesystem::path &folder,
                           const std::optional<LayerOutliers> &layer, const QString &reason)
{
    const bool isSame = folder == m_folder && layer.has_value() == m_layer.has_value()
        && (!layer || (layer->layer == m_layer->layer && layer->atlasFile == m_layer->atlasFile));
    const bool isSaid = reason == m_reason;
    m_reason = reason;
    if (isSame && isSaid) {
        return;
    }
    m_folder = folder;
    m_layer = layer;
    ask();
}

void WhatIfPanel::ask()
{
    if (!m_layer || m_layer->atlasFile.empty()) {
        m_asking.forget();
        m_isAsking = false;
        m_answer.reset();
        m_problem.clear();
        showBars();
        return;
    }
    m_isAsking = true;
    if (!m_answer) { // else the last answer stands until the next is there
        showBars();
    }
    m_asking.ask([folder = m_folder, layer = *m_layer, question = question()] {
        return whatIf(folder, layer, question);
    });
}

void WhatIfPanel::take(const Answer<LayerWhatIf> &answer)
{
    m_isAsking = false;
    m_answer = answer.value;
    m_problem = answer.problem ? errorText(*answer.problem) : QString();
    showBars();
    Q_EMIT answered();
}

const WhatIfOutcome *WhatIfPanel::outcome(const QString &id) const
{
    if (!m_answer) {
        return nullptr;
    }
    const auto found = std::find_if(
        m_answer->outcomes.begin(), m_answer->outcomes.end(),
        [&id](const WhatIfOutcome &each) { return id == QString::fromStdString(each.id); });
    return found == m_answer->outcomes.end() ? nullptr : &*found;
}

void WhatIfPanel::showBars()
{
    const double none = std::numeric_limits<double>::quiet_NaN();
    BarSeries errors{tr("predicted error"), {}};
    BarSeries ranges{tr("largest magnitude"), {}};
    for (const WhatIfOutcome &each : m_answer ? m_answer->outcomes : std::vector<WhatIfOutcome>()) {
        PlotBar bar;
        bar.id = QString::fromStdString(each.id);
        bar.label = whatIfName(each.id);
        bar.style = each.id == plainId ? plainStyle : otherStyle;
        bar.value = each.applies ? 100 * each.outputError : none;
        bar.error
            = each.applies && each.outputErrorStderr > 0 ? 100 * each.outputErrorStderr : none;
        bar.note = each.applies ? QString() : translated(each.reason);
        errors.bars.push_back(bar);
        bar.value = each.applies ? largest(each) : none;
        bar.error = none;
        ranges.bars.push_back(bar);
    }
    const QString context
        = m_layer ? shortLayerName(QString::fromStdString(m_layer->layer)) : QString();
    const QString reading = tr("in another colour: the layer as it is");
    m_errors->setTitle(tr("Predicted error of the output, % of the output's square"));
    m_errors->setContext(tr("%1, %2").arg(context, reading));
    m_errors->setAxisTitles({}, tr("error, %"));
    m_errors->setSeries(errors.bars.empty() ? std::vector<BarSeries>()
                                            : std::vector<BarSeries>{errors});
    m_ranges->setTitle(tr("Largest magnitude of the input"));
    m_ranges->setContext(tr("%1, %2").arg(context, reading));
    m_ranges->setAxisTitles({}, tr("largest magnitude"));
    m_ranges->setSeries(ranges.bars.empty() ? std::vector<BarSeries>()
                                            : std::vector<BarSeries>{ranges});
    m_note->setText(!m_problem.isEmpty() ? m_problem
                        : m_answer       ? QString()
                        : m_isAsking ? tr("Trying every transform on the tokens that were kept.")
                                     : m_reason);
    m_note->setVisible(!m_note->text().isEmpty());
    m_content->setVisible(m_note->text().isEmpty());
    if (m_answer && outcome(m_chosen) == nullptr) {
        m_chosen.clear();
    }
    showChoice();
}

void WhatIfPanel::choose(const QString &id)
{
    m_chosen = id;
    showChoice();
}

bool WhatIfPanel::isInRecipe(const QString &id) const
{
    const std::vector<ComponentChoice> &transforms = m_context.recipe->recipe().transforms;
    return std::any_of(transforms.begin(), transforms.end(), [&id](const ComponentChoice &each) {
        return id == QString::fromStdString(each.id);
    });
}

void WhatIfPanel::showChoice()
{
    m_errors->setSelected(m_chosen.isEmpty() ? QStringList() : QStringList(m_chosen));
    m_ranges->setSelected(m_errors->selected());
    const WhatIfOutcome *chosen = outcome(m_chosen);
    const WhatIfOutcome *plain = outcome(plainId);
    const bool isTransform = chosen != nullptr && !chosen->choice.id.empty();
    m_apply->setVisible(isTransform);
    m_apply->setEnabled(isTransform && (chosen->applies || isInRecipe(m_chosen)));
    m_apply->setText(isInRecipe(m_chosen) ? tr("Take out of the &recipe")
                                          : tr("Put into the &recipe"));
    if (chosen == nullptr || plain == nullptr) {
        m_text->setText(
            m_answer ? tr("Click a bar to read it and to put that transform into the recipe.")
                     : QString());
    } else if (!chosen->applies) {
        m_text->setText(translated(chosen->reason));
    } else {
        m_text->setText(
            tr("%1: error %2 % (as it is %3 %), largest magnitude %4 (%5), kurtosis %6 (%7).")
                .arg(whatIfName(chosen->id),
                     plotNumber(100 * chosen->outputError, 100 * chosen->outputErrorStderr),
                     plotNumber(100 * plain->outputError), plotNumber(largest(*chosen)),
                     plotNumber(largest(*plain)), plotNumber(chosen->kurtosis),
                     plotNumber(plain->kurtosis)));
    }
}

void WhatIfPanel::putIntoRecipe()
{
    const WhatIfOutcome *chosen = outcome(m_chosen);
    if (chosen == nullptr || chosen->choice.id.empty()) {
        return; // no component does it
    }
    Recipe after = m_context.recipe->recipe();
    if (isInRecipe(m_chosen)) {
        std::erase_if(after.transforms, [this](const ComponentChoice &each) {
            return m_chosen == QString::fromStdString(each.id);
        });
    } else if (chosen->applies) {
        after.transforms.push_back(chosen->choice);
    }
    m_context.recipe->edit(tr("Transforms"), after);
}

} // namespace bitprism
