// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/main_window.h"
#include "widgets/shared/theme.h"

#include <QObject>

#include <vector>

namespace bitprism {

class Application;

/// Saves one picture of the window for each view and appearance as FOLDER/VIEW-light.png and
/// FOLDER/VIEW-dark.png once everything is read and loaded.
class Screenshots : public QObject
{
    Q_OBJECT

public:
    /// `window` and `application` must outlive this.
    Screenshots(Application &application, MainWindow &window, QString folder,
                std::vector<Appearance> appearances);

Q_SIGNALS:
    /// `problem` is empty, or one sentence.
    void finished(const QString &problem);

private:
    void takeWhenReady();
    /// The next appearance, then the pictures after the event loop has brought it to every widget.
    void takeNext();
    QString takeViews();

    Application &m_application;
    MainWindow &m_window;
    QString m_folder;
    std::vector<Appearance> m_appearances;
    std::size_t m_next = 0;
    bool m_isStarted = false;
};

} // namespace bitprism
