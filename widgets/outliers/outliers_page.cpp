// SPDX-License-Identifier: GPL-3.0-or-later
// The part of OutliersView that lays it out.
#include "widgets/jobs/measure_button.h"
#include "widgets/jobs/runs_banner.h"
#include "widgets/jobs/shown_run_box.h"
#include "widgets/outliers/all_layers_panel.h"
#include "widgets/outliers/calibration_panel.h"
#include "widgets/outliers/channel_panel.h"
#include "widgets/outliers/depth_panel.h"
#include "widgets/outliers/distribution_panel.h"
#include "widgets/outliers/outliers_view.h"
#include "widgets/outliers/token_panel.h"
#include "widgets/outliers/what_if_panel.h"
#include "widgets/plot/image_map_plot.h"
#include "widgets/shared/flow_layout.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/scroll_page.h"
#include "widgets/shared/state_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QVBoxLayout>

namespace bitprism {

QWidget *OutliersView::makeControls()
{
    m_kind->setAccessibleName(tr("Which layers the atlas shows"));
    m_log->setChecked(true);
    m_log->setToolTip(tr("Colours by the logarithm of the magnitude"));
    m_scrub->setAccessibleName(tr("Block whose layer is shown"));
    m_scrub->setToolTip(tr("Goes through the blocks with a layer of the same kind (Ctrl+[ and "
                           "Ctrl+])"));
    m_scrub->setMinimumWidth(em(this, 12));
    m_scrub->setPageStep(4);
    auto *box = new QWidget(this);
    auto *controls = new FlowLayout(space(this, 3), box);
    controls->addLabelled(tr("Ru&n"), m_runs);
    controls->addLabelled(tr("La&yers"), m_kind);
    controls->addWidget(m_log);
    controls->addLabelled(tr("&Block"), m_scrub, m_scrubText);
    controls->startRightGroup();
    controls->addWidget(m_start);
    return box;
}

QWidget *OutliersView::makePage()
{
    m_atlas->setClickHint(tr("Click: choose the layer and the channel."));
    m_map->setClickHint(tr("Click: the tokens that excite this channel."));
    m_atlas->setRankedAmong(tr("the channels of this layer"));
    m_map->setRankedAmong(tr("the channels of this token"));
    m_map->setMarginsShown(true);
    m_atlas->setLeastLines(16);
    m_map->setLeastLines(16);
    m_tabs->setDocumentMode(true);
    m_tabs->setAccessibleName(tr("About the chosen layer"));
    m_tabs->addTab(m_whatIf, tr("What would change it"));
    m_tabs->addTab(m_allLayers, tr("All layers"));
    m_tabs->addTab(m_distributions, tr("Distributions"));
    m_tabs->addTab(m_channels, tr("Channels and gain"));
    m_tabs->addTab(m_tokens, tr("Tokens"));
    m_tabs->addTab(m_depth, tr("By depth"));
    m_tabs->addTab(m_calibrations, tr("Calibration sets"));
    auto *maps = new QSplitter(Qt::Horizontal, this);
    maps->addWidget(m_atlas);
    m_mapPlace->addWidget(m_mapState);
    m_mapPlace->addWidget(m_map);
    maps->addWidget(m_mapPlace);
    maps->setSizes({em(this, 45), em(this, 55)});
    maps->setStretchFactor(0, 1);
    maps->setStretchFactor(1, 1);
    auto *all = new QSplitter(Qt::Vertical, this);
    all->addWidget(maps);
    all->addWidget(m_tabs);
    all->setStretchFactor(0, 4); // the tabs have what their plots need
    all->setStretchFactor(1, 1);
    all->setCollapsible(0, false);

    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    const int margin = space(this, 4);
    layout->setContentsMargins(margin, margin, margin, margin);
    layout->setSpacing(space(this, 2));
    layout->addWidget(makeControls());
    layout->addWidget(m_banner);
    layout->addWidget(all, 1);
    return new ScrollPage(page, this);
}

} // namespace bitprism
