// SPDX-License-Identifier: GPL-3.0-or-later
// The part of MainWindow that places its docks and closes it.
#include "app/gui/closing_dialog.h"
#include "app/gui/main_window.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/report/report_view.h"

#include <QApplication>
#include <QCloseEvent>
#include <QSettings>
#include <QTabWidget>

namespace bitprism {

namespace {

constexpr int layoutVersion = 2; // raise it when docks change, so that an old layout is ignored

} // namespace

void MainWindow::restoreLayout()
{
    const QSettings settings;
    restoreGeometry(settings.value("window/geometry").toByteArray());
    m_isArranged = restoreState(settings.value("window/docks").toByteArray(), layoutVersion);
    m_remembersLayout = true;
}

void MainWindow::rememberLayout() const
{
    if (m_remembersLayout) {
        QSettings settings;
        settings.setValue("window/geometry", saveGeometry());
        settings.setValue("window/docks", saveState(layoutVersion));
    }
}

void MainWindow::resetLayout()
{
    m_jobs->setOpen(false);
    m_layout.arrange();
}

void MainWindow::takeOver(const MainWindow &before)
{
    m_jobs->setOpen(before.m_jobs->isOpen());
    m_views->findChild<ReportView *>()->takeChoices(*before.m_views->findChild<ReportView *>());
    showView(before.m_views->currentWidget()->objectName());
}

void MainWindow::askToClose()
{
    auto *dialog = findChild<ClosingDialog *>();
    if (dialog == nullptr) {
        dialog = new ClosingDialog(m_workbench.hub, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &ClosingDialog::stopped, this, [this, dialog] {
            m_mayClose = true;
            dialog->accept(); // it refuses to be closed meanwhile
            close();
        });
        dialog->show();
    }
    if (qApp->isSavingSession()) { // the system ends: nobody answers
        dialog->stop();
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_workbench.hub.isBusy() && !m_mayClose) {
        event->ignore();
        askToClose();
        return;
    }
    m_workbench.hub.cancelAll(); // an estimate may be under way
    rememberLayout();
    QMainWindow::closeEvent(event);
    Q_EMIT closed();
}

void MainWindow::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    // Docks are shown after their window, and have no sizes before.
    QMetaObject::invokeMethod(this, &MainWindow::arrangeOnce, Qt::QueuedConnection);
}

void MainWindow::arrangeOnce()
{
    if (!m_isArranged) {
        m_isArranged = true;
        m_layout.arrange();
    }
    m_layout.liftFloating();
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    m_layout.fit();
}

} // namespace bitprism
