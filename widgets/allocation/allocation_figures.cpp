// SPDX-License-Identifier: GPL-3.0-or-later
// The part of AllocationView that shows an allocation, edits it and sends it on.
#include "widgets/allocation/allocation_model.h"
#include "widgets/allocation/allocation_view.h"
#include "widgets/allocation/frontier_plot.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/jobs/job_hub.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_follower.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_text.h"
#include "widgets/recipe/recipe_document.h"
#include "widgets/shared/format.h"
#include "widgets/shared/selection.h"
#include "widgets/tables/data_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>

#include <cmath>

namespace bitprism {

namespace {

double valueOf(const LayerChoice &choice) { return choice.ratio.value_or(choice.bits); }

} // namespace

/// What the button would start, with its time once that is known.
void AllocationView::showRatiosButton()
{
    const QString missing = missingForAnalysis(*m_context.project);
    const bool canStart = missing.isEmpty();
    QString text = tr("Measure ratios and pairs of layers");
    m_ratios->setEnabled(canStart);
    m_ratios->setToolTip(missing);
    if (canStart) {
        const JobRequest request = ratiosRequest(*m_context.project, m_context.recipe->recipe());
        const HubEstimate estimate = m_context.hub->estimateOf(request);
        if (estimate.value && estimate.value->seconds > 0) {
            text = tr("%1 (about %2)").arg(text, formatSeconds(estimate.value->seconds));
        } else if (!estimate.isPending && m_ratios->isVisible()) {
            m_context.hub->requestEstimate(QStringLiteral("allocation view"), request);
        }
    }
    m_ratios->setText(text);
}

void AllocationView::measureRatios()
{
    m_context.hub->submit(ratiosRequest(*m_context.project, m_context.recipe->recipe()),
                          tr("Ratios and pairs of layers"));
    Q_EMIT showViewRequested("sensitivity");
}

void AllocationView::showAllocation()
{
    const ModelInfo *model = m_context.project->model().get();
    m_bars->setContext(m_result->ratios.empty()
                           ? tr("%1, coloured by the kind of layer").arg(m_follower->name())
                           : tr("%1, coloured by the kind of layer, filled by the share of "
                                "high-impact channels")
                                 .arg(m_follower->name()));
    m_bars->setStyleNames(allocationKinds(*m_result, model));
    // Without an allocation to come there is no height that could be hatched.
    m_bars->setSeries(m_allocation || isSolvable()
                          ? allocationBars(*m_result, model, m_allocation.get())
                          : std::vector<BarSeries>());
    showFrontier();
    m_model->setAllocations(m_solved.study, m_context.project->model(), m_result, m_allocation,
                            m_comparison);
    showFigures();
    showEdit();
}

/// Logarithmic where the damages span two decades; what cannot be told from nothing has no place
/// there, so the frontier ends at its noise floor.
void AllocationView::showFrontier()
{
    const FrontierCurve curve
        = frontierCurve(m_solved.points, m_solved.uniform, m_allocation.get());
    const QString tokens = formatCount(m_result->tokens);
    m_frontier->setContext(curve.hasErrors
                               ? tr("every budget solved at once, from probes of %1 tokens; band: "
                                    "standard error")
                                     .arg(tokens)
                               : tr("every budget solved at once, from stored probes"));
    m_frontier->setAxes({tr("average bits")}, {tr("nats per token"), curve.isLog});
    m_frontier->setNoiseFloor(curve.noise > 0 ? std::optional(NoiseFloor{
                                  0, curve.noise, tr("within the noise of %1 tokens").arg(tokens)})
                                              : std::nullopt);
    m_frontier->setSeries(curve.series);
}

void AllocationView::showFigures()
{
    const bool isThere = m_allocation != nullptr;
    const QString missing
        = isThere ? QString() : tr("The solver has not chosen an allocation yet.");
    for (QPushButton *button : {m_keep, m_send}) {
        button->setEnabled(isThere);
        button->setToolTip(missing);
    }
    const QString unmeasured = isThere ? missingForAnalysis(*m_context.project) : missing;
    m_measure->setEnabled(unmeasured.isEmpty());
    m_measure->setToolTip(unmeasured);
    if (!isThere) {
        m_damage->setText(notMeasured());
        m_size->setText(notMeasured());
        m_solver->setText(QString());
        return;
    }
    showDamage();
    m_size->setText(tr("%1 at %2 average bits")
                        .arg(formatBytes(m_allocation->bytes),
                             QLocale().toString(m_allocation->averageBits, 'f', 3)));
    QString text = m_allocation->status == "optimal" ? tr("No allocation of this size is better.")
        : m_edits.empty()                            ? tr("The best that was found.")
                                                     : tr("Edited by hand.");
    if (m_allocation->gap && *m_allocation->gap > 0) {
        text = tr("%1 At most %2 above the optimum.").arg(text, plotNumber(*m_allocation->gap));
    }
    if (m_comparison) {
        const bool isUniform = m_reference->currentIndex() == UniformReference;
        const QString other = isUniform && !m_comparison->layers.empty()
            //: a form for all layers, as "3 bits"
            ? tr("%1 in all layers").arg(choiceText(*m_result, m_comparison->layers.front()))
            : tr("the one put aside");
        text = tr("%1 Against %2: %3 nats, %4 bits on average, %Ln layers differ.", nullptr,
                  m_model->changedCount())
                   .arg(text, other, differenceText(),
                        signedPlotNumber(m_allocation->averageBits - m_comparison->averageBits));
    }
    m_solver->setText(text);
}

/// The predicted damage with its standard error; muted, and said so, where it cannot be told from
/// nothing.
void AllocationView::showDamage()
{
    const std::optional<double> &damage = m_allocation->predictedDeltaNll;
    const std::optional<double> &error = m_allocation->predictedStandardError;
    const bool isNoise = damage && error && *damage <= *error;
    m_damage->setForegroundRole(isNoise ? QPalette::PlaceholderText : QPalette::WindowText);
    m_damage->setText(damage ? tr("%1 nats per token").arg(signedPlotNumber(*damage, error))
                             : notMeasured());
    m_damage->setToolTip(
        tr("The change in loss that the probes predict, with its standard error. Probes inside "
           "their noise are drawn towards what the KL divergence says, and never count as gains."));
    m_noise->setText(isNoise
                         ? tr("within the noise of %1 tokens").arg(formatCount(m_result->tokens))
                         : QString());
    m_noise->setVisible(isNoise);
}

QString AllocationView::differenceText() const
{
    if (!m_difference) {
        return notMeasured();
    }
    const std::optional<double> &error = m_difference->standardError;
    const QString text = signedPlotNumber(m_difference->value, error);
    //: a difference with its standard error
    return error && std::fabs(m_difference->value) <= *error ? tr("%1 (inside the noise)").arg(text)
                                                             : text;
}

void AllocationView::showEdit()
{
    const QString layer = m_context.selection->layer();
    const QStringList ids = layer.isEmpty() ? QStringList() : QStringList(layer);
    for (PlotFrame *plot : std::initializer_list<PlotFrame *>{m_bars, m_matrix, m_fisher}) {
        plot->setSelected(ids);
    }
    m_table->setCurrentRow(m_model->rowOf(layer));
    m_unpin->setVisible(!m_pins.empty() || !m_edits.empty());
    const QSignalBlocker blocker(m_form);
    m_form->clear();
    const std::string name = layer.toStdString();
    const LayerChoice *now = nullptr;
    for (std::size_t i = 0; m_allocation && i < m_allocation->layers.size(); ++i) {
        now = m_allocation->layers[i].layer == name ? &m_allocation->layers[i] : now;
    }
    m_form->setVisible(now != nullptr);
    m_pin->setEnabled(now != nullptr);
    if (now == nullptr) {
        m_layerText->setText(tr("Click a bar to change or pin a layer."));
        m_pin->setToolTip(m_layerText->text());
        m_pin->setChecked(false);
        return;
    }
    m_pin->setToolTip(tr("The solver keeps this layer as it is at every budget."));
    m_layerText->setText(layer);
    for (const SensitivityCell &cell : m_result->cells) {
        if (cell.layer == name) {
            const LayerChoice choice{cell.layer, cell.bits, cell.ratio};
            m_form->addItem(choiceText(*m_result, choice), valueOf(choice));
            if (cell.bits == now->bits && cell.ratio == now->ratio) {
                m_form->setCurrentIndex(m_form->count() - 1);
            }
        }
    }
    m_pin->setChecked(m_pins.contains(name));
}

void AllocationView::applyEdit()
{
    const std::string name = m_context.selection->layer().toStdString();
    for (const SensitivityCell &cell : m_result->cells) {
        const LayerChoice choice{cell.layer, cell.bits, cell.ratio};
        if (cell.layer == name && valueOf(choice) == m_form->currentData().toDouble()) {
            m_edits[name] = choice;
        }
    }
    if (m_pins.contains(name)) {
        m_pins[name] = m_form->currentData().toDouble();
        m_edits.erase(name);
        solve();
    } else {
        askBudget();
    }
}

void AllocationView::togglePin(bool isPinned)
{
    const std::string name = m_context.selection->layer().toStdString();
    if (isPinned) {
        m_pins[name] = m_form->currentData().toDouble();
    } else {
        m_pins.erase(name);
    }
    m_edits.erase(name);
    solve();
}

void AllocationView::sendToRecipe()
{
    Recipe recipe = m_context.recipe->recipe();
    applyAllocation(recipe, *m_result, m_allocation->layers,
                    m_target->currentData().toString().toStdString());
    m_context.recipe->edit(tr("Allocation"), std::move(recipe));
}

void AllocationView::measure()
{
    Recipe recipe = m_context.recipe->recipe();
    applyAllocation(recipe, *m_result, m_allocation->layers,
                    m_target->currentData().toString().toStdString());
    const QString name = tr("%1 at %2 bits")
                             .arg(m_allocator->currentText(),
                                  QLocale().toString(m_allocation->averageBits, 'f', 3));
    m_context.hub->submit(runRequest(*m_context.project, recipe, name), name);
}

} // namespace bitprism
