// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/main_window.h"

#include "app/gui/application.h"
#include "core/families/locate_model.h"
#include "widgets/model_tree/model_tree_panel.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QSettings>
#include <QStatusBar>
#include <QTabWidget>

namespace bitprism {

namespace {

constexpr int layoutVersion = 1; // raise it when docks change, so that an old layout is ignored

/// The one local file or folder that is dragged; empty otherwise.
QString draggedPath(const QMimeData &data)
{
    const QList<QUrl> urls = data.urls();
    return urls.size() == 1 && urls.first().isLocalFile() ? urls.first().toLocalFile() : QString();
}

} // namespace

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_views(new QTabWidget(this))
    , m_engineText(new QLabel(this))
{
    setAcceptDrops(true);
    resize(1440, 900);
    makeViews();
    makeDocks();
    makeMenus();
    statusBar()->addPermanentWidget(m_engineText);
    connect(&m_project, &Project::changed, this, &MainWindow::showProject);
    connect(&m_engine, &EngineStarter::stateChanged, this, &MainWindow::showEngine);
    if (auto *application = qobject_cast<Application *>(qApp)) {
        connect(application, &Application::unexpectedProblem, this,
                [this](const QString &sentence) { statusBar()->showMessage(sentence); });
    }
    showProject();
    showEngine();
}

void MainWindow::makeViews()
{
    m_views->setDocumentMode(true);
    m_views->setAccessibleName(tr("Views"));
    for (const ViewEntry *entry : viewEntries()) {
        View *view = entry->create(m_context, m_views);
        view->setObjectName(entry->id);
        connect(view, &View::openModelRequested, this, &MainWindow::chooseModel);
        connect(view, &View::showViewRequested, this, &MainWindow::showView);
        m_views->addTab(view, translated(entry->title));
    }
    setCentralWidget(m_views);
}

void MainWindow::showView(const QString &viewId)
{
    if (auto *view = m_views->findChild<View *>(viewId)) {
        m_views->setCurrentWidget(view);
    }
}

void MainWindow::makeDocks()
{
    auto *modelDock = new QDockWidget(tr("Model"), this);
    modelDock->setObjectName("model-dock");
    modelDock->setWidget(new ModelTreePanel(m_context, modelDock));
    auto *runsDock = new QDockWidget(tr("Runs"), this);
    runsDock->setObjectName("runs-dock");
    runsDock->setWidget(new RunsPanel(m_context, runsDock));
    addDockWidget(Qt::LeftDockWidgetArea, modelDock);
    addDockWidget(Qt::LeftDockWidgetArea, runsDock);
    resizeDocks({modelDock}, {em(this, 48)}, Qt::Horizontal);
    resizeDocks({modelDock, runsDock}, {3, 1}, Qt::Vertical);
}

void MainWindow::makeMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->addAction(tr("&Open model..."), QKeySequence::Open, this, &MainWindow::chooseModel);
    file->addAction(tr("Open s&tore..."), QKeySequence(tr("Ctrl+Shift+O")), this,
                    &MainWindow::chooseStore);
    makeSampleMenu(file->addMenu(tr("Open &sample")));
    file->addSeparator();
    file->addAction(tr("&Quit"), QKeySequence::Quit, this, &QWidget::close);

    QMenu *view = menuBar()->addMenu(tr("&View"));
    for (QDockWidget *dock : findChildren<QDockWidget *>()) {
        view->addAction(dock->toggleViewAction());
    }
    makeAppearanceMenu(view->addMenu(tr("&Colours")));

    QMenu *help = menuBar()->addMenu(tr("&Help"));
    help->addAction(tr("&About Bitprism"), this, &MainWindow::showAbout);
}

void MainWindow::makeAppearanceMenu(QMenu *menu)
{
    auto *application = qobject_cast<Application *>(qApp);
    auto *group = new QActionGroup(this);
    const std::pair<QString, Appearance> choices[] = {{tr("As the &system"), Appearance::System},
                                                      {tr("&Light"), Appearance::Light},
                                                      {tr("&Dark"), Appearance::Dark}};
    for (const auto &[text, appearance] : choices) {
        QAction *action = group->addAction(text);
        action->setCheckable(true);
        menu->addAction(action);
        if (application != nullptr) {
            action->setChecked(application->appearance() == appearance);
            connect(action, &QAction::triggered, this, [application, choice = appearance] {
                application->setAppearance(choice);
                QSettings().setValue("appearance", static_cast<int>(choice));
            });
        }
    }
}

