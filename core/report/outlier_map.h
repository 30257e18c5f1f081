// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_atlas.h"
#include "core/results/outlier_table.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace bitprism {

/// Channels and tokens of one input, small enough for a page: a cell is the largest magnitude of
/// those that share it.
struct OutlierMapPicture
{
    static constexpr std::int64_t mostRows = 48;
    static constexpr std::int64_t mostColumns = 128;

    std::string input; ///< what it is called; empty: there is no map
    std::string problem; ///< why there is none, one sentence, where one was kept
    std::int64_t channels = 0;
    std::int64_t tokens = 0;
    std::int64_t channelsPerRow = 1;
    std::int64_t tokensPerColumn = 1;
    std::size_t columns = 0;
    std::vector<float> values; ///< [rows, columns]
    std::vector<std::string> loudest; ///< [columns]: text of the column's largest token

    std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
};

/// `map` reduced with maxima kept, to at most mostRows times mostColumns cells.
OutlierMapPicture pictureOf(const OutlierMap &map, const AtlasTokens &tokens);

/// The map of the most outlying input that has one in the run's folder. A file that is missing or
/// damaged is the picture's problem.
OutlierMapPicture readMostOutlyingMap(const std::filesystem::path &runFolder,
                                      const OutlierTable &table);

} // namespace bitprism
