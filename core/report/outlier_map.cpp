// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/outlier_map.h"

#include "core/analysis/outlier_atlas_file.h"
#include "core/base/error.h"
#include "core/report/outlier_inputs.h"
#include "core/report/report_text.h"

#include <algorithm>
#include <limits>

namespace bitprism {

namespace {

/// So many in one that `count` make at most `most`.
std::int64_t sharedBy(std::int64_t count, std::int64_t most)
{
    return std::max<std::int64_t>(1, (count + most - 1) / most);
}

std::string loudestText(const OutlierMap &map, const AtlasTokens &tokens, std::int64_t first,
                        std::int64_t end)
{
    const auto known
        = static_cast<std::int64_t>(std::min(map.tokenLow.size(), map.tokenHigh.size()));
    std::int64_t loudest = first;
    for (std::int64_t token = first; token < std::min(end, known); ++token) {
        if (map.tokenMaxAbs(static_cast<std::size_t>(token))
            > map.tokenMaxAbs(static_cast<std::size_t>(loudest))) {
            loudest = token;
        }
    }
    return tokens.text(loudest);
}

} // namespace

OutlierMapPicture pictureOf(const OutlierMap &map, const AtlasTokens &tokens)
{
    OutlierMapPicture picture;
    picture.channels = map.channels;
    picture.tokens = map.tokens;
    const std::int64_t channelCells = sharedBy(map.mapChannels(), OutlierMapPicture::mostRows);
    const std::int64_t tokenCells = sharedBy(map.mapTokens(), OutlierMapPicture::mostColumns);
    picture.channelsPerRow = channelCells * map.channelPool;
    picture.tokensPerColumn = tokenCells * map.tokenPool;
    const auto rows
        = static_cast<std::size_t>((map.mapChannels() + channelCells - 1) / channelCells);
    picture.columns = static_cast<std::size_t>((map.mapTokens() + tokenCells - 1) / tokenCells);
    std::vector<std::uint8_t> codes(rows * picture.columns);
    for (std::int64_t channel = 0; channel < map.mapChannels(); ++channel) {
        const std::uint8_t *from = map.codes.data() + channel * map.mapTokens();
        std::uint8_t *to
            = codes.data() + static_cast<std::size_t>(channel / channelCells) * picture.columns;
        for (std::int64_t token = 0; token < map.mapTokens(); ++token) {
            std::uint8_t &cell = to[token / tokenCells];
            cell = std::max(cell, from[token]);
        }
    }
    for (const std::uint8_t code : codes) {
        picture.values.push_back(map.scale.magnitude(code));
    }
    for (std::int64_t first = 0; first < map.tokens; first += picture.tokensPerColumn) {
        picture.loudest.push_back(loudestText(map, tokens, first, first + picture.tokensPerColumn));
    }
    return picture;
}

OutlierMapPicture readMostOutlyingMap(const std::filesystem::path &runFolder,
                                      const OutlierTable &table)
{
    const std::vector<report::OutlierInput> inputs
        = report::mostOutlying(table, std::numeric_limits<std::size_t>::max());
    const auto found
        = std::find_if(inputs.begin(), inputs.end(), [](const report::OutlierInput &input) {
              return !input.layer->atlasFile.empty();
          });
    OutlierMapPicture picture;
    if (found == inputs.end()) {
        return picture;
    }
    try {
        picture = pictureOf(readOutlierMap(runFolder, found->layer->atlasFile),
                            readAtlasTokens(runFolder, found->layer->tokenStack));
        picture.input = report::inputName(*found);
    } catch (const Error &error) { // a store that was mailed without its folder
        picture.problem = report::say(error.message(), error.arguments());
    }
    return picture;
}

} // namespace bitprism
