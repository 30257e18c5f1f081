// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/map_scale.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/outlier_inputs.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism::chart {

namespace {

using report::OutlierInput;
using report::say;

constexpr std::size_t mostRows = 64;
constexpr std::size_t mostColumns = 120;
constexpr std::size_t mostAtlases = 3;
constexpr Point corner{76, 52};
constexpr double widestCell = 48;
constexpr double atlasWidth = 680;
constexpr double tallestCell = 12;
constexpr double atlasHeight = 256;

std::size_t shareOf(std::size_t count, std::size_t most)
{
    return std::max<std::size_t>(1, (count + most - 1) / most);
}

/// NaN gives way to any number.
double larger(double a, double b) { return std::isnan(a) || b > a ? b : a; }

/// The inputs of one width, on a grid that fits a page.
class Atlas
{
public:
    Atlas(std::vector<OutlierInput> inputs, const ModelInfo &model)
        : m_inputs(std::move(inputs))
        , m_channels(m_inputs.front().layer->channelMaxAbs.size())
        , m_inputsPerColumn(shareOf(m_inputs.size(), mostColumns))
        , m_channelsPerRow(shareOf(m_channels, mostRows))
        , m_columns((m_inputs.size() + m_inputsPerColumn - 1) / m_inputsPerColumn)
        , m_rows((m_channels + m_channelsPerRow - 1) / m_channelsPerRow)
        , m_values(m_rows * m_columns, NAN)
    {
        for (std::size_t i = 0; i < m_inputs.size(); ++i) {
            const std::vector<double> &maxima = m_inputs[i].layer->channelMaxAbs;
            for (std::size_t channel = 0; channel < m_channels; ++channel) {
                double &cell
                    = m_values[channel / m_channelsPerRow * m_columns + i / m_inputsPerColumn];
                cell = larger(cell, maxima[channel]);
            }
            const LayerInfo *layer = model.findLayer(m_inputs[i].layer->layer);
            m_blocks.push_back(layer == nullptr ? -1 : layer->block);
        }
    }

    std::optional<Drawing> draw(bool isOfWeights, const std::string &context) const
    {
        const MapScale scale(m_values);
        if (scale.isEmpty()) {
            return std::nullopt;
        }
        const double width = std::min(widestCell, atlasWidth / static_cast<double>(m_columns));
        const double height = std::min(tallestCell, atlasHeight / static_cast<double>(m_rows));
        const double bottom = corner.y + height * static_cast<double>(m_rows);
        Drawing drawing;
        drawing.width = pageWidth;
        drawing.height = bottom + 48;
        addHeading(drawing, title(isOfWeights), context + "; " + sharing());
        addCounts(drawing,
                  {corner, height / static_cast<double>(m_channelsPerRow),
                   static_cast<std::int64_t>(m_channels), true},
                  isOfWeights ? say(BITPRISM_TR("Report", "column"))
                              : say(BITPRISM_TR("Report", "channel")));
        Cells cells{corner, width, height, m_columns, {}, {}};
        for (const double value : m_values) {
            cells.levels.push_back(scale.level(value));
        }
        for (std::size_t column = 0; column < m_columns; ++column) {
            cells.tooltips.push_back(tip(column));
        }
        drawing.add(std::move(cells));
        addBlocks(drawing, width, bottom);
        const double right = corner.x + width * static_cast<double>(m_columns);
        scale.addLegend(drawing, {right + 16, corner.y}, bottom - corner.y);
        return drawing;
    }

private:
    std::string title(bool isOfWeights) const
    {
        const std::string channels = std::to_string(m_channels);
        return isOfWeights
            ? say(BITPRISM_TR("Report",
                              "Largest magnitude of each of the %1 columns of weights, by "
                              "layer"),
                  {channels})
            : say(BITPRISM_TR("Report",
                              "Largest magnitude of each channel by depth, inputs of %1 "
                              "channels"),
                  {channels});
    }

