// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTemporaryDir>
#include <QTimer>

namespace bitprism {

class Application;

/// The window measures itself and prints one JSON document, for `bitprism-cli bench`:
/// - allocation-drag: slots of the GUI thread while the budget of 500 layers is dragged;
/// - cancel: milliseconds until jobs of each kind that are cancelled end;
/// - cold-start: milliseconds from the start of the process to the first paint and to the engine;
/// - gui-stall: slots and gaps of the GUI thread, view by view, while a sensitivity job works on
///   the sample;
/// - heat-map: repaints of a map of 1,000 x 8 cells, each from its data on;
/// - image-map: an image of 4,096 x 2,048 cells painted, panned and zoomed;
/// - store-list: milliseconds until a store of ten thousand runs stands in the list.
class Measurement : public QObject
{
    Q_OBJECT

public:
    /// Names that start() knows.
    static QStringList names();

    /// Both outlive the measurement.
    Measurement(Application &application, MainWindow &window);

    /// Shows the window and measures; finished() follows.
    void start(const QString &name);

Q_SIGNALS:
    /// `json` is empty where `problem` is not.
    void finished(const QString &json, const QString &problem);

private:
    void startColdStart();
    void startAllocationDrag();
    void startCancels();
    void startStalls();
    void nextView();
    void endStalls();
    void startHeatMap();
    void startImageMap();
    void startStoreList();
    void endStoreList();

    Application &m_application;
    MainWindow &m_window;
    QTemporaryDir m_folder;
    QTimer m_viewTimer;
    QElapsedTimer m_clock;
    double m_firstPaint = 0; ///< milliseconds after the start
    int m_view = -1;
    QStringList m_views; ///< JSON objects, one a view
    double m_longestGap = 0;
    double m_longestSlot = 0;
    std::vector<double> m_gaps;
    std::int64_t m_longSlots = 0;
    std::int64_t m_slots = 0;
};

/// Milliseconds since the process was started: since BITPRISM_STARTED (nanoseconds of the monotonic
/// clock), which the starting program sets, or else since main() began.
double millisecondsSinceStart();

} // namespace bitprism
