// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sensitivity/side_plots.h"

#include "widgets/shared/metrics.h"

#include <QSplitter>
#include <QTabBar>
#include <QVBoxLayout>

namespace bitprism {

namespace {

constexpr double leastEms
    = 25; // of a plot's height: title, context, legend, and axes of half of it

} // namespace

SidePlots::SidePlots(QWidget *parent)
    : QWidget(parent)
    , m_tabs(new QTabBar(this))
    , m_split(new QSplitter(Qt::Vertical, this))
{
    m_tabs->setDocumentMode(true);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("Plot that is shown"));
    m_tabs->hide();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_tabs);
    layout->addWidget(m_split, 1);
    connect(m_tabs, &QTabBar::currentChanged, this, &SidePlots::showPlots);
}

void SidePlots::addPlot(QWidget *plot, const QString &title)
{
    m_plots.push_back(plot);
    m_split->addWidget(plot);
    m_split->setSizes(QList<int>(m_split->count(), em(this, 30))); // as high as each other
    m_tabs->addTab(title);
}

void SidePlots::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    showPlots();
}

void SidePlots::showPlots()
{
    const bool isLow = height() < em(this, leastEms) * static_cast<int>(m_plots.size());
    m_tabs->setVisible(isLow);
    for (std::size_t i = 0; i < m_plots.size(); ++i) {
        m_plots[i]->setVisible(!isLow || m_tabs->currentIndex() == static_cast<int>(i));
    }
}

} // namespace bitprism
