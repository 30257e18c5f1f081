// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/main_window.h"

#include "app/gui/application.h"
#include "app/gui/window_actions.h"
#include "core/results/generation.h"
#include "widgets/help/help_window.h"
#include "widgets/inspector/inspector_panel.h"
#include "widgets/job_dock/job_dock.h"
#include "widgets/job_dock/job_line.h"
#include "widgets/model_tree/model_tree_panel.h"
#include "widgets/palette/command_palette.h"
#include "widgets/recipe/recipe_panel.h"
#include "widgets/runs/runs_panel.h"
#include "widgets/settings/settings_dialog.h"
#include "widgets/shared/format.h"
#include "widgets/shared/layout_fence.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/state_banner.h"
#include "widgets/shared/text.h"
#include "widgets/welcome/welcome_page.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QMenuBar>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QStackedWidget>
#include <QStyle>
#include <QTabWidget>
#include <QVBoxLayout>

#include <fcntl.h>
#include <unistd.h>

namespace bitprism {

namespace {

constexpr int centreEms = 30;

/// The file, where it is there, and for its log its folder, by the process's rights now.
bool isWriteProtected(const QString &store)
{
    const auto canWrite = [](const QString &path) {
        return ::faccessat(AT_FDCWD, QFile::encodeName(path).constData(), W_OK, AT_EACCESS) == 0;
    };
    const QFileInfo file(store);
    return file.dir().exists()
        && (!canWrite(file.absolutePath()) || (file.exists() && !canWrite(store)));
}

} // namespace

MainWindow::MainWindow(Workbench &workbench, QWidget *parent)
    : QMainWindow(parent)
    , m_workbench(workbench)
    , m_centre(new QStackedWidget(this))
    , m_views(new QTabWidget(this))
    , m_welcome(new WelcomePage(this))
    , m_notice(new StateBanner(this))
    , m_layout(*this)
    , m_looking(workbench.project.interactiveThread(), this, [this](const Answer<Looked> &answer) {
        m_isLooking = false;
        if (answer.value) {
            takeLooked(*answer.value);
        }
    })
{
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setWindowIcon(QIcon(":/icons/bitprism.svg"));
    const QSize room
        = screen()->availableSize() - QSize(0, style()->pixelMetric(QStyle::PM_TitleBarHeight));
    resize(QSize(1440, 900).boundedTo(room));
    makeViews();
    makeDocks();
    m_actions = new WindowActions(*this);
    makeSearchButton();
    connect(&workbench.project, &Project::changed, this, &MainWindow::showProject);
    connect(&workbench.project, &Project::openFailed, this, &MainWindow::showOpenFailure);
    connect(&workbench.project, &Project::storeTroubled, this, &MainWindow::showStoreTrouble);
    connect(&workbench.hub, &JobHub::jobFinished, this, &MainWindow::showUnwritableStore);
    connect(&workbench.engine, &EngineStarter::stateChanged, this, &MainWindow::showIdleText);
    connect(m_welcome, &WelcomePage::openModelRequested, this, &MainWindow::chooseModel);
    connect(m_welcome, &WelcomePage::openModelFileRequested, this, &MainWindow::chooseModelFile);
    connect(m_welcome, &WelcomePage::openStoreRequested, this, &MainWindow::chooseStore);
    connect(m_welcome, &WelcomePage::openRequested, this, &MainWindow::openTarget);
    connect(m_runs, &RunsPanel::showViewRequested, this, &MainWindow::showView);
    connect(&workbench.library, &RunLibrary::editFailed, m_notice,
            [this](const QString &problem) { m_notice->showFailureToDismiss(problem, {}); });
    connect(&workbench.hub, &JobHub::jobResult, this, [this](quint64, const ResultPtr &result) {
        if (const auto written = resultAs<ExportSummary>(result)) {
            m_jobs->line().setIdleText(
                tr("Wrote %1, %2.")
                    .arg(QString::fromStdString(written->output), formatBytes(written->bytes)));
        }
    });
    if (auto *application = qobject_cast<Application *>(qApp)) {
        connect(application, &Application::unexpectedProblem, &m_jobs->line(),
                &JobLine::setIdleText);
    }
    showProject();
}

void MainWindow::makeViews()
{
    m_views->setDocumentMode(true);
    m_views->setAccessibleName(tr("Views"));
    for (const ViewEntry *entry : viewEntries()) {
        View *view = entry->create(m_workbench.context, m_views);
        view->setObjectName(entry->id);
        connect(view, &View::openModelRequested, this, &MainWindow::chooseModel);
        connect(view, &View::showViewRequested, this, &MainWindow::showView);
        m_views->addTab(view, translated(entry->title));
    }
    m_centre->addWidget(m_views);
    m_centre->addWidget(m_welcome);
    m_notice->setContentsMargins(space(this, 4), space(this, 2), space(this, 4), space(this, 2));
    connect(m_notice, &StateBanner::actionTriggered, this, [this] { // Retry, but for one
        const bool isNewProject = m_notice->sentence() == m_unwritable;
        m_notice->clear();
        if (isNewProject) {
            newProject();
            return;
        }
        m_toRemember = m_failed.target;
        open(m_failed);
    });
    auto *fence = new LayoutFence(m_centre, this);
    fence->setModest(Qt::Horizontal | Qt::Vertical);
    // The docks give way last: a view that wants more than a small window has scrolls or shrinks.
    fence->setMinimumSize(em(this, centreEms), 1);
    auto *centre = new QWidget(this);
    auto *layout = new QVBoxLayout(centre);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_notice);
    layout->addWidget(fence, 1);
    setCentralWidget(centre);
}

