// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"
#include "widgets/jobs/worker.h"
#include "widgets/shared/theme.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>
#include <vector>

namespace bitprism {

class Application;

/// Saves one picture of the window for each view and appearance as FOLDER/VIEW-light.png and
/// FOLDER/VIEW-dark.png, each once the view has read what it shows; then welcome-*.png and one of
/// each dialog. Computes nothing. Where no model could be opened, no picture is made.
class Screenshots : public QObject
{
    Q_OBJECT

public:
    /// `window` and `application` must outlive this.
    Screenshots(Application &application, MainWindow &window, QString folder,
                std::vector<Appearance> appearances);

Q_SIGNALS:
    /// `status` is the process's; `problem` is empty, or one sentence that nobody told yet.
    void finished(int status, const QString &problem);

private:
    struct Picture
    {
        Appearance appearance = Appearance::Light;
        int view = 0;
    };

    void takeWhenReady();
    bool refuse();
    /// So that the inspector has something to show.
    void chooseLayer();
    void takeNext();
    void saveWhenEstimated();
    /// Calls `action` when both workers of the window have nothing left to do, `rounds` times in
    /// a row: an answer may ask for more.
    void whenIdle(int rounds, const std::function<void()> &action);
    void whenDrawn(const std::function<void()> &action);
    void save();
    void saveWelcome(const QString &suffix);
    void saveDialogs(const QString &suffix);
    /// Paints the picture; it is written beside the GUI's thread.
    void saveAs(QWidget &widget, const QString &name);
    void takeSaved(const QString &file, bool isSaved);

    Application &m_application;
    MainWindow &m_window;
    QString m_folder;
    std::vector<Appearance> m_appearances;
    std::vector<Picture> m_pictures;
    std::size_t m_next = 0;
    QTimer m_quiet; ///< runs until no estimate came for a while
    QElapsedTimer m_sinceReady;
    bool m_isStarted = false;
    int m_saving = 0; ///< pictures that are being written
    bool m_isOver = false; ///< all were taken
    bool m_hasFailed = false;
    Worker m_writer{"pictures"};
};

} // namespace bitprism
