// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace bitprism::chart {

namespace {

using report::say;

constexpr std::size_t maxRows = 240;
constexpr double layerLabelWidth = 250;
constexpr double cellHeight = 16;
constexpr double layerTop = 76;
constexpr double layerFontSize = 12;

template <std::optional<double> SensitivityCell::*field>
std::optional<double> fieldOf(const SensitivityCell &cell)
{
    return cell.*field;
}

std::optional<double> nothing(const SensitivityCell &) { return std::nullopt; }

/// One row of the map: a layer, or several that share it.
struct Row
{
    std::string name;
    int block = -1;
    std::vector<const SensitivityCell *> cells; ///< by width; null: not probed
};

std::vector<std::string> layersOf(const SensitivityTable &table)
{
    std::vector<std::string> names;
    for (const SensitivityCell &cell : table.cells) {
        if (names.empty() || names.back() != cell.layer) {
            names.push_back(cell.layer);
        }
    }
    return names;
}

class MapBuilder
{
public:
    MapBuilder(const SensitivityTable &table, const ModelInfo &model)
        : m_table(table)
        , m_measure(measureOf(table))
    {
        for (const double ratio : table.ratios) {
            m_columns.push_back(numbers::percent(ratio));
        }
        for (std::size_t i = 0; table.ratios.empty() && i < table.widths.size(); ++i) {
            m_columns.push_back(
                i == 0 ? say(BITPRISM_TR("Report", "%1 bits"), {std::to_string(table.widths[i])})
                       : std::to_string(table.widths[i]));
        }
        makeRows(model);
        findRange();
    }

    std::optional<Drawing> draw()
    {
        if (m_rows.empty() || m_columns.empty()) {
            return std::nullopt;
        }
        m_drawing.width = pageWidth;
        m_drawing.height = layerTop + cellHeight * static_cast<double>(m_rows.size()) + 24;
        const std::string layers = m_table.tokens > 0
            ? say(BITPRISM_TR("Report", "%1 layers, %2 tokens, quantizer %3, colours logarithmic"),
                  {std::to_string(m_layerCount), std::to_string(m_table.tokens), m_table.quantizer})
            : say(BITPRISM_TR("Report", "%1 layers, quantizer %2, colours logarithmic"),
                  {std::to_string(m_layerCount), m_table.quantizer});
        addHeading(m_drawing, m_measure.title, layers);
        drawHeader();
        for (std::size_t row = 0; row < m_rows.size(); ++row) {
            drawRow(row);
        }
        drawLegend();
        return std::move(m_drawing);
    }

private:
    void makeRows(const ModelInfo &model)
    {
        const std::vector<std::string> names = layersOf(m_table);
        m_layerCount = names.size();
        const std::size_t share = std::max<std::size_t>(1, (names.size() + maxRows - 1) / maxRows);
        std::map<std::string, std::size_t> rowOf;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (i % share == 0) {
                Row row;
                const std::size_t others = std::min(share, names.size() - i) - 1;
                row.name = others > 0 ? say(BITPRISM_TR("Report", "%1 and %2 more"),
                                            {names[i], std::to_string(others)})
                                      : names[i];
                const LayerInfo *layer = model.findLayer(names[i]);
                row.block = layer == nullptr ? -1 : layer->block;
                row.cells.resize(m_columns.size());
                m_rows.push_back(row);
            }
            rowOf[names[i]] = m_rows.size() - 1;
        }
        for (const SensitivityCell &cell : m_table.cells) {
            const std::size_t column = columnOf(cell);
            if (column >= m_columns.size()) {
                continue;
            }
            const SensitivityCell *&kept = m_rows[rowOf[cell.layer]].cells[column];
            if (kept == nullptr || valueOf(*kept) < valueOf(cell)) {
                kept = &cell;
            }
        }
    }

    std::size_t columnOf(const SensitivityCell &cell) const
    {
        const auto place = [](const auto &list, const auto &value) {
            return static_cast<std::size_t>(std::find(list.begin(), list.end(), value)
                                            - list.begin());
        };
        return cell.ratio ? place(m_table.ratios, *cell.ratio) : place(m_table.widths, cell.bits);
    }

    double valueOf(const SensitivityCell &cell) const
    {
        return m_measure.value(cell).value_or(-INFINITY);
    }

    void findRange()
    {
        for (const SensitivityCell &cell : m_table.cells) {
            const double value = valueOf(cell);
            if (value > 0 && std::isfinite(value)) {
                m_low = std::min(m_low, value);
                m_high = std::max(m_high, value);
            }
        }
    }

    int levelOf(double value) const
    {
        if (!(value > m_low) || !(m_high > m_low)) {
            return 0;
        }
        const double share = std::log(value / m_low) / std::log(m_high / m_low);
        return static_cast<int>(std::lround(share * (mapLevels - 1)));
    }

