// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/trade_offs/trade_offs_view.h"

#include "core/alloc/allocation_study.h"
#include "core/report/pareto.h"
#include "widgets/jobs/project.h"
#include "widgets/jobs/run_library.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/selection.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"
#include "widgets/trade_offs/runs_table_model.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism {

namespace {

constexpr int filterMilliseconds = 120; // a pause in typing
constexpr std::size_t mostGroups = 6; // series that can be told apart, with the front
constexpr double bytesPerUnit = 1e6;
constexpr std::size_t mostRowsAtOnce = 1000; // that the table and the plot take in one slot

/// The plot's axis counts megabytes, so that its labels are short.
double plotted(double value, const Quantity &quantity)
{
    const bool isBytes
        = quantity.kind == Quantity::Kind::Bytes || quantity.kind == Quantity::Kind::MovedBytes;
    return isBytes ? value / bytesPerUnit : value;
}

/// Whether the values are better read on a logarithmic axis.
bool spansTwoDecades(const std::vector<PlotPoint> &points)
{
    PlotRange positive;
    for (const PlotPoint &point : points) {
        if (point.y > 0) {
            positive.add(point.y);
        }
    }
    return !positive.isEmpty() && positive.high >= 100 * positive.low;
}

} // namespace

TradeOffsView::TradeOffsView(ViewContext &context, QWidget *parent)
    : View(parent)
    , m_context(context)
    , m_solving(context.project->interactiveThread(), this,
                [this](const Answer<std::vector<FrontierPoint>> &answer) {
                    m_predicted = answer.value.value_or(std::vector<FrontierPoint>());
                    showPlot();
                })
    , m_layout(new QStackedLayout(this))
    , m_state(new StatePanel(this))
    , m_banner(new RunsBanner(m_context, this))
    , m_filter(new QLineEdit(this))
    , m_chips(new QHBoxLayout)
    , m_xAxis(new QComboBox(this))
    , m_yAxis(new QComboBox(this))
    , m_plot(new ScatterPlot(this))
    , m_chosenText(new QLabel(this))
    , m_compare(new QPushButton(tr("Compare these runs"), this))
    , m_table(new DataTable(tr("Runs and what they cost"), this))
    , m_tableModel(new RunsTableModel(this))
{
    m_layout->addWidget(m_state);
    m_layout->addWidget(makePage());
    m_filterTimer.setSingleShot(true);
    m_filterTimer.setInterval(filterMilliseconds);
    connect(&m_filterTimer, &QTimer::timeout, this, &TradeOffsView::applyFilter);
    connect(m_context.project, &Project::changed, this, &TradeOffsView::refresh);
    connect(m_context.project, &Project::runsChanged, this, &TradeOffsView::refresh);
    connect(m_context.selection, &Selection::runChanged, this, [this](const QString &id) {
        m_chosen = id.isEmpty() ? QStringList() : QStringList{id};
        showChosen();
    });
    connect(m_context.library, &RunLibrary::resultChanged, this,
            [this](const QString &, const QString &kind) {
                if (kind == QLatin1String(SensitivityTable::kind.data())
                    || kind == QLatin1String(InteractionMatrix::kind.data())) {
                    askFrontier();
                }
            });
    connect(m_state, &StatePanel::actionTriggered, this, &TradeOffsView::act);
    refresh();
}

QWidget *TradeOffsView::makePage()
{
    m_table->setModel(m_tableModel);
    m_table->filterLine().hide(); // the filter above holds for plot and table alike
    connect(m_table, &DataTable::rowChosen, this,
            [this](int row) { choose(m_tableModel->runId(row)); });
    connect(m_table, &DataTable::rowActivated, this,
            [this](int row) { open(m_tableModel->runId(row)); });
    connect(m_table, &DataTable::selectionChanged, this, [this] {
        const QList<int> rows = m_table->selectedRows();
        if (rows.size() > 1) {
            QStringList ids;
            for (const int row : rows) {
                ids.append(m_tableModel->runId(row));
            }
            takeBrush(ids);
        }
    });
    auto *split = new QSplitter(Qt::Vertical, this);
    split->addWidget(makePlot());
    split->addWidget(m_table);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(makeFilters());
    layout->addWidget(m_banner);
    layout->addWidget(split, 1);
    return page;
}

