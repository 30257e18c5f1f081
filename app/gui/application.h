// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/stall_monitor.h"
#include "widgets/shared/theme.h"

#include <QApplication>
#include <QFont>
#include <QTranslator>

namespace bitprism {

/// The workbench's application object: texts, colours, and the last net for exceptions.
class Application : public QApplication
{
    Q_OBJECT

public:
    /// `argc` and `argv` must live as long as the application.
    Application(int &argc, char **argv);

    /// Whatever a slot or an event handler throws is told and survived.
    bool notify(QObject *receiver, QEvent *event) override;

    /// "system", "en" or the name of a translation; windows made before keep their texts.
    void setLanguage(const QString &name);
    void setAppearance(Appearance appearance);
    Appearance appearance() const { return m_appearance; }
    StallMonitor &stallMonitor() { return m_stalls; }

Q_SIGNALS:
    /// A sentence for the status bar; it stands on standard error too.
    void unexpectedProblem(const QString &sentence);

private:
    bool deliver(QObject *receiver, QEvent *event);
    /// The system went dark or light while we run.
    void readSystem();
    void report(const QString &sentence);

    StallMonitor m_stalls;
    bool m_systemIsDark;
    QFont m_systemFont; ///< as it was before a language added its own
    Appearance m_appearance = Appearance::System;
    QTranslator m_plurals; ///< of English
    QTranslator m_ownTexts;
    QTranslator m_qtTexts;
};

} // namespace bitprism
