// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/predicted_frontier.h"

#include "core/alloc/allocation_study.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/trade_offs/trade_offs_charts.h"

#include <QFileInfo>

#include <algorithm>
#include <cmath>
#include <utility>

namespace bitprism {

namespace {

constexpr int frontierStyle = 6; // of no run's series

/// While a job measures, and where a tower has no loss, nothing can be predicted.
bool isPredictive(const SensitivityTable &probes)
{
    return probes.complete
        && std::all_of(probes.cells.begin(), probes.cells.end(),
                       [](const SensitivityCell &cell) { return cell.deltaNll.has_value(); });
}

} // namespace

PredictedFrontier::PredictedFrontier(ViewContext &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_solving(context.project->interactiveThread(), this,
                [this](const Answer<std::vector<FrontierPoint>> &answer) {
                    m_points = answer.value.value_or(std::vector<FrontierPoint>());
                    Q_EMIT changed();
                })
{
}

void PredictedFrontier::forget()
{
    m_solving.forget();
    m_probes.reset();
    m_interactions.reset();
    m_modelHash.clear();
    if (!std::exchange(m_points, {}).empty()) {
        Q_EMIT changed();
    }
}

void PredictedFrontier::refresh()
{
    if (m_modelHash != m_context.project->modelHash()) {
        forget(); // what was predicted is of another model
    }
    QString run = m_context.library->newestCompleteRun(SensitivityTable::kind);
    if (run.isEmpty()) {
        run = m_context.library->newestRun(SensitivityTable::kind);
    }
    if (run.isEmpty() || !m_context.project->model()) {
        return;
    }
    const auto probes = m_context.library->resultOf<SensitivityTable>(run);
    const auto interactions = m_context.library->resultOf<InteractionMatrix>(run);
    if (!probes || !isPredictive(*probes)
        || (probes == m_probes && interactions == m_interactions)) {
        return;
    }
    m_probes = probes;
    m_interactions = interactions;
    m_modelHash = m_context.project->modelHash();
    AllocationQuestion question;
    question.table = probes;
    question.matrix = interactions;
    question.model = m_context.project->model();
    m_solving.ask([question] { return AllocationStudy(question).points(); });
}

std::optional<PlotSeries> PredictedFrontier::series(const Quantity &x, const Quantity &y) const
{
    const bool isSize = x.kind == Quantity::Kind::Bytes || x.kind == Quantity::Kind::AverageBits;
    if (!isSize || y.kind != Quantity::Kind::DeltaNll || m_points.empty()) {
        return std::nullopt;
    }
    const QString probed = QFileInfo(QString::fromStdString(m_probes->data)).fileName();
    const bool isSameText = probed == QFileInfo(QString::fromStdString(y.data)).fileName();
    PlotSeries series{isSameText ? tr("predicted frontier of the newest probes")
                                 //: the name of a text
                                 : tr("predicted frontier of the newest probes, on %1").arg(probed),
                      {},
                      SeriesLine::Dashed,
                      false,
                      frontierStyle};
    for (const FrontierPoint &point : m_points) {
        if (point.objective <= std::max(point.standardError.value_or(0), 0.0)) {
            break; // and all that follow: the curve ends at its noise floor
        }
        const double size = x.kind == Quantity::Kind::Bytes ? static_cast<double>(point.bytes)
                                                            : point.averageBits;
        series.points.push_back({plottedValue(size, x), point.objective, std::nan(""),
                                 point.standardError.value_or(std::nan(""))});
    }
    series.hasBand = true;
    series.isBackdrop = true; // its places are no runs
    series.points = reducedPoints(series.points);
    return series;
}

} // namespace bitprism
