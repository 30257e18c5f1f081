// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/view_controls.h"

#include "app/gui/main_window.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/job_dock/job_line.h"
#include "widgets/shared/section.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/state_panel.h"
#include "widgets/tables/data_table.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpression>
#include <QSet>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>

namespace bitprism {

namespace {

constexpr int lookMilliseconds = 50; // between two looks at what is awaited
constexpr int mostLookedMilliseconds = 5000; // later nobody expects that it still happens

/// What Qt's own widgets are made of, and what is offered otherwise: a table's menu by its actions.
bool isPartOfAnother(const QWidget &control)
{
    const QWidget *parent = control.parentWidget();
    return control.objectName().startsWith(QLatin1String("qt_")) || parent == nullptr
        || qobject_cast<const QTabBar *>(parent) != nullptr
        || qobject_cast<const QLineEdit *>(parent) != nullptr
        || qobject_cast<const QAbstractItemView *>(parent) != nullptr
        || qobject_cast<const QDockWidget *>(parent) != nullptr
        || qobject_cast<const DataTable *>(parent) != nullptr;
}

/// Copy, Retry and Dismiss belong to a sentence: without it there is nothing they could be of.
bool isOfASentence(const QWidget &control)
{
    const QWidget *parent = control.parentWidget();
    return qobject_cast<const StatePanel *>(parent) != nullptr
        || qobject_cast<const StateBanner *>(parent) != nullptr;
}

/// The tabs of which `page` is one; null: it is none.
QTabWidget *tabsOf(const QWidget &page)
{
    auto *stack = qobject_cast<QStackedWidget *>(page.parentWidget());
    return stack == nullptr ? nullptr : qobject_cast<QTabWidget *>(stack->parentWidget());
}

/// Whether it shows once tabs and sections around it are opened.
bool canBeShown(const QWidget &control, const QWidget &part)
{
    for (const QWidget *widget = &control; widget != nullptr && widget != &part;
         widget = widget->parentWidget()) {
        if (widget->isHidden() && tabsOf(*widget) == nullptr
            && qobject_cast<const Section *>(widget->parentWidget()) == nullptr) {
            return false;
        }
    }
    return true;
}

void bringForward(QWidget &control, const QWidget &part)
{
    for (QWidget *widget = &control; widget != nullptr && widget != &part;
         widget = widget->parentWidget()) {
        if (QTabWidget *tabs = tabsOf(*widget)) {
            tabs->setCurrentWidget(widget);
        } else if (auto *section = qobject_cast<Section *>(widget->parentWidget());
                   section != nullptr && widget->isHidden()) {
            section->setOpen(true);
        }
    }
}

/// A name that says more than the text does, such as which line a button removes.
QString controlTitle(const QWidget &control)
{
    const auto *button = qobject_cast<const QAbstractButton *>(&control);
    const QString text = button == nullptr ? QString() : withoutMnemonic(button->text());
    const QString name = control.accessibleName();
    return name.contains(text, Qt::CaseInsensitive) ? name : text;
}

void press(QAbstractButton &button)
{
    const auto *tool = qobject_cast<const QToolButton *>(&button);
    if (tool != nullptr && tool->menu() != nullptr
        && tool->popupMode() == QToolButton::InstantPopup) {
        tool->menu()->popup(tool->mapToGlobal(tool->rect().bottomLeft()));
    } else {
        button.click();
    }
}

void enter(QWidget &field)
{
    field.setFocus(Qt::ShortcutFocusReason);
    if (auto *box = qobject_cast<QComboBox *>(&field)) {
        box->showPopup();
    } else if (auto *number = qobject_cast<QAbstractSpinBox *>(&field)) {
        number->selectAll();
    }
}

} // namespace

QString withoutMnemonic(QString text)
{
    static const QRegularExpression bracketed(QStringLiteral("\\(&\\w\\)"));
    return text.remove(bracketed).remove(QLatin1Char('&')).remove(QStringLiteral("..."));
}

ViewControls::ViewControls(MainWindow &window)
    : QObject(&window)
    , m_window(window)
{
    m_timer.setInterval(lookMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &ViewControls::useAwaited);
}

std::vector<ViewControls::Control> ViewControls::of(QWidget &part) const
{
    const bool isDock = qobject_cast<const QDockWidget *>(&part) != nullptr;
    std::vector<Control> controls;
    QSet<QString> titles; // the first of several with one title
    for (QWidget *widget : part.findChildren<QWidget *>()) {
        const bool isButton = qobject_cast<const QAbstractButton *>(widget) != nullptr;
        const bool isField = qobject_cast<const QComboBox *>(widget) != nullptr
            || qobject_cast<const QAbstractSpinBox *>(widget) != nullptr;
        // A dialog of the part is a window of its own.
        if ((!isButton && (isDock || !isField)) || widget->window() != part.window()
            || isPartOfAnother(*widget)) {
            continue;
        }
        const QString title = controlTitle(*widget);
        if (title.isEmpty() || titles.contains(title)
            || (isOfASentence(*widget) && !canBeShown(*widget, part))) {
            continue;
        }
        titles.insert(title);
        controls.push_back({widget, title, reasonAgainst(*widget)});
    }
    return controls;
}

QWidget *ViewControls::partOf(const QWidget &control) const
{
    for (QWidget *widget = control.parentWidget(); widget != nullptr;
         widget = widget->parentWidget()) {
        if (m_window.views().indexOf(widget) >= 0
            || qobject_cast<QDockWidget *>(widget) != nullptr) {
            return widget;
        }
    }
    return nullptr;
}

QString ViewControls::nameOf(const QWidget &part) const
{
    const int tab = m_window.views().indexOf(&part);
    return tab >= 0 ? m_window.views().tabText(tab) : part.windowTitle();
}

bool ViewControls::isPutAside(const QWidget &part) const
{
    return &part == &m_window.jobDock()
        ? !m_window.jobDock().isOpen()
        : m_window.views().indexOf(&part) >= 0 && m_window.views().currentWidget() != &part;
}

/// Instead of the views the welcome page shows.
QString ViewControls::reasonAgainstView() const
{
    const Project &project = m_window.project();
    return project.state() == Project::State::Empty && project.target().isEmpty()
        ? tr("Open a model or a project first.")
        : QString();
}

QString ViewControls::reasonAgainst(const QWidget &control) const
{
    const QWidget *part = partOf(control);
    if (part == nullptr) {
        return tr("Not possible now.");
    }
    if (m_window.views().indexOf(part) >= 0 && !reasonAgainstView().isEmpty()) {
        return reasonAgainstView();
    }
    if (isPutAside(*part)) {
        return {};
    }
    if (!canBeShown(control, *part)) {
        //: %1 is a view or a dock
        return tr("%1 does not show it now.").arg(nameOf(*part));
    }
    if (!control.isEnabled()) {
        return control.toolTip().isEmpty() ? tr("Not possible now.") : control.toolTip();
    }
    return {};
}

void ViewControls::use(QWidget *control)
{
    QWidget *part = control == nullptr ? nullptr : partOf(*control);
    if (part == nullptr) {
        return;
    }
    if (auto *dock = qobject_cast<QDockWidget *>(part)) {
        dock->show();
        dock->raise();
    } else {
        m_window.showView(part->objectName());
    }
    if (part == &m_window.jobDock()) {
        m_window.jobDock().setOpen(true);
    }
    m_awaited = control;
    m_since.start();
    m_timer.start();
    useAwaited();
}

void ViewControls::useAwaited()
{
    QWidget *control = m_awaited;
    const QWidget *part = control == nullptr ? nullptr : partOf(*control);
    if (part == nullptr || isPutAside(*part)) { // it is gone, or somebody went elsewhere
        m_timer.stop();
        return;
    }
    const QString reason = reasonAgainst(*control);
    if (reason.isEmpty()) {
        m_timer.stop();
        m_awaited.clear();
        bringForward(*control, *part);
        if (auto *button = qobject_cast<QAbstractButton *>(control)) {
            press(*button);
        } else { // the palette still has the focus, and gives it back when it closes
            QTimer::singleShot(0, control, [control] { enter(*control); });
        }
    } else if (m_since.hasExpired(mostLookedMilliseconds)) {
        m_timer.stop();
        //: %1 is what somebody wanted to do, %2 why it cannot be done
        m_window.jobDock().line().setIdleText(tr("%1: %2").arg(controlTitle(*control), reason));
    }
}

} // namespace bitprism
