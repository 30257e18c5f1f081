// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/trade_offs_charts.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism {

namespace {

/// The context of this file's texts.
struct TradeOffTexts
{
    Q_DECLARE_TR_FUNCTIONS(TradeOffs)
};

constexpr double bytesPerUnit = 1e6;
constexpr double twoDecades = 100;

PlotPoint pointOf(const store::RunRecord &run, const Quantity &x, const QuantityValue &xValue,
                  const Quantity &y, const QuantityValue &yValue)
{
    PlotPoint point;
    point.x = plottedValue(xValue.value, x);
    point.y = plottedValue(yValue.value, y);
    point.xError = xValue.standardError.value_or(point.xError);
    point.yError = yValue.standardError.value_or(point.yError);
    point.isMuted = isInsideNoise(xValue, x) || isInsideNoise(yValue, y);
    point.id = QString::fromStdString(run.id);
    point.label = QString::fromStdString(run.name);
    return point;
}

} // namespace

double plottedValue(double value, const Quantity &quantity)
{
    const bool isBytes
        = quantity.kind == Quantity::Kind::Bytes || quantity.kind == Quantity::Kind::MovedBytes;
    return isBytes ? value / bytesPerUnit : value;
}

bool spansTwoDecades(const std::vector<PlotPoint> &points)
{
    PlotRange positive;
    for (const PlotPoint &point : points) {
        if (point.y > 0) {
            positive.add(point.y);
        }
    }
    return !positive.isEmpty() && positive.high >= twoDecades * positive.low;
}

bool DrawnRuns::hasModel(const std::string &hash) const
{
    return std::any_of(models.begin(), models.end(),
                       [&hash](const auto &model) { return model.first == hash; });
}

DrawnRuns drawnRuns(const RunList &runs, const std::vector<std::size_t> &rows, const Quantity &x,
                    const Quantity &y)
{
    DrawnRuns drawn;
    for (const std::size_t place : rows) {
        const store::RunRecord &run = runs[place];
        const auto xValue = valueOf(run, x);
        const auto yValue = valueOf(run, y);
        if (!xValue || !yValue) {
            continue;
        }
        drawn.points.push_back(pointOf(run, x, *xValue, y, *yValue));
        drawn.costs.push_back({x.isHigherBetter() ? -xValue->value : xValue->value,
                               y.isHigherBetter() ? -yValue->value : yValue->value});
        drawn.places.push_back(place);
        if (!drawn.hasModel(run.modelHash)) {
            drawn.models.emplace_back(run.modelHash, QString::fromStdString(run.model));
        }
    }
    for (std::size_t i = 0; drawn.models.size() > 1 && i < drawn.points.size(); ++i) {
        const store::RunRecord &run = runs[drawn.places[i]];
        //: a model, and a run of it
        drawn.points[i].label = TradeOffTexts::tr("%1: %2").arg(QString::fromStdString(run.model),
                                                                QString::fromStdString(run.name));
    }
    return drawn;
}

RunGroups experimentsOf(const RunList &runs, const DrawnRuns &drawn)
{
    RunGroups groups;
    for (const std::size_t place : drawn.places) {
        groups.push_back(QString::fromStdString(runs[place].experiment));
    }
    return groups;
}

RunGroups modelsOf(const RunList &runs, const DrawnRuns &drawn)
{
    RunGroups groups;
    for (const std::size_t place : drawn.places) {
        groups.push_back(QString::fromStdString(runs[place].model));
    }
    return groups;
}

std::vector<PlotSeries> runSeries(const DrawnRuns &drawn, const RunGroups &groups,
                                  const QString &rest)
{
    std::vector<PlotSeries> series;
    std::map<QString, std::size_t> taken;
    for (std::size_t i = 0; i < drawn.places.size(); ++i) {
        const bool isOwn = taken.size() < mostRunGroups || taken.contains(groups[i]);
        const QString name = isOwn ? groups[i] : QString();
        const auto [group, isNew] = taken.emplace(name, series.size());
        if (isNew) {
            series.push_back({name.isEmpty() ? rest : name, {}, SeriesLine::None, true, -1});
        }
        series[group->second].points.push_back(drawn.points[i]);
    }
    return series;
}