    double cellWidth() const
    {
        const double room = pageWidth - layerLabelWidth - 130;
        return std::clamp(room / static_cast<double>(m_columns.size()), 14.0, 96.0);
    }

    double columnX(std::size_t column) const
    {
        return layerLabelWidth + cellWidth() * static_cast<double>(column);
    }

    void drawHeader()
    {
        for (std::size_t i = 0; i < m_columns.size(); ++i) {
            m_drawing.add(Label{{columnX(i) + cellWidth() / 2, layerTop - 8},
                                m_columns[i],
                                Anchor::Middle,
                                layerFontSize,
                                {Role::Muted, 0},
                                false,
                                false});
        }
    }

    std::string rankOf(const SensitivityCell &cell) const
    {
        int rank = 1;
        int count = 0;
        for (const SensitivityCell &other : m_table.cells) {
            if (columnOf(other) == columnOf(cell) && m_measure.value(other)) {
                ++count;
                rank += valueOf(other) > valueOf(cell) ? 1 : 0;
            }
        }
        return say(BITPRISM_TR("Report", "rank %1 of %2"),
                   {std::to_string(rank), std::to_string(count)});
    }

    std::string tooltipOf(const SensitivityCell &cell) const
    {
        const std::string value = numbers::withError(m_measure.value(cell).value_or(0),
                                                     m_measure.standardError(cell).value_or(0));
        return cell.ratio
            ? say(BITPRISM_TR("Report", "%1, %2 at %3 bits: %4 %5, %6"),
                  {cell.layer, numbers::percent(*cell.ratio), std::to_string(m_table.highBits),
                   m_measure.name, value, rankOf(cell)})
            : say(BITPRISM_TR("Report", "%1, %2 bits: %3 %4, %5"),
                  {cell.layer, std::to_string(cell.bits), m_measure.name, value, rankOf(cell)});
    }

    void drawCell(double x, double y, const SensitivityCell *cell, const std::string &layer)
    {
        const double width = cellWidth() - 1;
        const double height = cellHeight - 1;
        if (cell != nullptr && m_measure.value(*cell)) {
            m_drawing.add(Rectangle{
                x, y, width, height, {Role::Map, levelOf(valueOf(*cell))}, tooltipOf(*cell)});
            return;
        }
        // Hatched: never to be taken for a small value.
        m_drawing.add(Rectangle{x,
                                y,
                                width,
                                height,
                                {Role::Surface, 0},
                                say(BITPRISM_TR("Report", "%1: not measured"), {layer})});
        for (double at = 0; at + height <= width; at += 8) {
            m_drawing.add(
                Line{{{x + at, y + height}, {x + at + height, y}}, {Role::Border, 0}, 1, false});
        }
    }

    void drawRow(std::size_t index)
    {
        const Row &row = m_rows[index];
        const double y = layerTop + cellHeight * static_cast<double>(index);
        m_drawing.add(Label{{layerLabelWidth - 8, y + 12},
                            elidedMiddle(row.name, layerLabelWidth - 12, layerFontSize),
                            Anchor::End,
                            layerFontSize,
                            {Role::Text, 0},
                            false,
                            false});
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            drawCell(columnX(i), y, row.cells[i], row.name);
        }
        const bool startsBlock = index > 0 && row.block != m_rows[index - 1].block;
        if (startsBlock) {
            m_drawing.add(Line{
                {{0, y - 0.5}, {columnX(row.cells.size()), y - 0.5}}, {Role::Border, 0}, 1, false});
        }
    }

    void drawLegend()
    {
        if (!(m_high > 0)) {
            return;
        }
        const double x = columnX(m_columns.size()) + 24;
        const double step = 4;
        for (int level = 0; level < mapLevels; ++level) {
            m_drawing.add(Rectangle{x,
                                    layerTop + step * (mapLevels - 1 - level),
                                    14,
                                    step + 0.2,
                                    {Role::Map, level},
                                    ""});
        }
        const double bottom = layerTop + step * mapLevels;
        for (const auto &[y, value] :
             {std::pair(layerTop + 10, m_high), std::pair(bottom, m_low)}) {
            m_drawing.add(Label{{x + 20, y},
                                numbers::plain(value),
                                Anchor::Start,
                                layerFontSize,
                                {Role::Muted, 0},
                                false,
                                false});
        }
        m_drawing.height = std::max(m_drawing.height, bottom + 16);
    }

    const SensitivityTable &m_table;
    SensitivityMeasure m_measure;
    std::vector<std::string> m_columns; ///< headings: widths, or ratios
    std::vector<Row> m_rows;
    std::size_t m_layerCount = 0;
    double m_low = INFINITY;
    double m_high = 0;
    Drawing m_drawing;
};

} // namespace

