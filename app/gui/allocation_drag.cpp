// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/allocation_drag.h"

#include "app/gui/application.h"
#include "core/base/random.h"
#include "core/results/sensitivity_table.h"
#include "widgets/allocation/allocation_view.h"
#include "widgets/allocation/frontier_plot.h"
#include "widgets/plot/plot_canvas.h"

#include <QMouseEvent>
#include <QTabWidget>
#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism {

namespace {

constexpr int layerCount = 500;
constexpr int steps = 400;
constexpr int stepMilliseconds = 16; // as a mouse moves
constexpr int waitMilliseconds = 50;
constexpr int turns = 4; // from one end of the axis to the other

SensitivityTable manyLayers()
{
    Random random(1, "allocation drag");
    SensitivityTable table;
    table.quantizer = "rtn";
    table.quantizerParams = R"({"group_size":128})";
    table.widths = {2, 3, 4, 8};
    table.tokens = 4096;
    table.complete = true;
    for (int layer = 0; layer < layerCount; ++layer) {
        const double size = 0.01 * std::exp(random.normal());
        for (const int bits : table.widths) {
            SensitivityCell &cell = table.cells.emplace_back();
            cell.layer = "model.layers." + std::to_string(layer / 7) + ".layer_"
                + std::to_string(layer % 7);
            cell.bits = bits;
            cell.block = layer / 7;
            cell.weights = std::int64_t{4096} * 64;
            cell.storageBits = cell.weights * bits + cell.weights / 4;
            cell.klDivergence = size * std::pow(4.0, 2 - bits);
            cell.deltaNll = *cell.klDivergence * (1 + 0.3 * random.normal());
            cell.deltaNllStandardError = 0.001;
        }
    }
    return table;
}

} // namespace

AllocationDrag::AllocationDrag(Application &application, MainWindow &window, QString storePath,
                               QObject *parent)
    : QObject(parent)
    , m_application(application)
    , m_window(window)
    , m_storePath(std::move(storePath))
{
    m_waiting.setInterval(waitMilliseconds);
    m_dragging.setInterval(stepMilliseconds);
    connect(&m_waiting, &QTimer::timeout, this, &AllocationDrag::await);
    connect(&m_dragging, &QTimer::timeout, this, &AllocationDrag::step);
}

void AllocationDrag::start()
{
    Project &project = m_window.project();
    project.storeThread().ask<bool>(
        this,
        [path = m_storePath.toStdString(), model = *project.model(), hash = project.modelHash()] {
            store::ExperimentStore store(path);
            store::RunRequest request;
            request.kind = SensitivityTable::kind;
            request.name = "five hundred layers";
            const store::NewRun run = store.createRun(request, model, hash);
            store.putResult(run.id, manyLayers());
            store.setStatus(run.id, store::RunStatus::Finished);
            return true;
        },
        [this](const Answer<bool> &answer) {
            if (answer.problem) {
                Q_EMIT finished({}, QString::fromUtf8(answer.problem->what()));
                return;
            }
            for (int i = 0; i < m_window.views().count(); ++i) {
                if (m_window.views().widget(i)->objectName() == QLatin1String("allocation")) {
                    m_window.views().setCurrentIndex(i);
                }
            }
            m_waiting.start();
        });
}

/// Until the view was made and the solver answered.
void AllocationDrag::await()
{
    m_view = m_window.findChild<AllocationView *>();
    if (m_view == nullptr || !m_view->allocation()) {
        return;
    }
    m_waiting.stop();
    m_last = m_view->allocation().get();
    m_application.stallMonitor().take();
    send(QEvent::MouseButtonPress, 0);
    m_dragging.start();
}

/// By the event queue, so that each movement is a slot of its own, as a user's is.
void AllocationDrag::send(int type, double share)
{
    PlotCanvas &canvas = m_view->frontier().canvas();
    const QRectF plot = canvas.plotRect();
    const double x = type == QEvent::MouseButtonPress
        ? canvas.xAxis->coordToPixel(m_view->frontier().budget())
        : plot.left() + share * plot.width();
    const QPointF place(x, plot.center().y());
    const auto button = type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton;
    QCoreApplication::postEvent(
        &canvas,
        new QMouseEvent(static_cast<QEvent::Type>(type), place, canvas.mapToGlobal(place), button,
                        type == QEvent::MouseButtonRelease ? Qt::NoButton : Qt::LeftButton, {}));
}

void AllocationDrag::step()
{
    const std::shared_ptr<const Allocation> &shown = m_view->allocation();
    if (shown.get() != m_last) {
        m_last = shown.get();
        ++m_answers;
        m_slowestAnswer = std::max(m_slowestAnswer, shown->milliseconds);
    }
    if (m_step == steps) {
        m_dragging.stop();
        send(QEvent::MouseButtonRelease, 0.5);
        const StallMonitor::Figures figures = m_application.stallMonitor().take();
        const nlohmann::json document{{"name", "allocation-drag"},
                                      {"layers", layerCount},
                                      {"movements", steps},
                                      {"answers", m_answers},
                                      {"slowest_answer_ms", m_slowestAnswer},
                                      {"slots", figures.slotCount},
                                      {"longest_slot_ms", figures.longestSlot},
                                      {"longest_slot", figures.longestName},
                                      {"slots_over_16_ms", figures.longSlots}};
        Q_EMIT finished(QString::fromStdString(document.dump()), {});
        return;
    }
    const double way = static_cast<double>(m_step) * turns / steps;
    const double share = std::fmod(way, 2) < 1 ? std::fmod(way, 1) : 1 - std::fmod(way, 1);
    send(QEvent::MouseMove, share);
    ++m_step;
}

} // namespace bitprism