QString tradeOffTitle(const Quantity &x, const Quantity &y)
{
    // Within a sentence; abbreviations stay as they are.
    QString across = x.title;
    if (across.size() > 1 && across.at(1).isLower()) {
        across[0] = across.at(0).toLower();
    }
    //: the title of a plot: what is upwards, and what is across
    return TradeOffTexts::tr("%1, against %2").arg(y.title, across);
}

std::vector<PlotSeries> paretoFronts(const RunList &runs, DrawnRuns &drawn,
                                     std::vector<std::size_t> &best)
{
    std::vector<PlotSeries> fronts;
    best.clear();
    std::size_t place = 0; // among the models
    for (const auto &[hash, name] : drawn.models) {
        std::vector<ParetoPoint> costs;
        std::vector<std::size_t> own;
        for (std::size_t i = 0; i < drawn.places.size(); ++i) {
            if (runs[drawn.places[i]].modelHash == hash) {
                costs.push_back(drawn.costs[i]);
                own.push_back(i);
            }
        }
        const QString title = drawn.models.size() == 1
            ? TradeOffTexts::tr("Pareto front: no run beats these")
            //: of several models
            : TradeOffTexts::tr("Pareto front of %1: no run of it beats these").arg(name);
        PlotSeries front{
            title, {}, SeriesLine::Step, false, static_cast<int>(std::min(place++, mostRunGroups))};
        front.isBackdrop = true; // its runs are points of their own
        for (const std::size_t unbeaten : paretoFront(costs)) {
            drawn.points[own[unbeaten]].isEmphatic = true;
            front.points.push_back(drawn.points[own[unbeaten]]);
            front.points.back().yError = front.points.back().xError = std::nan("");
            best.push_back(drawn.places[own[unbeaten]]);
        }
        if (front.points.size() > 1) { // else there is no line
            fronts.push_back(std::move(front));
        }
    }
    return fronts;
}

std::vector<ReferenceLine> unquantizedLines(const RunList &runs, const DrawnRuns &drawn,
                                            const Quantity &y, bool isLog)
{
    std::vector<ReferenceLine> lines;
    for (const auto &[hash, name] : drawn.models) {
        const auto baseline = baselineOf(runs, y, hash);
        if (!baseline) {
            continue;
        }
        const bool isOfAll = drawn.models.size() == 1 || y.isLoss();
        lines.push_back({*baseline, Qt::Horizontal,
                         isLog && *baseline <= 0
                             ? TradeOffTexts::tr("unquantized: 0, below this axis")
                             : isOfAll ? TradeOffTexts::tr("unquantized")
                                       //: a model's name
                                       : TradeOffTexts::tr("%1, unquantized").arg(name)});
        if (isOfAll) {
            break; // each is zero away from itself
        }
    }
    return lines;
}

QString tradeOffContext(const DrawnRuns &drawn, std::size_t rows)
{
    const std::size_t without = rows - drawn.points.size();
    if (drawn.points.empty()) {
        return without == 0 ? QString()
                            : TradeOffTexts::tr("%n runs without both measures are not drawn",
                                                nullptr, static_cast<int>(without));
    }
    const QString model = drawn.models.size() > 1
        ? TradeOffTexts::tr("%n models", nullptr, static_cast<int>(drawn.models.size()))
        : drawn.models.front().second;
    const QString text = TradeOffTexts::tr("%1, %n runs; larger: on the front, bars: standard "
                                           "errors, outlined: inside the noise",
                                           nullptr, static_cast<int>(drawn.points.size()))
                             .arg(model);
    return without == 0 ? text
                        //: follows the line about what is drawn
                        : TradeOffTexts::tr("%1; %n without both measures are not drawn", nullptr,
                                            static_cast<int>(without))
                              .arg(text);
}

} // namespace bitprism
