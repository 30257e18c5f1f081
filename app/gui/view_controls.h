// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QTimer>

#include <vector>

class QWidget;

namespace bitprism {

class MainWindow;

/// A button's or menu's text without its mnemonic, which Chinese puts behind in brackets, and
/// without dots.
QString withoutMnemonic(QString text);

/// What the buttons and fields of views and docks do, for the palette and the menus. They are found
/// in the widgets themselves, so that those of a new view are there without being listed.
class ViewControls : public QObject
{
    Q_OBJECT

public:
    /// One of them.
    struct Control
    {
        QWidget *widget;
        QString title;
        QString reason; ///< why it cannot be used now; empty: it can, or nobody knows yet
    };

    explicit ViewControls(MainWindow &window);

    /// Of a view, in order, or the buttons of a dock.
    std::vector<Control> of(QWidget &part) const;
    /// See Control.
    QString reasonAgainst(const QWidget &control) const;
    /// Why nothing can be done in any view; empty: it can.
    QString reasonAgainstView() const;
    /// Brings the view or dock of `control` forward and presses, opens or enters it, once it can
    /// be: a view that was put aside has to read what it shows first. The line of jobs says so
    /// where it cannot.
    void use(QWidget *control);

private:
    /// The view or dock around it; null: none.
    QWidget *partOf(const QWidget &control) const;
    QString nameOf(const QWidget &part) const;
    /// Nobody sees it, so that it does not know yet what can be done in it.
    bool isPutAside(const QWidget &part) const;
    void useAwaited();

    MainWindow &m_window;
    QPointer<QWidget> m_awaited;
    QElapsedTimer m_since; ///< it is awaited
    QTimer m_timer;
};

} // namespace bitprism