QWidget *TradeOffsView::makeFilters()
{
    m_filter->setPlaceholderText(tr("Filter runs by name, model or experiment"));
    m_filter->setAccessibleName(tr("Filter of the runs"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMaximumWidth(em(this, 28));
    connect(m_filter, &QLineEdit::textChanged, &m_filterTimer, qOverload<>(&QTimer::start));
    m_chips->setSpacing(space(this, 1));
    auto *box = new QWidget(this);
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_filter, 1);
    layout->addLayout(m_chips);
    layout->addStretch(1);
    return box;
}

QWidget *TradeOffsView::makePlot()
{
    m_xAxis->setAccessibleName(tr("Quantity on the horizontal axis"));
    m_yAxis->setAccessibleName(tr("Quantity on the vertical axis"));
    for (QComboBox *box : {m_xAxis, m_yAxis}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
        connect(box, &QComboBox::activated, this, &TradeOffsView::showPlot);
    }
    m_plot->setLabelsPoints(true);
    m_plot->setEmptyText(
        tr("No run here has both measures. Choose other axes, or clear the filter."));
    m_plot->setClickHint(tr("Click chooses the run, double click opens its report."));
    connect(m_plot, &PlotFrame::clicked, this, &TradeOffsView::choose);
    connect(m_plot, &PlotFrame::activated, this, &TradeOffsView::open);
    connect(m_plot, &PlotFrame::brushed, this, &TradeOffsView::takeBrush);
    auto *box = new QWidget(this);
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 1));
    layout->addWidget(m_yAxis, 0, Qt::AlignLeft);
    layout->addWidget(m_plot, 1);
    layout->addWidget(makeFoot());
    return box;
}

QWidget *TradeOffsView::makeFoot()
{
    m_chosenText->setForegroundRole(QPalette::PlaceholderText);
    m_compare->setEnabled(false);
    connect(m_compare, &QPushButton::clicked, this, [this] {
        m_context.selection->setCompared(m_chosen);
        Q_EMIT showViewRequested("compare");
    });
    auto *foot = new QWidget(this);
    auto *layout = new QHBoxLayout(foot);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 2));
    layout->addWidget(m_compare);
    layout->addWidget(m_chosenText, 1);
    layout->addWidget(m_xAxis);
    return foot;
}

void TradeOffsView::refresh()
{
    if (isPutAside()) {
        return;
    }
    m_runs = m_context.project->runs();
    const bool hasFailed = !m_context.project->storeProblem().isEmpty();
    const bool hasPoints
        = m_runs && std::any_of(m_runs->begin(), m_runs->end(), [](const store::RunRecord &run) {
              return run.bytes.has_value() || !run.metrics.empty();
          });
    if (hasFailed) {
        m_state->showFailure(m_context.project->storeProblem(), tr("Try again"));
    } else if (!m_runs && m_context.project->state() == Project::State::Loading) {
        m_state->showLoading(tr("Reading the runs of the store"));
    } else if (!hasPoints) {
        m_state->showEmpty(
            tr("Every run as a point: what it costs against what it loses, and which "
               "runs no other beats. No run is finished yet."),
            tr("Go to the overview to start one"));
    }
    m_layout->setCurrentIndex(hasPoints && !hasFailed ? 1 : 0);
    if (hasPoints) {
        fillAxes();
        fillChips();
        applyFilter();
        askFrontier();
    }
}

void TradeOffsView::askFrontier()
{
    const QString run = m_context.library->newestRun(SensitivityTable::kind);
    if (isPutAside() || run.isEmpty() || !m_context.project->model()) {
        return;
    }
    const auto probes = m_context.library->resultOf<SensitivityTable>(run);
    const auto interactions = m_context.library->resultOf<InteractionMatrix>(run);
    const bool isComplete = probes && probes->complete
        && std::all_of(probes->cells.begin(), probes->cells.end(),
                       [](const SensitivityCell &cell) { return cell.deltaNll.has_value(); });
    if (!isComplete || (probes == m_probes && interactions == m_interactions)) {
        return;
    }
    m_probes = probes;
    m_interactions = interactions;
    AllocationQuestion question;
    question.table = probes;
    question.matrix = interactions;
    question.model = m_context.project->model();
    m_solving.ask([question] { return AllocationStudy(question).points(); });
}