void MainWindow::makeSampleMenu(QMenu *menu)
{
    // Filled when it opens: the folders need not be read before the first paint.
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        for (const SampleModel &sample : sampleModels()) {
            const QString name = QString::fromStdString(sample.name);
            menu->addAction(name, this, [this, name] { m_project.open(name); });
        }
        if (menu->isEmpty()) {
            menu->addAction(tr("No samples are installed"))->setEnabled(false);
        }
    });
}

void MainWindow::chooseModel()
{
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a model's folder"));
    if (!folder.isEmpty()) {
        m_project.open(folder);
    }
}

void MainWindow::chooseStore()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Open a store"), {},
                                                      tr("Stores (*.bitprism);;All files (*)"));
    if (!file.isEmpty()) {
        m_project.open(file);
    }
}

void MainWindow::showAbout()
{
    QMessageBox::about(this, tr("About Bitprism"),
                       tr("Bitprism %1\n\nA workbench for quantization analysis of transformer "
                          "models.\n\nLicence: GPL-3.0-or-later")
                           .arg(QCoreApplication::applicationVersion()));
}

void MainWindow::showProject()
{
    const ModelInfoPtr &model = m_project.model();
    setWindowTitle(model ? QString::fromStdString(model->name) : QString());
    switch (m_project.state()) {
    case Project::State::Empty:
        statusBar()->showMessage(tr("No model is open"));
        break;
    case Project::State::Loading:
        statusBar()->showMessage(tr("Reading %1").arg(m_project.target()));
        break;
    case Project::State::Failed:
        statusBar()->showMessage(m_project.modelProblem());
        break;
    case Project::State::Ready:
        statusBar()->showMessage(
            tr("%1: %2 in %3 blocks")
                .arg(QString::fromStdString(model->name), formatBytes(model->bytes))
                .arg(model->blocks));
        break;
    }
    tellSettled();
}

void MainWindow::showEngine()
{
    switch (m_engine.state()) {
    case EngineStarter::State::Waiting:
    case EngineStarter::State::Loading:
        m_engineText->setText(tr("Engine is loading"));
        break;
    case EngineStarter::State::Ready:
        m_engineText->setText(tr("Engine is ready"));
        if (!m_hub.isReady()) {
            m_hub.setEngine(m_engine.engine());
        }
        break;
    case EngineStarter::State::Failed:
        m_engineText->setText(tr("Engine is not available"));
        m_engineText->setToolTip(m_engine.problem());
        break;
    }
    tellSettled();
}

bool MainWindow::isSettled() const
{
    const EngineStarter::State engine = m_engine.state();
    return m_project.state() != Project::State::Loading
        && (engine == EngineStarter::State::Ready || engine == EngineStarter::State::Failed);
}

void MainWindow::tellSettled()
{
    if (isSettled()) {
        Q_EMIT settled();
    }
}

void MainWindow::restoreLayout()
{
    const QSettings settings;
    restoreGeometry(settings.value("window/geometry").toByteArray());
    restoreState(settings.value("window/docks").toByteArray(), layoutVersion);
    m_remembersLayout = true;
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_remembersLayout) {
        QSettings settings;
        settings.setValue("window/geometry", saveGeometry());
        settings.setValue("window/docks", saveState(layoutVersion));
    }
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!draggedPath(*event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QString path = draggedPath(*event->mimeData());
    if (!path.isEmpty()) {
        event->acceptProposedAction();
        m_project.open(path);
    }
}

void MainWindow::paintEvent(QPaintEvent *event)
{
    QMainWindow::paintEvent(event);
    if (!m_isPainted) {
        m_isPainted = true;
        QMetaObject::invokeMethod(&m_engine, &EngineStarter::start, Qt::QueuedConnection);
    }
}

} // namespace bitprism