void MainWindow::makeDocks()
{
    ViewContext &context = m_workbench.context;
    m_runs = new RunsPanel(context, this);
    m_modelTree = new ModelTreePanel(context, this);
    m_recipe = new RecipePanel(context, this);
    m_jobs = new JobDock(context, this);
    m_inspector = new InspectorPanel(context, this);
    m_layout.add("project-dock", tr("Project"), m_runs, Qt::LeftDockWidgetArea);
    m_layout.add("model-dock", tr("Model"), m_modelTree, Qt::LeftDockWidgetArea);
    m_layout.add("inspector-dock", tr("Inspector"), m_inspector, Qt::RightDockWidgetArea);
    m_layout.add("recipe-dock", tr("Recipe"), m_recipe, Qt::RightDockWidgetArea);
    m_jobs->setObjectName("job-dock");
    m_layout.add(m_jobs, Qt::BottomDockWidgetArea);
    m_layout.arrange();
}

void MainWindow::makeSearchButton()
{
    auto *button = new QPushButton(tr("Search or run anything   Ctrl+K"), menuBar());
    button->setAccessibleName(tr("Search or run anything"));
    button->setFlat(true);
    button->setForegroundRole(QPalette::PlaceholderText);
    connect(button, &QPushButton::clicked, this, &MainWindow::showPalette);
    menuBar()->setCornerWidget(button);
}

void MainWindow::showView(const QString &viewId)
{
    if (auto *view = m_views->findChild<View *>(viewId)) {
        m_centre->setCurrentWidget(m_views);
        m_views->setCurrentWidget(view);
    }
}

void MainWindow::showPalette()
{
    auto *palette = new CommandPalette(m_actions->commands(), this);
    palette->move(mapToGlobal(QPoint((width() - palette->width()) / 2, menuBar()->height())));
    palette->show();
}

void MainWindow::showSettings() { (new SettingsDialog(m_workbench.settings, this))->show(); }

void MainWindow::showHelp(bool atShortcuts)
{
    auto *help = new HelpWindow(m_actions->all(), this);
    if (atShortcuts) {
        help->showShortcuts();
    }
    help->show();
}

