// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/chart/charts.h"
#include "core/report/chart/plot.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace bitprism::chart {

namespace {

using report::say;

constexpr std::size_t mostLayers = 240;
constexpr double pairLabelWidth = 230;
constexpr double pairTop = 64;
constexpr double pairFontSize = 11;
/// Colours span three decades below the largest magnitude.
constexpr double decades = 3;

/// The pair of candidates of two layers that interacts most.
using Strongest = std::map<std::pair<std::size_t, std::size_t>, const ProbedPair *>;

class InteractionChart
{
public:
    explicit InteractionChart(const InteractionMatrix &matrix)
        : m_matrix(matrix)
    {
        std::map<std::string_view, std::size_t> places;
        for (const ProbedCandidate &candidate : matrix.candidates) {
            const auto [place, isNew] = places.emplace(candidate.layer, m_layers.size());
            if (isNew) {
                m_layers.push_back(&candidate);
            }
            m_layerOf.push_back(place->second);
        }
        for (const ProbedPair &pair : matrix.pairs) {
            const ProbedPair *&kept
                = m_strongest[std::minmax(m_layerOf[pair.first], m_layerOf[pair.second])];
            if (kept == nullptr || std::fabs(pair.value) > std::fabs(kept->value)) {
                kept = &pair;
            }
            m_largest = std::max(m_largest, std::fabs(pair.value));
        }
    }

    std::optional<Drawing> draw()
    {
        if (m_strongest.empty() || m_layers.size() > mostLayers) {
            return std::nullopt;
        }
        const auto count = static_cast<double>(m_layers.size());
        m_cell = std::clamp((pageWidth - pairLabelWidth - 20) / count, 2.0, 14.0);
        m_drawing.width = pageWidth;
        m_drawing.height = pairTop + m_cell * count + 20;
        addHeading(
            m_drawing,
            say(BITPRISM_TR("Report",
                            "What two layers cost together beyond both alone, nats per token")),
            say(BITPRISM_TR("Report",
                            "%1 pairs probed (%2); the strongest of each two layers, colours "
                            "logarithmic; a dot marks "
                            "pairs that cost less together"),
                {std::to_string(m_matrix.pairs.size()), m_matrix.estimator}));
        for (std::size_t i = 0; i < m_layers.size(); ++i) {
            drawName(i);
        }
        for (const auto &[layers, pair] : m_strongest) {
            drawPair(layers.first, layers.second, *pair);
            drawPair(layers.second, layers.first, *pair);
        }
        return std::move(m_drawing);
    }

private:
    void drawName(std::size_t i)
    {
        const double y = pairTop + m_cell * static_cast<double>(i);
        const bool isLegible = m_cell >= pairFontSize - 1;
        const bool isFirstOfBlock = i == 0 || m_layers[i - 1]->block != m_layers[i]->block;
        if (isLegible || isFirstOfBlock) {
            m_drawing.add(Label{{pairLabelWidth - 8, y + pairFontSize - 1},
                                elidedMiddle(m_layers[i]->layer, pairLabelWidth - 12, pairFontSize),
                                Anchor::End,
                                pairFontSize,
                                {Role::Text, 0},
                                false,
                                false});
        }
        if (i > 0 && isFirstOfBlock) {
            const double end = pairLabelWidth + m_cell * static_cast<double>(m_layers.size());
            m_drawing.add(Line{{{0, y - 0.5}, {end, y - 0.5}}, {Role::Border, 0}, 1, false});
        }
    }

    void drawPair(std::size_t row, std::size_t column, const ProbedPair &pair)
    {
        const double x = pairLabelWidth + m_cell * static_cast<double>(column);
        const double y = pairTop + m_cell * static_cast<double>(row);
        const double share = 1 + std::log10(std::fabs(pair.value) / m_largest + 1e-300) / decades;
        const int level
            = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * (mapLevels - 1)));
        std::string tooltip = say(BITPRISM_TR("Report", "%1 with %2: %3"),
                                  {nameOf(pair.first), nameOf(pair.second),
                                   numbers::withError(pair.value, pair.standardError.value_or(0))});
        m_drawing.add(
            Rectangle{x, y, m_cell - 0.5, m_cell - 0.5, {Role::Map, level}, std::move(tooltip)});
        if (pair.value < 0 && m_cell > 5) {
            m_drawing.add(Marker{{x + m_cell / 2, y + m_cell / 2},
                                 MarkerShape::Circle,
                                 {Role::Surface, 0},
                                 m_cell / 3,
                                 {}});
        }
    }

    std::string nameOf(std::size_t candidate) const
    {
        const ProbedCandidate &probed = m_matrix.candidates[candidate];
        return (probed.ratio ? say(BITPRISM_TR("Report", "%1 at %2 %"),
                                   {probed.layer, numbers::plain(100 * *probed.ratio)})
                             : say(BITPRISM_TR("Report", "%1 at %2 bits"),
                                   {probed.layer, std::to_string(probed.bits)}));
    }

    const InteractionMatrix &m_matrix;
    std::vector<const ProbedCandidate *> m_layers; ///< the first candidate of each
    std::vector<std::size_t> m_layerOf; ///< of each candidate
    Strongest m_strongest;
    double m_largest = 1e-300;
    double m_cell = 0;
    Drawing m_drawing;
};

} // namespace

std::optional<Drawing> interactionMap(const InteractionMatrix &matrix)
{
    return InteractionChart(matrix).draw();
}

} // namespace bitprism::chart
