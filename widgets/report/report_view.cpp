// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/report/report_view.h"

#include "widgets/jobs/project.h"
#include "widgets/jobs/run_choice.h"
#include "widgets/jobs/run_library.h"
#include "widgets/plot/picture_menu.h"
#include "widgets/plot/qcustomplot_header.h"
#include "widgets/shared/format.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/theme.h"
#include "widgets/tables/run_chooser.h"

#include <QAbstractTextDocumentLayout>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSvgRenderer>
#include <QTextBrowser>
#include <QTextDocument>
#include <QTextOption>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr int leastChartWidth = 400; // below that labels run into each other
constexpr int mostChartWidth = 1200;
constexpr int pageEms = 78; // that a page needs at the usual size of letters
constexpr double smallestLetters = 0.8; // of the usual size, where the window is narrow
constexpr int chartWidthStep = 40; // so that dragging the window's edge does not paint all the time

} // namespace

ReportView::ReportView(ViewContext &context, QWidget *parent)
    : RunsView(context, tr("Report on"), parent)
    , m_context(context)
    , m_previewing(context.project->interactiveThread(), this,
                   [this](const Answer<ReportPreview> &answer) {
                       if (answer.value) {
                           showPreview(*answer.value);
                       }
                   })
    , m_paper(new QTextBrowser(this))
    , m_format(new QComboBox(this))
    , m_export(new QPushButton(tr("Export report..."), this))
    , m_status(new QLabel(this))
{
    chooser().setAllKinds(true);
    setPage(makePage());
    connect(m_context.library, &RunLibrary::reportReady, this, &ReportView::takeReport);
    connect(m_context.library, &RunLibrary::reportWritten, this, &ReportView::takeWritten);
    connect(m_context.project, &Project::changed, this,
            [this] { showStatus({}, false); }); // it was of another project
    m_paper->viewport()->installEventFilter(this);
    m_paper->installEventFilter(this); // the menu key goes to it, a right click to its viewport
    refresh();
}

QWidget *ReportView::makePage()
{
    QPalette paper; // white in every theme; all else follows the window
    for (const QPalette::ColorRole role : {QPalette::Base, QPalette::Text}) {
        paper.setColor(role, Theme::palette(false).color(role));
    }
    m_paper->setPalette(paper);
    m_paper->setAccessibleName(tr("Preview of the report"));
    m_paper->setOpenLinks(false);
    m_paper->setFrameShape(QFrame::StyledPanel);
    // Charts are drawn as wide as the paper: a bar that came and went with them would have them
    // drawn again and again.
    m_paper->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    // A word that is broken anywhere cannot be read: what is too wide is scrolled to.
    m_paper->setWordWrapMode(QTextOption::WordWrap);
    fitLetters();
    auto *page = new QWidget(this);
    auto *layout = new QHBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(space(this, 4));
    layout->addWidget(m_paper, 1);
    layout->addWidget(makeSide());
    return page;
}

QString ReportView::format() const { return m_format->currentData().toString(); }

QStringList ReportView::defaultRuns(const RunList &runs) const
{
    constexpr int most = 8; // more lines of a chart nobody tells apart
    const QStringList ids = defaultReport(runs, most);
    return ids.isEmpty() && !runs.empty() ? QStringList{QString::fromStdString(runs.front().id)}
                                          : ids;
}

QString ReportView::emptySentence() const
{
    return tr("A document about runs: what was done, what it cost, and how to repeat it. The store "
              "holds no run yet.");
}

QString ReportView::readingSentence() const { return tr("Collecting what the runs found"); }

void ReportView::request() { m_context.library->requestReport(ids()); }

void ReportView::takeReport(const QStringList &ids,
                            const std::shared_ptr<const ReportModel> &report,
                            const QString &problem)
{
    if (ids != this->ids()) {
        return;
    }
    m_report = report;
    if (report == nullptr) {
        showFailure(problem);
    } else {
        showSwitches();
        askPreview();
    }
}

/// Smaller letters and margins in a narrow window, as of a page that is looked at whole.
void ReportView::fitLetters()
{
    const double share = m_paper->viewport()->width() / static_cast<double>(em(this, pageEms));
    constexpr double step = 0.05;
    const double letters = std::clamp(std::round(share / step) * step, smallestLetters, 1.0);
    const QFont font = scaledFont(this, letters);
    QTextDocument &document = *m_paper->document();
    if (font != document.defaultFont()) {
        document.setDefaultFont(font);
        document.setDocumentMargin(space(this, letters < 1 ? 4 : 8));
    }
}

