// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/shared/theme.h"

#include <QApplication>
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

    void setAppearance(Appearance appearance);
    Appearance appearance() const { return m_appearance; }

Q_SIGNALS:
    /// A sentence for the status bar; it stands on standard error too.
    void unexpectedProblem(const QString &sentence);

private:
    void report(const QString &sentence);

    bool m_systemIsDark;
    Appearance m_appearance = Appearance::System;
    QTranslator m_ownTexts;
    QTranslator m_qtTexts;
};

} // namespace bitprism