std::optional<PlotSeries> TradeOffsView::frontierSeries(const Quantity &x, const Quantity &y) const
{
    const bool isSize = x.kind == Quantity::Kind::Bytes || x.kind == Quantity::Kind::AverageBits;
    if (!isSize || y.kind != Quantity::Kind::DeltaNll || m_predicted.empty()
        || runsOfModel(y) == 0) { // of another model's task
        return std::nullopt;
    }
    PlotSeries series{
        tr("predicted frontier of the newest probes"), {}, SeriesLine::Dashed, false, 6};
    for (const FrontierPoint &point : m_predicted) {
        if (point.objective <= std::max(point.standardError.value_or(0), 0.0)) {
            break; // and all that follow: the curve ends at its noise floor
        }
        const double size = x.kind == Quantity::Kind::Bytes ? static_cast<double>(point.bytes)
                                                            : point.averageBits;
        series.points.push_back({plotted(size, x), point.objective, std::nan(""),
                                 point.standardError.value_or(std::nan(""))});
    }
    series.hasBand = true;
    series.points = reducedPoints(series.points);
    return series;
}

void TradeOffsView::act()
{
    if (!m_context.project->storeProblem().isEmpty()) {
        m_context.project->open(m_context.project->target(), m_context.project->storePath());
    } else {
        Q_EMIT showViewRequested("overview");
    }
}

void TradeOffsView::fillAxes()
{
    std::vector<Quantity> quantities = quantitiesOf(*m_runs);
    if (quantities == m_quantities) {
        return;
    }
    const bool isFirst = m_quantities.empty();
    const Quantity x = isFirst ? Quantity() : axis(*m_xAxis);
    const Quantity y = isFirst ? Quantity() : axis(*m_yAxis);
    m_quantities = std::move(quantities);
    for (QComboBox *box : {m_xAxis, m_yAxis}) {
        box->clear();
        for (const Quantity &quantity : m_quantities) {
            box->addItem(quantity.title);
        }
    }
    const auto place = [this](auto isWanted, std::size_t otherwise) {
        const auto found = std::find_if(m_quantities.begin(), m_quantities.end(), isWanted);
        return static_cast<int>(found == m_quantities.end()
                                    ? std::min(otherwise, m_quantities.size() - 1)
                                    : static_cast<std::size_t>(found - m_quantities.begin()));
    };
    m_xAxis->setCurrentIndex(place([&](const Quantity &each) { return !isFirst && each == x; }, 0));
    // Losses against the unquantized model first: their errors are paired, so small. Of these the
    // one that most runs of the open model have: a project may hold runs of several families.
    qsizetype most = 0;
    for (const Quantity &quantity : m_quantities) {
        if (quantity.kind == Quantity::Kind::DeltaNll) {
            most = std::max(most, runsOfModel(quantity));
        }
    }
    m_yAxis->setCurrentIndex(place(
        [&](const Quantity &each) {
            return isFirst ? each.kind == Quantity::Kind::DeltaNll && runsOfModel(each) == most
                           : each == y;
        },
        3));
}

qsizetype TradeOffsView::runsOfModel(const Quantity &quantity) const
{
    return std::count_if(m_runs->begin(), m_runs->end(), [&](const store::RunRecord &run) {
        return run.modelHash == m_context.project->modelHash() && valueOf(run, quantity);
    });
}

