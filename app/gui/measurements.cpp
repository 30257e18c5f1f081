// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/measurements.h"

#include "app/gui/allocation_drag.h"
#include "app/gui/application.h"
#include "app/gui/cancel_latency.h"
#include "widgets/jobs/analysis_requests.h"
#include "widgets/plot/plot_benchmark.h"

#include <QTabWidget>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <ctime>

namespace bitprism {

namespace {

constexpr int viewMilliseconds = 1500; // that each view shows while the job works
constexpr int rounds = 3; // over all views
constexpr int listedRuns = 10000;
constexpr double tail = 0.999; // the share of gaps that is promised

double monotonicMilliseconds()
{
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

const double mainStart = monotonicMilliseconds();

/// Ten thousand finished runs of one small model.
void fillStore(const std::string &path)
{
    store::ExperimentStore store(path);
    ModelInfo model;
    model.name = "example";
    model.family = "llama";
    model.path = "/example";
    for (int i = 0; i < listedRuns; ++i) {
        store::RunRequest request;
        request.kind = "run";
        request.name = "run " + std::to_string(i);
        request.experiment = i % 3 == 0 ? "experiment " + std::to_string(i % 30) : std::string();
        const store::NewRun run = store.createRun(request, model, "hash");
        store.setStatus(run.id, store::RunStatus::Finished);
    }
}

} // namespace

double millisecondsSinceStart()
{
    const double started = qEnvironmentVariable("BITPRISM_STARTED").toDouble() / 1e6;
    return monotonicMilliseconds() - (started > 0 ? started : mainStart);
}

QStringList Measurement::names()
{
    return {"allocation-drag", "cancel",    "cold-start", "gui-stall",
            "heat-map",        "image-map", "store-list"};
}

Measurement::Measurement(Application &application, MainWindow &window)
    : m_application(application)
    , m_window(window)
{
    window.resize(1440, 900); // whatever the screen's is: what is measured must be comparable
    m_viewTimer.setInterval(viewMilliseconds);
    connect(&m_viewTimer, &QTimer::timeout, this, &Measurement::nextView);
}

void Measurement::start(const QString &name)
{
    if (name == "cold-start") {
        startColdStart();
    } else if (name == "allocation-drag") {
        startAllocationDrag();
    } else if (name == "cancel") {
        startCancels();
    } else if (name == "gui-stall") {
        startStalls();
    } else if (name == "heat-map") {
        startHeatMap();
    } else if (name == "image-map") {
        startImageMap();
    } else {
        startStoreList();
    }
}

void Measurement::startColdStart()
{
    connect(&m_window, &MainWindow::firstPainted, this,
            [this] { m_firstPaint = millisecondsSinceStart(); });
    connect(&m_window, &MainWindow::settled, this, [this] {
        const nlohmann::json document{{"name", "cold-start"},
                                      {"first_paint_ms", m_firstPaint},
                                      {"engine_ready_ms", millisecondsSinceStart()}};
        Q_EMIT finished(QString::fromStdString(document.dump()), {});
    });
    m_window.show();
    m_window.project().open("tiny-llama", m_folder.filePath("none.bitprism"));
}

void Measurement::startAllocationDrag()
{
    const QString store = m_folder.filePath("layers.bitprism");
    auto *drag = new AllocationDrag(m_application, m_window, store, this);
    connect(drag, &AllocationDrag::finished, this, &Measurement::finished);
    connect(&m_window, &MainWindow::settled, this, [this, drag] {
        if (m_view < 0 && m_window.project().model()) {
            m_view = 0; // once
            drag->start();
        }
    });
    m_window.show();
    m_window.project().open("tiny-llama", store);
}

void Measurement::startCancels()
{
    auto *cancels = new CancelLatency(m_window, this);
    connect(cancels, &CancelLatency::finished, this, &Measurement::finished);
    connect(&m_window, &MainWindow::settled, this, [this, cancels] {
        if (m_view < 0 && m_window.project().model() && m_window.workbench().hub.isReady()) {
            m_view = 0; // once
            cancels->start();
        }
    });
    m_window.show();
    m_window.project().open("tiny-llama", m_folder.filePath("runs.bitprism"));
}

void Measurement::startStalls()
{
    connect(&m_window, &MainWindow::settled, this, [this] {
        if (m_view >= 0 || !m_window.workbench().hub.isReady()) {
            return;
        }
        m_view = 0;
        Workbench &bench = m_window.workbench();
        bench.hub.submit(sensitivityRequest(bench.project, bench.recipe.recipe()), "sensitivity");
        m_window.views().setCurrentIndex(0);
        m_application.stallMonitor().startGaps();
        m_application.stallMonitor().take();
        m_viewTimer.start();
    });
    connect(&m_window.workbench().hub, &JobHub::jobFinished, this, &Measurement::endStalls);
    m_window.show();
    m_window.project().open("tiny-llama", m_folder.filePath("runs.bitprism"));
}

void Measurement::nextView()
{
    const StallMonitor::Figures figures = m_application.stallMonitor().take();
    const int count = m_window.views().count();
    const QString view = m_window.views().currentWidget()->objectName();
    m_views.append(QString::fromStdString(nlohmann::json{
        {"view", view.toStdString()},
        {"slots", figures.slotCount},
        {"longest_slot_ms", figures.longestSlot},
        {"longest_slot", figures.longestName},
        {"gaps", figures.gaps.size()},
        {"gap_median_ms", figures.gap(0.5)},
        {"gap_999_ms", figures.gap(tail)},
        {"gap_max_ms", figures.gap(1)}}.dump()));
    m_slots += figures.slotCount;
    m_longSlots += figures.longSlots;
    m_longestSlot = std::max(m_longestSlot, figures.longestSlot);
    m_gaps.insert(m_gaps.end(), figures.gaps.begin(), figures.gaps.end());
    if (++m_view == rounds * count) {
        m_window.workbench().hub.cancelAll(); // endStalls() follows
        m_viewTimer.stop();
        return;
    }
    m_window.views().setCurrentIndex(m_view % count);
}

void Measurement::endStalls()
{
    m_viewTimer.stop();
    StallMonitor::Figures all;
    all.gaps = m_gaps;
    nlohmann::json document{{"name", "gui-stall"},
                            {"slots", m_slots},
                            {"longest_slot_ms", m_longestSlot},
                            {"slots_over_16_ms", m_longSlots},
                            {"gaps", m_gaps.size()},
                            {"gap_median_ms", all.gap(0.5)},
                            {"gap_999_ms", all.gap(tail)},
                            {"gap_max_ms", all.gap(1)},
                            {"views", nlohmann::json::array()}};
    for (const QString &view : m_views) {
        document["views"].push_back(nlohmann::json::parse(view.toStdString()));
    }
    Q_EMIT finished(QString::fromStdString(document.dump()), {});
}

void Measurement::startHeatMap()
{
    // Once the window stands and nothing else is read: the plot's repaints alone are meant.
    connect(&m_window, &MainWindow::settled, this, [this] {
        const RepaintTimes times = measureHeatMapRepaint();
        const nlohmann::json document{{"name", "heat-map"},
                                      {"repaints", times.repaints},
                                      {"repaint_median_ms", times.median},
                                      {"repaint_worst_ms", times.worst}};
        Q_EMIT finished(QString::fromStdString(document.dump()), {});
    });
    m_window.show();
}

void Measurement::startImageMap()
{
    connect(&m_window, &MainWindow::settled, this, [this] {
        const ImageMapTimes times = measureImageMap();
        const nlohmann::json document{{"name", "image-map"},
                                      {"repaints", times.paint.repaints},
                                      {"preparation_ms", times.preparation},
                                      {"paint_median_ms", times.paint.median},
                                      {"paint_worst_ms", times.paint.worst},
                                      {"pan_median_ms", times.pan.median},
                                      {"pan_worst_ms", times.pan.worst},
                                      {"zoom_median_ms", times.zoom.median},
                                      {"zoom_worst_ms", times.zoom.worst}};
        Q_EMIT finished(QString::fromStdString(document.dump()), {});
    });
    m_window.show();
}

void Measurement::startStoreList()
{
    const QString path = m_folder.filePath("many.bitprism");
    m_window.show();
    m_window.project().storeThread().ask<bool>(
        this,
        [path = path.toStdString()] {
            fillStore(path);
            return true;
        },
        [this, path](const Answer<bool> &answer) {
            if (answer.problem) {
                Q_EMIT finished({}, QString::fromUtf8(answer.problem->what()));
                return;
            }
            m_clock.start();
            connect(&m_window.project(), &Project::runsChanged, this, &Measurement::endStoreList);
            m_window.project().open({}, path);
        });
}

void Measurement::endStoreList()
{
    const RunListPtr &runs = m_window.project().runs();
    const auto count = runs ? static_cast<int>(runs->size()) : 0;
    const double now = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
    if (count > 0 && m_firstPaint == 0) {
        m_firstPaint = now; // of the first page
    }
    if (count == listedRuns) {
        const nlohmann::json document{{"name", "store-list"},
                                      {"runs", count},
                                      {"first_page_ms", m_firstPaint},
                                      {"all_ms", now}};
        Q_EMIT finished(QString::fromStdString(document.dump()), {});
    }
}

} // namespace bitprism