    std::string sharing() const
    {
        const std::string inputs = std::to_string(m_inputs.size());
        const std::string channels = std::to_string(m_channelsPerRow);
        if (m_inputsPerColumn > 1) {
            return say(BITPRISM_TR("Report",
                                   "%1 inputs, cells of %2 channels and %3 inputs, "
                                   "logarithmic colours"),
                       {inputs, channels, std::to_string(m_inputsPerColumn)});
        }
        return m_channelsPerRow > 1
            ? say(BITPRISM_TR("Report", "%1 inputs, cells of %2 channels, logarithmic colours"),
                  {inputs, channels})
            : say(BITPRISM_TR("Report", "%1 inputs, logarithmic colours"), {inputs});
    }

    std::string tip(std::size_t column) const
    {
        const std::size_t first = column * m_inputsPerColumn;
        const OutlierInput *largest = &m_inputs[first];
        for (std::size_t i = first; i < std::min(first + m_inputsPerColumn, m_inputs.size()); ++i) {
            if (m_inputs[i].layer->maxAbs > largest->layer->maxAbs) {
                largest = &m_inputs[i];
            }
        }
        const LayerOutliers &layer = *largest->layer;
        const std::string text = say(BITPRISM_TR("Report", "%1: largest %2"),
                                     {inputName(*largest), numbers::plain(layer.maxAbs)});
        return layer.outlierChannels.empty()
            ? text
            : say(BITPRISM_TR("Report", "%1, channel %2"),
                  {text, std::to_string(layer.outlierChannels.front().channel)});
    }

    /// The number of each block under its first input, where there is room.
    void addBlocks(Drawing &drawing, double width, double bottom) const
    {
        double free = 0;
        for (std::size_t i = 0; i < m_blocks.size(); ++i) {
            const bool isFirst = i == 0 || m_blocks[i] != m_blocks[i - 1];
            if (!isFirst || m_blocks[i] < 0) {
                continue;
            }
            const std::size_t column = i / m_inputsPerColumn;
            const double x = corner.x + width * static_cast<double>(column);
            if (i > 0 && x > corner.x) {
                drawing.add(Line{{{x, bottom}, {x, bottom + 4}}, {Role::Border, 0}, 1, false});
            }
            const std::string name = std::to_string(m_blocks[i]);
            if (x >= free) {
                drawing.add(Label{
                    {x, bottom + 18}, name, Anchor::Start, 12, {Role::Muted, 0}, false, false});
                free = x + textWidth(name, 12) + 8;
            }
        }
        drawing.add(Label{{corner.x, bottom + 38},
                          say(BITPRISM_TR("Report", "block")),
                          Anchor::Start,
                          12,
                          {Role::Muted, 0},
                          false,
                          false});
    }

    std::vector<OutlierInput> m_inputs;
    std::size_t m_channels;
    std::size_t m_inputsPerColumn;
    std::size_t m_channelsPerRow;
    std::size_t m_columns;
    std::size_t m_rows;
    std::vector<double> m_values; ///< [rows, columns]
    std::vector<int> m_blocks; ///< of each input; -1: outside of blocks
};

} // namespace

std::vector<Drawing> channelAtlases(const OutlierTable &table, const ModelInfo &model,
                                    const std::string &context)
{
    std::map<std::size_t, std::vector<OutlierInput>> byWidth;
    for (const OutlierInput &input : report::inputsOf(table)) {
        if (!input.layer->channelMaxAbs.empty()) {
            byWidth[input.layer->channelMaxAbs.size()].push_back(input);
        }
    }
    std::vector<std::vector<OutlierInput>> groups;
    for (auto &[width, inputs] : byWidth) {
        groups.push_back(std::move(inputs));
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const auto &a, const auto &b) { return a.size() > b.size(); });
    groups.resize(std::min(groups.size(), mostAtlases));
    std::vector<Drawing> drawings;
    for (std::vector<OutlierInput> &inputs : groups) {
        if (auto drawing = Atlas(std::move(inputs), model).draw(table.isOfWeights, context)) {
            drawings.push_back(std::move(*drawing));
        }
    }
    return drawings;
}

} // namespace bitprism::chart