SensitivityMeasure measureOf(const SensitivityTable &table)
{
    const auto has = [&](std::optional<double> SensitivityCell::*field) {
        return std::any_of(table.cells.begin(), table.cells.end(),
                           [&](const SensitivityCell &cell) { return (cell.*field).has_value(); });
    };
    using Cell = SensitivityCell;
    if (has(&Cell::klDivergence)) {
        return {say(BITPRISM_TR("Report",
                                "KL divergence when only this layer is quantized, nats per token")),
                say(BITPRISM_TR("Report", "KL divergence")), &fieldOf<&Cell::klDivergence>,
                &fieldOf<&Cell::klStandardError>};
    }
    if (has(&Cell::predictedDeltaNll)) {
        return {say(BITPRISM_TR(
                    "Report",
                    "Predicted change in loss when only this layer is quantized, nats per token")),
                say(BITPRISM_TR("Report", "predicted change")), &fieldOf<&Cell::predictedDeltaNll>,
                &nothing};
    }
    if (has(&Cell::modelOutputError)) {
        return {say(BITPRISM_TR("Report",
                                "Error of the model's output when only this layer is quantized, "
                                "as a share of its square")),
                say(BITPRISM_TR("Report", "model output error")), &fieldOf<&Cell::modelOutputError>,
                &fieldOf<&Cell::modelOutputStandardError>};
    }
    if (has(&Cell::outputMse)) {
        return {say(BITPRISM_TR("Report",
                                "Output error when only this layer is quantized, as a share of the "
                                "output's square")),
                say(BITPRISM_TR("Report", "output error")), &fieldOf<&Cell::outputMse>, &nothing};
    }
    return {say(BITPRISM_TR("Report", "Mean squared error of the weights of each layer")),
            say(BITPRISM_TR("Report", "weight error")), &fieldOf<&Cell::weightMse>, &nothing};
}

std::optional<Drawing> sensitivityMap(const SensitivityTable &table, const ModelInfo &model)
{
    return MapBuilder(table, model).draw();
}

std::optional<Drawing> predictionScatter(const SensitivityTable &table)
{
    std::vector<const SensitivityCell *> cells;
    std::vector<double> predicted;
    std::vector<double> measured;
    int leftOut = 0;
    for (const SensitivityCell &cell : table.cells) {
        if (!cell.predictedDeltaNll || !cell.deltaNll) {
            continue;
        }
        if (*cell.predictedDeltaNll <= 0 || *cell.deltaNll <= 0) {
            ++leftOut;
            continue;
        }
        cells.push_back(&cell);
        predicted.push_back(*cell.predictedDeltaNll);
        measured.push_back(*cell.deltaNll);
    }
    if (cells.empty()) {
        return std::nullopt;
    }
    std::string context
        = say(BITPRISM_TR("Report", "One marker per layer and width, dashed where both agree"));
    if (table.rankCorrelation) {
        context = say(BITPRISM_TR("Report", "%1, rank correlation %2"),
                      {context, numbers::twoDecimals(*table.rankCorrelation)});
    }
    if (leftOut > 0) {
        context = say(BITPRISM_TR("Report", "%1, %2 at or below zero not drawn"),
                      {context, std::to_string(leftOut)});
    }
    Plot plot(say(BITPRISM_TR("Report",
                              "Predicted against measured change in loss when only one layer is "
                              "quantized, nats per token")),
              context, {76, 78, 840, 360}, 410);
    plot.valueAxis(Axis::fitting(measured, true, true), say(BITPRISM_TR("Report", "measured")));
    plot.baseAxis(Axis::fitting(predicted, true, true), say(BITPRISM_TR("Report", "predicted")));
    std::vector<std::pair<Marker, std::string>> legend;
    for (std::size_t i = 0; i < table.widths.size() && i < seriesCount; ++i) {
        legend.emplace_back(
            seriesMarker(static_cast<int>(i)),
            say(BITPRISM_TR("Report", "%1 bits"), {std::to_string(table.widths[i])}));
    }
    plot.legend(legend);
    const double low = std::max(plot.value().low(), plot.base().low());
    const double high = std::min(plot.value().high(), plot.base().high());
    if (low < high) { // where prediction and measurement agree
        plot.add(Line{
            {{plot.x(low), plot.y(low)}, {plot.x(high), plot.y(high)}}, {Role::Muted, 0}, 1, true});
    }
    for (const SensitivityCell *cell : cells) {
        const auto width = std::find(table.widths.begin(), table.widths.end(), cell->bits);
        Marker marker = seriesMarker(static_cast<int>(width - table.widths.begin()));
        marker.at = {plot.x(*cell->predictedDeltaNll), plot.y(*cell->deltaNll)};
        marker.tooltip
            = say(BITPRISM_TR("Report", "%1, %2 bits: predicted %3, measured %4"),
                  {cell->layer, std::to_string(cell->bits), numbers::plain(cell->predictedDeltaNll),
                   numbers::difference(cell->deltaNll, cell->deltaNllStandardError)});
        plot.add(marker);
    }
    return plot.take();
}

} // namespace bitprism::chart
