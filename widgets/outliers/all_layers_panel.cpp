// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/all_layers_panel.h"

#include "core/results/outlier_table.h"
#include "widgets/jobs/project.h"
#include "widgets/outliers/what_if_panel.h"
#include "widgets/plot/depth_axis.h"
#include "widgets/plot/heat_map_plot.h"
#include "widgets/plot/plot_text.h"
#include "widgets/shared/metrics.h"
#include "widgets/shared/text.h"

#include <QLabel>
#include <QVBoxLayout>

#include <cmath>
#include <limits>

namespace bitprism {

AllLayersPanel::AllLayersPanel(ViewContext &context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_map(new HeatMapPlot(this))
    , m_note(new QLabel(this))
    , m_asking(context.project->interactiveThread(), this,
               [this](const Answer<std::vector<LayerWhatIf>> &answer) { take(answer); })
{
    m_map->setTitle(tr("Predicted error of every layer's output, % of the output's square"));
    m_map->setAxisTitles(tr("what is done"), tr("layer"));
    m_map->setLogScale(true);
    m_map->setClickHint(tr("Click: choose the layer."));
    m_map->setRankedAmong(tr("the layers"));
    m_note->setWordWrap(true);
    m_note->setAlignment(Qt::AlignCenter);
    m_note->setForegroundRole(QPalette::PlaceholderText);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, space(this, 2), 0, 0);
    layout->addWidget(m_map, 1);
    layout->addWidget(m_note, 1);
    m_map->hide();
    connect(m_map, &PlotFrame::clicked, this, &AllLayersPanel::layerChosen);
}

AllLayersPanel::~AllLayersPanel() = default;

void AllLayersPanel::showTable(const std::filesystem::path &folder,
                               const std::shared_ptr<const OutlierTable> &table,
                               const WhatIfQuestion &question, const QString &reason)
{
    if (folder.empty() || !table) {
        m_asking.forget();
        m_table.reset();
        m_map->hide();
        m_note->setText(reason);
        m_note->show();
        return;
    }
    if (table == m_table && question == m_question) {
        return;
    }
    m_table = table;
    m_question = question;
    if (m_map->isHidden()) {
        m_note->setText(tr("Trying every transform on all layers."));
    }
    m_asking.ask([folder, table, question] { return whatIfAll(folder, *table, question); });
}

void AllLayersPanel::take(const Answer<std::vector<LayerWhatIf>> &answer)
{
    const bool isThere = answer.value && !answer.value->empty();
    m_map->setVisible(isThere);
    m_note->setVisible(!isThere);
    if (!isThere) {
        m_note->setText(answer.problem ? errorText(*answer.problem)
                                       : tr("This run keeps no tokens to try transforms on."));
        return;
    }
    //: widths of weights and inputs
    m_map->setContext(tr("weights at %1 bits, inputs at %2, on the tokens that were kept")
                          .arg(m_question.weightBits)
                          .arg(m_question.activationBits));
    m_map->setData(std::make_shared<const HeatMapData>(
        whatIfMap(*answer.value, m_context.project->model().get())));
}

void AllLayersPanel::showLayer(const QString &layer)
{
    m_map->setSelected(layer.isEmpty() ? QStringList() : QStringList(layer));
}

HeatMapData whatIfMap(const std::vector<LayerWhatIf> &layers, const ModelInfo *model)
{
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    HeatMapData map;
    map.valueName = AllLayersPanel::tr("error");
    map.unit = AllLayersPanel::tr("% of the output's square");
    map.markText = AllLayersPanel::tr("the least error, beyond chance");
    for (const std::string_view id : whatIfIds) {
        const QString name = whatIfName(std::string(id));
        map.columns.push_back({name, name, name});
    }
    for (const LayerWhatIf &answer : layers) {
        const QString name = QString::fromStdString(answer.layer);
        const LayerInfo *layer = model == nullptr ? nullptr : model->findLayer(answer.layer);
        map.rows.push_back(
            {name, shortLayerName(name), layer == nullptr ? QString() : blockName(model, *layer)});
        const WhatIfOutcome *least = nullptr;
        const WhatIfOutcome *plain = nullptr;
        for (const WhatIfOutcome &outcome : answer.outcomes) {
            plain = outcome.id == whatIfIds[0] ? &outcome : plain;
            const bool isLess
                = outcome.applies && (least == nullptr || outcome.outputError < least->outputError);
            least = isLess ? &outcome : least;
        }
        for (const std::string_view id : whatIfIds) {
            const WhatIfOutcome *found = nullptr;
            for (const WhatIfOutcome &outcome : answer.outcomes) {
                found = outcome.id == id && outcome.applies ? &outcome : found;
            }
            const bool isBetter = found != nullptr && found == least && plain != nullptr
                && found != plain
                && plain->outputError - found->outputError
                    > std::hypot(plain->outputErrorStderr, found->outputErrorStderr);
            map.values.push_back(found == nullptr ? none : 100 * found->outputError);
            map.errors.push_back(found == nullptr ? none : 100 * found->outputErrorStderr);
            map.marked.push_back(isBetter ? 1 : 0);
        }
    }
    return map;
}

} // namespace bitprism
