// SPDX-License-Identifier: GPL-3.0-or-later
// The part of AllocationView that asks the solver, on the project's workers.
#include "core/alloc/target.h"
#include "core/recipe/resolve.h"
#include "widgets/allocation/allocation_view.h"
#include "widgets/allocation/frontier_plot.h"
#include "widgets/jobs/project.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/shared/text.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QSignalBlocker>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::size_t mostCalibrated = 200; // newest runs that predictions are held against

/// Where the budget stands at first, on the way from the smallest to the largest allocation.
constexpr double firstBudget = 0.3;

} // namespace

AllocationQuestion AllocationView::question() const
{
    AllocationQuestion question;
    question.table = m_result;
    question.matrix = m_interactions;
    question.model = m_context.project->model();
    question.allocator = m_allocator->currentData().toString().toStdString();
    const bool isMeasured
        = std::all_of(m_result->cells.begin(), m_result->cells.end(),
                      [](const SensitivityCell &cell) { return cell.deltaNll.has_value(); });
    if (question.allocator == "high-impact-ratio" && !isMeasured) {
        question.params = R"({"metric":"automatic","interactions":"none"})";
    }
    question.target = m_target->currentData().toString().toStdString();
    question.pins = m_pins;
    return question;
}

void AllocationView::solve()
{
    if (!isSolvable() || !m_context.project->model()) {
        return;
    }
    m_solving.ask([question = question()] {
        Solved solved;
        solved.study = std::make_shared<const AllocationStudy>(question);
        solved.points = solved.study->points();
        solved.uniform = solved.study->uniform();
        return solved;
    });
}

void AllocationView::takeStudy(const Answer<Solved> &answer)
{
    m_problem = answer.problem ? errorText(*answer.problem) : QString();
    if (answer.value) {
        const bool isFirst = !m_solved.study;
        m_solved = *answer.value;
        const std::vector<FrontierPoint> &points = m_solved.points;
        const double least = points.front().averageBits;
        const double most = points.back().averageBits;
        const QSignalBlocker blocker(m_budget);
        m_budget->setSpecialValueText({}); // there is a budget now
        // Rounded up, so that the cheapest allocation is within the spin box's range.
        m_budget->setRange(std::ceil(least * 1000) / 1000, std::ceil(most * 1000) / 1000);
        if (isFirst) {
            m_budget->setValue(least + firstBudget * (most - least));
        }
        m_frontier->setBudget(m_budget->value());
        askBudget();
        askCalibration();
    }
    showBanner();
}

void AllocationView::setBudget(double averageBits) { m_budget->setValue(averageBits); }

void AllocationView::askBudget()
{
    if (!m_solved.study) {
        return;
    }
    const auto reference = m_reference->currentIndex();
    m_asking.ask([study = m_solved.study, uniform = m_solved.uniform, kept = m_kept, reference,
                  edits = m_edits, bits = m_budget->value()] {
        Budget budget;
        budget.averageBits = bits;
        Compared compared;
        Allocation chosen = study->at(budget);
        if (!edits.empty()) {
            const double milliseconds = chosen.milliseconds;
            for (LayerChoice &choice : chosen.layers) {
                const auto edit = edits.find(choice.layer);
                choice = edit == edits.end() ? choice : edit->second;
            }
            chosen = study->evaluate(chosen.layers);
            chosen.milliseconds = milliseconds;
        }
        const AllocationQuestion &question = study->question();
        for (const Error &refusal : targetRefusals(question.target, *question.model, chosen.layers,
                                                   question.table->groupSize())) {
            compared.refusals.append(errorText(refusal));
        }
        if (reference == KeptReference) {
            compared.reference = kept;
        } else if (reference == UniformReference) {
            for (const Allocation &each : uniform) { // by falling damage
                if (each.averageBits <= chosen.averageBits * (1 + 1e-9)) {
                    compared.reference = std::make_shared<const Allocation>(each);
                }
            }
        }
        if (compared.reference) {
            compared.difference = study->difference(chosen.layers, compared.reference->layers);
        }
        compared.allocation = std::make_shared<const Allocation>(std::move(chosen));
        return compared;
    });
}

void AllocationView::takeAllocation(const Answer<Compared> &answer)
{
    m_problem = answer.problem ? errorText(*answer.problem) : QString();
    if (answer.value) {
        m_allocation = answer.value->allocation;
        m_comparison = answer.value->reference;
        m_difference = answer.value->difference;
        m_refusals = answer.value->refusals;
    }
    showAllocation();
    showBanner();
}

void AllocationView::askMaps()
{
    if (!m_interactions) {
        m_matrix->setData(std::make_shared<const HeatMapData>());
        m_fisher->setData(std::make_shared<const HeatMapData>());
        return;
    }
    m_mapping.ask([matrix = m_interactions] {
        return Maps{std::make_shared<const HeatMapData>(interactionMap(*matrix)),
                    std::make_shared<const HeatMapData>(fisherMap(*matrix))};
    });
}

/// The newest runs of this model with a measured change of the loss. Their recipes are read with
/// the predictions: of ten thousand runs, each one's answer would be a turn of its own.
void AllocationView::askCalibration()
{
    const RunListPtr runs = m_context.project->runs();
    const store::RunRecord *own = m_context.project->findRun(run());
    if (!m_solved.study || !runs || own == nullptr
        || (runs == m_calibratedRuns && m_solved.study == m_calibratedStudy)) {
        return;
    }
    m_calibratedRuns = runs;
    m_calibratedStudy = m_solved.study;
    struct Measured
    {
        std::string id;
        double change = 0; ///< of the loss
        std::optional<double> standardError;
    };
    std::vector<Measured> measured;
    for (const store::RunRecord &run : *runs) {
        if (run.kind != "run" || run.modelHash != own->modelHash
            || measured.size() == mostCalibrated) {
            continue;
        }
        const auto metric
            = std::find_if(run.metrics.begin(), run.metrics.end(),
                           [](const store::HeadlineMetric &each) { return each.deltaNll; });
        if (metric != run.metrics.end()) {
            measured.push_back({run.id, *metric->deltaNll, metric->deltaNllStandardError});
        }
    }
    m_calibrating.ask([connection = m_context.project->connection(),
                       path = m_context.project->storePath().toStdString(), study = m_solved.study,
                       measured = std::move(measured)] {
        std::vector<CalibrationPoint> points;
        for (const Measured &run : measured) {
            const store::RunRecord record = connection->open(path).run(run.id);
            if (record.recipe.empty()) {
                continue;
            }
            const Recipe recipe = Recipe::fromJson(Json::parse(record.recipe), "stored recipe");
            if (const auto prediction = study->predict(recipe)) {
                points.push_back(
                    {record.id, record.name, *prediction, {run.change, run.standardError}});
            }
        }
        return points;
    });
}

} // namespace bitprism