void MainWindow::showAbout()
{
    auto *box = new QMessageBox(QMessageBox::NoIcon, tr("About Bitprism"),
                                tr("Bitprism %1\n\nA workbench for quantization analysis of "
                                   "transformer models.\n\nLicence: GPL-3.0-or-later")
                                    .arg(QCoreApplication::applicationVersion()),
                                QMessageBox::Close, this);
    const int size = 64;
    box->setIconPixmap(windowIcon().pixmap(size));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void MainWindow::showProject()
{
    const Project &project = m_workbench.project;
    const ModelInfoPtr &model = project.model();
    const bool isWelcome = project.state() == Project::State::Empty && project.target().isEmpty();
    const QString modelName = model ? QString::fromStdString(model->name) : QString();
    const QString projectName
        = isWelcome ? QString() : QFileInfo(project.storePath()).completeBaseName();
    setWindowTitle(modelName.isEmpty() || projectName.isEmpty()
                       ? modelName + projectName
                       //: the window's title: a model and the project that it is open in
                       : tr("%1 in %2").arg(modelName, projectName));
    if (isWelcome) {
        m_welcome->setSamples(installedSamples(false));
        m_welcome->setRecent(recentTargets());
    }
    takeOpened();
    m_centre->setCurrentWidget(isWelcome ? static_cast<QWidget *>(m_welcome) : m_views);
    if (m_entersCentre && project.state() != Project::State::Loading) {
        m_entersCentre = false;
        enter(*m_centre);
    }
    showIdleText();
}

/// A job's own failure names files and permissions; that another project helps only the window
/// knows.
void MainWindow::showUnwritableStore(quint64 job)
{
    const HubJob *finished = m_workbench.hub.find(job);
    const QString store = m_workbench.project.storePath();
    if (finished == nullptr || store.isEmpty()
        || QString::fromStdString(finished->request.storePath) != store) {
        return;
    }
    if (finished->state == JobState::Failed && isWriteProtected(store)) {
        m_unwritable
            = tr("%1 cannot be written where it lies, so that nothing can be measured into "
                 "it. File > New project starts one elsewhere; the model stays open.")
                  .arg(QFileInfo(store).fileName());
        m_notice->showFailureToDismiss(m_unwritable, tr("New project..."));
    } else if (finished->state == JobState::Finished && m_notice->sentence() == m_unwritable) {
        m_notice->clear();
    }
}

void MainWindow::showIdleText()
{
    const Project &project = m_workbench.project;
    QString text;
    switch (project.state()) {
    case Project::State::Empty:
        text = tr("No model is open");
        break;
    case Project::State::Loading:
        text = tr("Reading %1").arg(project.target());
        break;
    case Project::State::Failed:
        text = project.modelProblem();
        break;
    case Project::State::Ready:
        text = tr("%1: %2 in %n blocks", nullptr, project.model()->blocks)
                   .arg(QString::fromStdString(project.model()->name),
                        formatBytes(project.model()->bytes));
        break;
    }
    if (m_workbench.engine.state() == EngineStarter::State::Failed) {
        text += "   " + tr("The engine is not available: %1").arg(m_workbench.engine.problem());
    } else if (m_workbench.engine.state() != EngineStarter::State::Ready) {
        text += "   " + tr("The engine is loading");
    }
    m_jobs->line().setIdleText(text);
    tellSettled();
}

bool MainWindow::isSettled() const
{
    const EngineStarter::State engine = m_workbench.engine.state();
    return m_workbench.project.state() != Project::State::Loading && !m_isLooking
        && m_next.isEmpty()
        && (engine == EngineStarter::State::Ready || engine == EngineStarter::State::Failed);
}

void MainWindow::tellSettled()
{
    if (isSettled()) {
        Q_EMIT settled();
    }
}

void MainWindow::paintEvent(QPaintEvent *event)
{
    QMainWindow::paintEvent(event);
    if (!m_isPainted) {
        m_isPainted = true;
        Q_EMIT firstPainted();
        QMetaObject::invokeMethod(&m_workbench.engine, &EngineStarter::start, Qt::QueuedConnection);
    }
}

} // namespace bitprism
