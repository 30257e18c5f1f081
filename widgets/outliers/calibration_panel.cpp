// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/calibration_panel.h"

#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/outliers/outlier_charts.h"
#include "widgets/plot/bar_plot.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QComboBox>
#include <QLabel>
#include <QListWidget>
#include <QSignalBlocker>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

namespace bitprism {

namespace {

constexpr int mostSets = 5; // as many series as can be told apart
constexpr std::size_t mostBars = 24; // layers, the largest of the first set

struct Metric
{
    const char *id;
    DepthMeasure measure;
};

constexpr Metric metrics[]{{"kurtosis", DepthMeasure::Kurtosis},
                           {"max_abs", DepthMeasure::Largest},
                           {"error_share", DepthMeasure::ErrorShare}};

/// Columns of sensitivity tables.
constexpr std::pair<const char *, const char *> sensitivities[]{
    {"kl_divergence",
     QT_TRANSLATE_NOOP("bitprism::CalibrationPanel", "Sensitivity, KL divergence in nats")},
    {"delta_nll",
     QT_TRANSLATE_NOOP("bitprism::CalibrationPanel", "Sensitivity, change in loss in nats")}};

} // namespace

CalibrationPanel::CalibrationPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_metric(new QComboBox(this))
    , m_runs(new QListWidget(this))
    , m_sentence(new QLabel(this))
    , m_empty(new QLabel(this))
    , m_agreement(new HeatMapPlot(this))
    , m_bars(new BarPlot(this))
    , m_comparing(context.project->interactiveThread(), this,
                  [this](const Answer<CalibrationSets> &answer) { take(answer); })
{
    for (const Metric &metric : metrics) {
        m_metric->addItem(measureName(metric.measure), QLatin1String(metric.id));
        m_metric->setItemData(m_metric->count() - 1, measureDefinition(metric.measure),
                              Qt::ToolTipRole);
    }
    for (const auto &[id, text] : sensitivities) {
        m_metric->addItem(tr(text), QLatin1String(id));
        m_metric->setItemData(m_metric->count() - 1,
                              tr("When only this layer is quantized, at the fewest bits that all "
                                 "runs probed."),
                              Qt::ToolTipRole);
    }
    m_metric->setAccessibleName(tr("What the layers are ranked by"));
    m_runs->setAccessibleName(tr("Runs that are compared"));
    m_runs->setTextElideMode(Qt::ElideMiddle);
    m_sentence->setWordWrap(true);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setMargin(space(this, 4));
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_bars->setClickHint(tr("Click: choose the layer."));
    m_bars->setRankedAmong(tr("all layers"));
    m_bars->setLogWhereWide(true);
    auto *label = new QLabel(tr("&Rank by"), this);
    label->setBuddy(m_metric);
    auto *line = new QHBoxLayout;
    line->setSpacing(space(this, 2));
    line->addWidget(label);
    line->addWidget(m_metric, 1);
    auto *side = new QWidget(this);
    auto *sideLayout = new QVBoxLayout(side);
    sideLayout->setContentsMargins({});
    sideLayout->setSpacing(space(this, 2));
    sideLayout->addLayout(line);
    sideLayout->addWidget(m_runs, 1);
    sideLayout->addWidget(m_sentence);
    auto *parts = new QSplitter(Qt::Horizontal, this);
    parts->addWidget(side);
    parts->addWidget(m_agreement);
    parts->addWidget(m_bars);
    parts->addWidget(m_empty);
    parts->setSizes({em(this, 20), em(this, 30), em(this, 40), em(this, 70)});
    parts->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->addWidget(parts);
    connect(m_metric, &QComboBox::currentIndexChanged, this, &CalibrationPanel::refresh);
    connect(m_runs, &QListWidget::itemChanged, this, &CalibrationPanel::ask);
    connect(m_bars, &PlotFrame::clicked, this, &CalibrationPanel::layerChosen);
    connect(context.library, &RunLibrary::resultChanged, this,
            [this](const QString &run, const QString &result) {
                if (result.toStdString() == kind() && chosen().contains(run)) {
                    ask();
                }
            });
    clear(QString());
}

CalibrationPanel::~CalibrationPanel() = default;

QString CalibrationPanel::sentence() const
{
    return m_empty->isHidden() ? m_sentence->text() : m_empty->text();
}

void CalibrationPanel::showPlots(bool shown)
{
    m_agreement->setVisible(shown);
    m_bars->setVisible(shown);
    m_sentence->setVisible(shown);
    m_empty->setVisible(!shown);
}

std::string CalibrationPanel::kind() const
{
    const bool isOutliers = isOutlierMetric(m_metric->currentData().toString().toStdString());
    return std::string(isOutliers ? OutlierTable::kind : SensitivityTable::kind);
}

QStringList CalibrationPanel::chosen() const
{
    QStringList ids;
    for (int row = 0; row < m_runs->count(); ++row) {
        const QListWidgetItem *item = m_runs->item(row);
        if (item->checkState() == Qt::Checked && ids.size() < mostSets) {
            ids.append(item->data(Qt::UserRole).toString());
        }
    }
    return ids;
}

void CalibrationPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void CalibrationPanel::refresh()
{
    if (!isVisible()) {
        return;
    }
    QStringList listed;
    for (int row = 0; row < m_runs->count(); ++row) {
        listed.append(m_runs->item(row)->data(Qt::UserRole).toString());
    }
    QStringList now;
    const RunListPtr &runs = m_context.project->runs();
    for (const store::RunRecord &run : runs ? *runs : RunList()) {
        if (run.kind == kind() && run.status == store::RunStatus::Finished
            && run.modelHash == m_context.project->modelHash()) {
            now.append(QString::fromStdString(run.id));
        }
    }
    if (now != listed) {
        const QStringList before = chosen();
        const QSignalBlocker quiet(m_runs);
        m_runs->clear();
        for (const QString &id : std::as_const(now)) {
            const store::RunRecord *run = m_context.project->findRun(id);
            auto *item = new QListWidgetItem(QString::fromStdString(run->name), m_runs);
            item->setData(Qt::UserRole, id);
            const bool isChosen
                = listed.contains(id) ? before.contains(id) : chosen().size() < mostSets;
            item->setCheckState(isChosen ? Qt::Checked : Qt::Unchecked);
        }
    }
    ask();
}

void CalibrationPanel::clear(const QString &sentence)
{
    m_comparing.forget();
    showPlots(false);
    m_empty->setText(sentence);
    m_agreement->setTitle(tr("Agreement of the calibration sets, Kendall's tau"));
    m_agreement->setData(std::make_shared<HeatMapData>());
    m_bars->setTitle(tr("The layers under each calibration set"));
    m_bars->setSeries({});
}

void CalibrationPanel::ask()
{
    if (chosen().size() < 2) {
        m_asked.clear();
        clear(kind() == OutlierTable::kind
                  ? tr("Choose two finished outlier runs or more. Measure the outliers again with "
                       "other calibration data to have them.")
                  : tr("Choose two finished sensitivity runs or more. Measure the sensitivity "
                       "again with other calibration data to have them."));
    } else if (kind() == OutlierTable::kind) {
        compare<OutlierTable>();
    } else {
        compare<SensitivityTable>();
    }
}

template <typename Table> std::vector<std::shared_ptr<const Table>> CalibrationPanel::tables()
{
    std::vector<std::shared_ptr<const Table>> tables;
    for (int row = 0; row < m_runs->count(); ++row) {
        QListWidgetItem *item = m_runs->item(row);
        const QString id = item->data(Qt::UserRole).toString();
        const auto table = chosen().contains(id) ? m_context.library->resultOf<Table>(id) : nullptr;
        if (table) {
            const QSignalBlocker quiet(m_runs);
            item->setToolTip(
                tr("%1 tokens of %2")
                    .arg(formatCount(table->tokens), QString::fromStdString(table->data)));
            tables.push_back(table);
        }
    }
    return tables;
}

template <typename Table> void CalibrationPanel::compare()
{
    const std::string metric = m_metric->currentData().toString().toStdString();
    const QStringList wanted = chosen() + QStringList(m_metric->currentData().toString());
    const auto found = tables<Table>();
    if (static_cast<qsizetype>(found.size()) < chosen().size() || wanted == m_asked) {
        return; // they are being read, or were compared already
    }
    m_asked = wanted;
    m_comparing.ask([found, metric] {
        std::vector<const Table *> all;
        for (const auto &table : found) {
            all.push_back(table.get());
        }
        return compareCalibrationSets(std::span<const Table *const>(all), metric);
    });
}

void CalibrationPanel::take(const Answer<CalibrationSets> &answer)
{
    if (answer.value) {
        showSets(*answer.value);
    } else {
        clear(answer.problem ? errorText(*answer.problem) : QString());
    }
}

void CalibrationPanel::showSets(const CalibrationSets &sets)
{
    showPlots(true);
    const std::size_t count = sets.sets.size();
    QStringList names; // of the runs, which are in the order of the sets
    for (std::size_t i = 0; i < count; ++i) {
        const store::RunRecord *run
            = m_context.project->findRun(m_asked.value(static_cast<qsizetype>(i)));
        //: place of a run in the list, and its name
        names.append(tr("%1: %2").arg(i + 1).arg(run != nullptr ? QString::fromStdString(run->name)
                                                                : QString()));
    }
    auto map = std::make_shared<HeatMapData>();
    map->valueName = tr("Kendall's tau");
    map->values.assign(count * count, 1);
    map->errors.assign(count * count, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < count; ++i) {
        const QString number = QString::number(i + 1);
        const QString &name = names.at(static_cast<qsizetype>(i));
        map->rows.push_back({name, name, {}});
        map->columns.push_back({number, number, name});
    }
    for (const SetAgreement &pair : sets.pairs) {
        for (const std::size_t place :
             {pair.first * count + pair.second, pair.second * count + pair.first}) {
            map->values[place] = pair.tau.value_or(std::numeric_limits<double>::quiet_NaN());
            map->errors[place]
                = pair.standardError.value_or(std::numeric_limits<double>::quiet_NaN());
        }
    }
    m_agreement->setAxisTitles(tr("calibration set"), tr("calibration set"));
    m_agreement->setData(map);
    m_sentence->setText(
        sets.meanTau ? tr("Mean agreement over %n layers (those that share an input count once): "
                          "tau %1 (1: the same ranking, 0: none).",
                          nullptr, static_cast<int>(sets.layers.size()))
                           .arg(plotNumber(*sets.meanTau, sets.meanTauStderr.value_or(0)))
                     : tr("A set ranks all layers alike, so there is no agreement to speak of."));

    std::vector<std::size_t> order(sets.layers.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::vector<double> &first = sets.sets.front().values;
    std::stable_sort(order.begin(), order.end(),
                     [&first](std::size_t a, std::size_t b) { return first[a] > first[b]; });
    order.resize(std::min(order.size(), mostBars));
    std::vector<BarSeries> series;
    for (std::size_t i = 0; i < count; ++i) {
        BarSeries &bars = series.emplace_back(BarSeries{names.at(static_cast<qsizetype>(i)), {}});
        for (const std::size_t layer : order) {
            const QString name = QString::fromStdString(sets.layers[layer]);
            PlotBar bar;
            bar.id = name;
            bar.label = shortLayerName(name);
            bar.value = sets.sets[i].values[layer];
            bars.bars.push_back(bar);
        }
        for (const double value : sets.sets[i].values) {
            bars.sizes.push_back(std::abs(value));
        }
    }
    const QString name = m_metric->currentText();
    m_bars->setTitle(order.size() < sets.layers.size()
                         ? tr("%1 of the %n largest layers under each calibration set", nullptr,
                              static_cast<int>(order.size()))
                               .arg(name)
                         : tr("%1 of the layers under each calibration set").arg(name));
    m_bars->setAxisTitles({}, name);
    m_bars->setSeries(std::move(series));
}

void CalibrationPanel::showLayer(const QString &layer)
{
    m_bars->setSelected(layer.isEmpty() ? QStringList() : QStringList(layer));
}

} // namespace bitprism