void TradeOffsView::fillChips()
{
    QStringList experiments;
    for (const store::RunRecord &run : *m_runs) { // newest first
        const QString name = QString::fromStdString(run.experiment);
        if (!name.isEmpty() && !experiments.contains(name)) {
            experiments.append(name);
        }
        if (experiments.size() == static_cast<qsizetype>(mostGroups)) {
            break;
        }
    }
    if (experiments == m_chips->property("experiments").toStringList()) {
        return;
    }
    m_chips->setProperty("experiments", experiments);
    m_table->setColumnShown(RunsTableModel::experimentColumn, experiments.size() > 1);
    while (QLayoutItem *item = m_chips->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    if (!experiments.contains(m_experiment)) {
        m_experiment.clear();
    }
    delete m_chipGroup;
    m_chipGroup = new QButtonGroup(this);
    for (const QString &name : QStringList{QString()} + experiments) {
        auto *chip = new QToolButton(this);
        chip->setText(name.isEmpty() ? tr("All experiments") : name);
        chip->setAccessibleName(name.isEmpty() ? tr("Show the runs of all experiments")
                                               : tr("Show the runs of experiment %1").arg(name));
        chip->setCheckable(true);
        chip->setChecked(name == m_experiment);
        m_chipGroup->addButton(chip);
        m_chips->addWidget(chip);
        connect(chip, &QToolButton::clicked, this, [this, name] {
            m_experiment = name;
            applyFilter();
        });
    }
}

bool TradeOffsView::isShown(const store::RunRecord &run, const QStringList &words) const
{
    if (!m_experiment.isEmpty() && m_experiment.toStdString() != run.experiment) {
        return false;
    }
    if (words.isEmpty()) {
        return true;
    }
    const QString text = QString::fromStdString(run.name + ' ' + run.model + ' ' + run.experiment);
    return std::all_of(words.begin(), words.end(), [&](const QString &word) {
        return text.contains(word, Qt::CaseInsensitive);
    });
}

void TradeOffsView::applyFilter()
{
    const QStringList words = m_filter->text().split(u' ', Qt::SkipEmptyParts);
    m_rows.clear();
    QStringList unfinished;
    for (std::size_t i = 0; m_runs && i < m_runs->size(); ++i) {
        const store::RunRecord &run = (*m_runs)[i];
        if (run.status != store::RunStatus::Finished && run.kind == "run" && isShown(run, words)) {
            unfinished.append(QString::fromStdString(run.id));
        }
        const bool hasFigures = run.bytes || !run.metrics.empty();
        if (hasFigures && isShown(run, words)) {
            m_rows.push_back(i);
        }
    }
    m_banner->setRuns(unfinished);
    showPlot();
}

const Quantity &TradeOffsView::axis(const QComboBox &box) const
{
    return m_quantities[static_cast<std::size_t>(std::max(0, box.currentIndex()))];
}

/// What the plot shows: entry by entry a run's point, what it costs, and its place in m_runs.
struct TradeOffsView::Drawn
{
    std::vector<PlotPoint> points;
    std::vector<ParetoPoint> costs;
    std::vector<std::size_t> places;
    std::vector<std::pair<std::string, QString>> models; ///< hash and name, as they come

    void addModel(const store::RunRecord &run)
    {
        const bool isKnown = std::any_of(models.begin(), models.end(), [&](const auto &model) {
            return model.first == run.modelHash;
        });
        if (!isKnown) {
            models.emplace_back(run.modelHash, QString::fromStdString(run.model));
        }
    }
};

void TradeOffsView::showPlot()
{
    if (m_quantities.empty()) {
        return;
    }
    const Quantity &x = axis(*m_xAxis);
    const Quantity &y = axis(*m_yAxis);
    std::map<std::string, std::size_t> groups;
    std::vector<PlotSeries> series;
    Drawn drawn;
    for (const std::size_t place : m_rows) {
        const store::RunRecord &run = (*m_runs)[place];
        const auto xValue = valueOf(run, x);
        const auto yValue = valueOf(run, y);
        if (!xValue || !yValue) {
            continue;
        }
        PlotPoint point;
        point.x = plotted(xValue->value, x);
        point.y = plotted(yValue->value, y);
        point.xError = xValue->standardError.value_or(point.xError);
        point.yError = yValue->standardError.value_or(point.yError);
        point.isMuted = isInsideNoise(*xValue, x) || isInsideNoise(*yValue, y);
        point.id = QString::fromStdString(run.id);
        point.label = QString::fromStdString(run.name);
        drawn.costs.push_back({x.isHigherBetter() ? -xValue->value : xValue->value,
                               y.isHigherBetter() ? -yValue->value : yValue->value});
        drawn.places.push_back(place);
        drawn.addModel(run);
        const std::string name = groups.size() < mostGroups || groups.contains(run.experiment)
            ? run.experiment
            : std::string();
        const auto [group, isNew] = groups.emplace(name, series.size());
        if (isNew) {
            series.push_back(
                {name.empty() ? tr("Without experiment") : QString::fromStdString(name),
                 {},
                 SeriesLine::None,
                 true,
                 -1});
        }
        series[group->second].points.push_back(point);
        drawn.points.push_back(std::move(point));
    }
    std::vector<PlotSeries> fronts = frontsOf(drawn);
    series.insert(series.begin(), std::make_move_iterator(fronts.begin()),
                  std::make_move_iterator(fronts.end()));
    const bool isLog = y.isLoss() && spansTwoDecades(drawn.points);
    if (auto predicted = frontierSeries(x, y)) {
        series.push_back(std::move(*predicted));
    }
    m_plot->setTitle(y.title);
    showContext(drawn);
    m_plot->setAxes({x.title, false, false, false, {}}, {y.title, isLog, false, false, {}});
    m_plot->setReferenceLines(referencesOf(drawn, y, isLog));
    m_plot->setSeries(std::move(series));
    const auto showTable = [this] {
        m_tableModel->setRuns(m_runs, m_rows, m_quantities, m_front);
        showChosen();
    };
    if (m_rows.size() > mostRowsAtOnce) { // in a turn of its own
        QMetaObject::invokeMethod(this, showTable, Qt::QueuedConnection);
    } else {
        showTable();
    }
}

/// Runs of one model compete; a smaller model's beat no run of another.
std::vector<PlotSeries> TradeOffsView::frontsOf(const Drawn &drawn)
{
    std::vector<PlotSeries> fronts;
    m_front.clear();
    for (const auto &[hash, name] : drawn.models) {
        std::vector<ParetoPoint> costs;
        std::vector<std::size_t> own;
        for (std::size_t i = 0; i < drawn.places.size(); ++i) {
            if ((*m_runs)[drawn.places[i]].modelHash == hash) {
                costs.push_back(drawn.costs[i]);
                own.push_back(i);
            }
        }
        PlotSeries front{drawn.models.size() == 1
                             ? tr("Pareto front: no run beats these")
                             //: of several models
                             : tr("Pareto front of %1: no run of it beats these").arg(name),
                         {},
                         SeriesLine::Step,
                         false,
                         static_cast<int>(fronts.size())};
        for (const std::size_t best : paretoFront(costs)) {
            front.points.push_back(drawn.points[own[best]]);
            front.points.back().yError = front.points.back().xError = std::nan("");
            m_front.push_back(drawn.places[own[best]]);
        }
        fronts.push_back(std::move(front));
    }
    return fronts;
}

std::vector<ReferenceLine> TradeOffsView::referencesOf(const Drawn &drawn, const Quantity &y,
                                                       bool isLog) const
{
    std::vector<ReferenceLine> references;
    for (const auto &[hash, name] : drawn.models) {
        const auto baseline = baselineOf(*m_runs, y, hash);
        if (!baseline) {
            continue;
        }
        const bool isOfAll = drawn.models.size() == 1 || y.isLoss();
        references.push_back({*baseline, Qt::Horizontal,
                              isLog && *baseline <= 0 ? tr("unquantized: 0, below this axis")
                                  : isOfAll           ? tr("unquantized")
                                            //: a model's name
                                            : tr("%1, unquantized").arg(name)});
        if (isOfAll) {
            break; // each is zero away from itself
        }
    }
    return references;
}

void TradeOffsView::showContext(const Drawn &drawn)
{
    const std::size_t without = m_rows.size() - drawn.points.size();
    const QString model = drawn.models.size() > 1
        ? tr("%n models", nullptr, static_cast<int>(drawn.models.size()))
        : drawn.models.empty() ? QString()
                               : drawn.models.front().second;
    QString text = tr("%1, %n runs; bars are standard errors, outlined: inside the noise", nullptr,
                      static_cast<int>(drawn.points.size()))
                       .arg(model);
    if (without > 0) {
        //: follows the line about what is drawn
        text = tr("%1; %n without both measures are not drawn", nullptr, static_cast<int>(without))
                   .arg(text);
    }
    m_plot->setContext(text);
}

void TradeOffsView::choose(const QString &runId)
{
    m_context.selection->setRun(runId);
    m_chosen = {runId};
    showChosen();
}

void TradeOffsView::open(const QString &runId)
{
    m_context.selection->setRun(runId);
    m_context.selection->setCompared({runId});
    Q_EMIT showViewRequested("report");
}

void TradeOffsView::takeBrush(const QStringList &ids)
{
    m_chosen = ids;
    m_chosen.removeDuplicates();
    showChosen();
}

void TradeOffsView::showChosen()
{
    m_plot->setSelected(m_chosen);
    m_compare->setEnabled(m_chosen.size() > 1);
    if (m_chosen.size() > 1) {
        m_chosenText->setText(tr("%n runs are chosen", nullptr, static_cast<int>(m_chosen.size())));
        return;
    }
    m_table->setCurrentRow(m_chosen.isEmpty() ? -1 : m_tableModel->rowOf(m_chosen.front()));
    m_chosenText->setText(tr("Drag a frame with Shift, or choose rows below, to compare runs."));
}

BITPRISM_EXPORT_VIEW(trade_offs, TradeOffsView, BITPRISM_TR("View", "Trade-offs"));

} // namespace bitprism