int ReportView::fittingWidth() const
{
    const int margins = 2 * qRound(m_paper->document()->documentMargin());
    const int width = (m_paper->viewport()->width() - margins) / chartWidthStep * chartWidthStep;
    return qBound(leastChartWidth, width, mostChartWidth);
}

void ReportView::askPreview()
{
    if (!m_report) {
        return;
    }
    m_chartWidth = fittingWidth();
    m_previewing.ask(
        [report = m_report, sections = m_sections, width = m_chartWidth,
         scale = devicePixelRatioF()] { return makePreview(*report, sections, width, scale); });
}

void ReportView::showPreview(const ReportPreview &preview)
{
    const int place = m_paper->verticalScrollBar()->value();
    QTextDocument &document = *m_paper->document();
    document.clear();
    for (std::size_t i = 0; i < preview.charts.size(); ++i) {
        document.addResource(QTextDocument::ImageResource, QUrl(QString("chart-%1").arg(i)),
                             preview.charts[i]);
    }
    m_paper->setHtml(preview.html);
    m_paper->verticalScrollBar()->setValue(place);
    makeChartMenus(preview.sources);
    showPage();
    Q_EMIT previewShown();
}

/// They stay while the preview is made anew, as one of them may be open.
void ReportView::makeChartMenus(const std::vector<ChartSource> &charts)
{
    while (m_chartMenus.size() > charts.size()) {
        m_chartMenus.back()->deleteLater();
        m_chartMenus.pop_back();
    }
    while (m_chartMenus.size() < charts.size()) {
        m_chartMenus.push_back(new PictureMenu(m_paper));
        connect(m_chartMenus.back(), &PictureMenu::pictureSaved, this,
                [this](const QString &path, const QString &problem) {
                    showStatus(problem.isEmpty() ? tr("Saved as %1").arg(path) : problem,
                               !problem.isEmpty());
                });
    }
    for (std::size_t i = 0; i < charts.size(); ++i) {
        m_chartMenus[i]->setTexts(charts[i].title, {});
        m_chartMenus[i]->setDrawing([this, chart = charts[i]] {
            return PictureContent{m_paper, {}, {}, chart.size, [chart](QCPPainter &painter) {
                                      QSvgRenderer(chart.svg).render(
                                          &painter, QRectF(QPointF(0, 0), chart.size));
                                  }};
        });
    }
}

int ReportView::chartAt(const QPoint &place) const
{
    const QPoint scrolled(m_paper->horizontalScrollBar()->value(),
                          m_paper->verticalScrollBar()->value());
    const QString name = m_paper->document()->documentLayout()->imageAt(place + scrolled);
    bool isChart = false;
    const int chart = name.section(QLatin1Char('-'), 1).toInt(&isChart);
    return isChart && chart < static_cast<int>(m_chartMenus.size()) ? chart : -1;
}

void ReportView::showMenu(const QContextMenuEvent &event)
{
    QMenu *menu = m_paper->createStandardContextMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool isPointed = event.reason() == QContextMenuEvent::Mouse;
    const int chart
        = isPointed ? chartAt(m_paper->viewport()->mapFromGlobal(event.globalPos())) : -1;
    menu->addSeparator();
    if (chart >= 0) {
        menu->addActions(m_chartMenus[static_cast<std::size_t>(chart)]->actions());
    }
    for (std::size_t i = 0; chart < 0 && i < m_chartMenus.size(); ++i) {
        menu->addMenu(m_chartMenus[i]->title())->addActions(m_chartMenus[i]->actions());
    }
    menu->popup(event.globalPos());
}

bool ReportView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_paper->viewport() && event->type() == QEvent::Resize) {
        fitLetters();
        if (fittingWidth() != m_chartWidth) {
            askPreview();
        }
    }
    if (event->type() == QEvent::ContextMenu
        && (watched == m_paper || watched == m_paper->viewport())) {
        showMenu(*static_cast<QContextMenuEvent *>(event));
        return true;
    }
    return RunsView::eventFilter(watched, event);
}

void ReportView::changeEvent(QEvent *event)
{
    RunsView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showStatus(m_status->text(), m_isProblem);
    } else if (event->type() == QEvent::FontChange) {
        fitLetters();
        askPreview();
    }
}

BITPRISM_EXPORT_VIEW(report, ReportView, BITPRISM_TR("View", "Report"));

} // namespace bitprism
