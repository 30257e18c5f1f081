// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/token_panel.h"

#include "widgets/outliers/outlier_charts.h"
#include "widgets/outliers/token_model.h"
#include "widgets/plot/series_plot.h"
#include "widgets/shared/metrics.h"
#include "widgets/tables/data_table.h"

#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::size_t mostTokens = 200; // that anybody reads

} // namespace

TokenPanel::TokenPanel(QWidget *parent)
    : QWidget(parent)
    , m_plot(new LinePlot(this))
    , m_heading(new QLabel(this))
    , m_all(new QPushButton(tr("All &channels"), this))
    , m_model(new TokenModel(this))
    , m_table(new DataTable(tr("Tokens with the largest magnitudes"), this))
{
    m_plot->setTitle(tr("Largest and smallest value of each token"));
    m_plot->setAxes({tr("share of tokens, %"), true}, {tr("magnitude"), true});
    m_plot->setClickHint(tr("Click: show the token in the map."));
    m_heading->setFont(scaledFont(this, 1, QFont::DemiBold));
    m_heading->setWordWrap(true);
    m_table->setModel(m_model);
    auto *head = new QHBoxLayout;
    head->setSpacing(space(this, 2));
    head->addWidget(m_heading, 1);
    head->addWidget(m_all);
    auto *list = new QWidget(this);
    auto *listLayout = new QVBoxLayout(list);
    listLayout->setContentsMargins({});
    listLayout->setSpacing(space(this, 1));
    listLayout->addLayout(head);
    listLayout->addWidget(m_table, 1);
    auto *parts = new QSplitter(Qt::Horizontal, this);
    parts->addWidget(m_plot);
    parts->addWidget(list);
    parts->setSizes({em(this, 36), em(this, 54)});
    parts->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->addWidget(parts);
    connect(m_all, &QPushButton::clicked, this, &TokenPanel::allChannelsRequested);
    connect(m_plot, &PlotFrame::clicked, this,
            [this](const QString &id) { Q_EMIT tokenChosen(id.toLongLong()); });
    connect(m_table, &DataTable::rowChosen, this,
            [this](int row) { Q_EMIT tokenChosen(m_model->token(row).token); });
    showMap(nullptr, -1);
}

QString TokenPanel::heading() const { return m_heading->text(); }

void TokenPanel::showMap(const LayerMapPtr &map, std::int64_t channel)
{
    m_all->setVisible(map != nullptr && channel >= 0);
    if (!map) {
        m_heading->setText(tr("No tokens are kept for this layer."));
        m_model->setTokens({}, nullptr);
        m_plot->setSeries({});
        return;
    }
    const bool isPooled = channel >= 0 && map->source.channelPool > 1
        && std::none_of(map->source.rows.begin(), map->source.rows.end(),
                        [channel](const OutlierMap::ChannelRow &row) {
                            return row.channel == channel;
                        });
    m_heading->setText(channel < 0 ? tr("Tokens with the largest magnitude in any channel")
                           : isPooled
                           ? tr("Tokens that excite channel %1 and its neighbours").arg(channel)
                           : tr("Tokens that excite channel %1").arg(channel));
    m_model->setTokens(channel < 0 ? largestTokens(*map, mostTokens)
                                   : tokensOfChannel(map->source, channel, mostTokens),
                       map->tokens);
    m_plot->setSeries(tokenExtrema(*map, channel));
}

} // namespace bitprism
