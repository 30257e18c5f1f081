// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_atlas.h"
#include "core/results/outlier_table.h"
#include "widgets/plot/image_map.h"
#include "widgets/plot/plot_data.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace bitprism {

using AtlasTokensPtr = std::shared_ptr<const AtlasTokens>;

/// The map of one layer's input, ready to be shown.
struct LayerMap
{
    std::filesystem::path folder; ///< of the run
    OutlierMap source;
    AtlasTokensPtr tokens;
    ImageMapPtr image;
    std::vector<std::size_t> tokenOrder; ///< by their largest magnitude, falling
    /// The tokens' largest and (negated) smallest values, falling, over the share of tokens
    /// (outlier-suppression.md 5: o_u, o_l).
    std::vector<PlotSeries> extrema;
};

using LayerMapPtr = std::shared_ptr<const LayerMap>;

/// Reads the map of `layer` from a run's folder, and its tokens where they are not known yet. For a
/// worker thread; throws what readOutlierMap() does.
LayerMapPtr readLayerMap(const std::filesystem::path &folder, const LayerOutliers &layer,
                         AtlasTokensPtr tokens, bool isLog);

/// Channels down, tokens across; cells of a pooled map are named by what they hold.
ImageMapData imageOf(const OutlierMap &map, const AtlasTokens &tokens);

/// One token, and how large a channel (or the whole input) is there.
struct ExcitedToken
{
    std::int64_t token = 0; ///< counted over all samples
    double magnitude = 0;
};

/// The tokens where `channel` is largest, the largest first. A channel that is not among the map's
/// own rows is known by its cells: one token stands for each, the first of it.
std::vector<ExcitedToken> tokensOfChannel(const OutlierMap &map, std::int64_t channel,
                                          std::size_t most);
/// The tokens whose largest magnitude is largest.
std::vector<ExcitedToken> largestTokens(const LayerMap &map, std::size_t most);

/// "channel:631": what plots call it; -1 for anything else.
QString channelId(std::int64_t channel);
std::int64_t channelOf(const QString &id);

/// A token's text as it can be read in a table: spaces and line ends are visible.
QString visibleText(const std::string &text);

} // namespace bitprism
