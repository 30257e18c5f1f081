// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/outliers/layer_map.h"

#include "core/analysis/outlier_atlas_file.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace bitprism {

namespace {

const QString channelPrefix = QStringLiteral("channel:");

/// The context of this file's texts.
struct LayerMapTexts
{
    Q_DECLARE_TR_FUNCTIONS(Outliers)
};

QString tokenName(const AtlasTokens &tokens, std::int64_t token)
{
    const auto place = static_cast<std::size_t>(token);
    if (token >= tokens.count()) {
        return LayerMapTexts::tr("token %1").arg(token);
    }
    const std::string text = tokens.text(token);
    const QString where = LayerMapTexts::tr("sample %1, position %2")
                              .arg(tokens.samples[place])
                              .arg(tokens.positions[place]);
    //: the token's text, then where it stands
    return text.empty() ? where : LayerMapTexts::tr("“%1”, %2").arg(visibleText(text), where);
}

/// Codes 0 to 255 as magnitudes.
std::array<float, 256> magnitudesOf(const MagnitudeScale &scale)
{
    std::array<float, 256> magnitudes{};
    for (std::size_t code = 0; code < magnitudes.size(); ++code) {
        magnitudes[code] = scale.magnitude(static_cast<std::uint8_t>(code));
    }
    return magnitudes;
}

std::vector<ExcitedToken> largestOf(std::vector<ExcitedToken> tokens, std::size_t most)
{
    const std::size_t count = std::min(most, tokens.size());
    std::partial_sort(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count),
                      tokens.end(), [](const ExcitedToken &a, const ExcitedToken &b) {
                          return a.magnitude != b.magnitude ? a.magnitude > b.magnitude
                                                            : a.token < b.token;
                      });
    tokens.resize(count);
    return tokens;
}

/// Each token's extreme of one side by falling size; labels only for the points that are drawn.
PlotSeries fallingCurve(const QString &name, const std::vector<float> &extrema, float sign,
                        const AtlasTokens &texts)
{
    std::vector<std::size_t> order(extrema.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&extrema, sign](std::size_t a, std::size_t b) {
        return sign * extrema[a] > sign * extrema[b];
    });
    PlotSeries curve{name, {}, SeriesLine::Straight, false};
    const double none = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t place = 0; place < order.size(); ++place) {
        curve.points.push_back(
            {100.0 * static_cast<double>(place + 1) / static_cast<double>(order.size()),
             sign * extrema[order[place]], none, none, QString::number(order[place])});
    }
    constexpr std::size_t mostLabelled = 1000;
    curve.points = reducedPoints(curve.points, mostLabelled);
    for (PlotPoint &point : curve.points) {
        point.label = tokenName(texts, point.id.toLongLong());
    }
    return curve;
}

} // namespace

QString channelId(std::int64_t channel) { return channelPrefix + QString::number(channel); }

std::int64_t channelOf(const QString &id)
{
    bool isNumber = false;
    const qlonglong channel = id.mid(channelPrefix.size()).toLongLong(&isNumber);
    return id.startsWith(channelPrefix) && isNumber ? channel : -1;
}

QString visibleText(const std::string &text)
{
    QString shown = QString::fromStdString(text);
    shown.replace(QLatin1Char('\n'), QChar(0x21B5));
    shown.replace(QLatin1Char('\t'), QChar(0x21E5));
    return shown;
}

ImageMapData imageOf(const OutlierMap &map, const AtlasTokens &tokens)
{
    ImageMapData image;
    image.valueName = LayerMapTexts::tr("magnitude");
    image.lowTail = 0.2; // of a bell most lies near the middle
    image.rows.title = LayerMapTexts::tr("channel");
    image.rows.count = static_cast<int>(map.mapChannels());
    image.rows.step = static_cast<int>(map.channelPool);
    image.columns.title = LayerMapTexts::tr("token");
    image.columns.step = static_cast<int>(map.tokenPool);
    image.columns.count = static_cast<int>(map.mapTokens());
    for (std::int64_t row = 0; row < map.mapChannels(); ++row) {
        const std::int64_t first = row * map.channelPool;
        const std::int64_t last = std::min(first + map.channelPool, map.channels) - 1;
        image.rows.ids.append(channelId(first));
        image.rows.names.append(first == last
                                    ? LayerMapTexts::tr("channel %1").arg(first)
                                    : LayerMapTexts::tr("channels %1 to %2").arg(first).arg(last));
    }
    for (std::int64_t column = 0; column < map.mapTokens(); ++column) {
        const std::int64_t first = column * map.tokenPool;
        const QString name = tokenName(tokens, first);
        image.columns.names.append(
            map.tokenPool == 1
                ? name
                : LayerMapTexts::tr("%n tokens from %1", nullptr, static_cast<int>(map.tokenPool))
                      .arg(name));
        image.columns.ids.append(QStringLiteral("token:%1").arg(first));
    }
    const std::array<float, 256> magnitudes = magnitudesOf(map.scale);
    image.values.resize(map.codes.size());
    std::transform(map.codes.begin(), map.codes.end(), image.values.begin(),
                   [&magnitudes](std::uint8_t code) { return magnitudes[code]; });
    return image;
}

LayerMapPtr readLayerMap(const std::filesystem::path &folder, const LayerOutliers &layer,
                         AtlasTokensPtr tokens, bool isLog)
{
    auto map = std::make_shared<LayerMap>();
    map->folder = folder;
    map->source = readOutlierMap(folder, layer.atlasFile);
    map->tokens = tokens
        ? std::move(tokens)
        : std::make_shared<const AtlasTokens>(readAtlasTokens(folder, layer.tokenStack));
    map->image = std::make_shared<const ImageMap>(imageOf(map->source, *map->tokens), isLog);
    const OutlierMap &source = map->source;
    map->tokenOrder.resize(source.tokenHigh.size());
    std::iota(map->tokenOrder.begin(), map->tokenOrder.end(), std::size_t{0});
    std::stable_sort(map->tokenOrder.begin(), map->tokenOrder.end(),
                     [&source](std::size_t a, std::size_t b) {
                         return source.tokenMaxAbs(a) > source.tokenMaxAbs(b);
                     });
    map->extrema
        = {fallingCurve(LayerMapTexts::tr("largest"), source.tokenHigh, 1, *map->tokens),
           fallingCurve(LayerMapTexts::tr("smallest, negated"), source.tokenLow, -1, *map->tokens)};
    return map;
}

std::vector<ExcitedToken> tokensOfChannel(const OutlierMap &map, std::int64_t channel,
                                          std::size_t most)
{
    std::vector<ExcitedToken> tokens;
    const auto own = std::find_if(
        map.rows.begin(), map.rows.end(),
        [channel](const OutlierMap::ChannelRow &row) { return row.channel == channel; });
    if (own != map.rows.end()) {
        for (std::size_t token = 0; token < own->codes.size(); ++token) {
            tokens.push_back(
                {static_cast<std::int64_t>(token), map.scale.magnitude(own->codes[token])});
        }
        return largestOf(std::move(tokens), most);
    }
    const std::int64_t row = channel / map.channelPool;
    for (std::int64_t cell = 0; row < map.mapChannels() && cell < map.mapTokens(); ++cell) {
        const auto place = static_cast<std::size_t>(row * map.mapTokens() + cell);
        tokens.push_back({cell * map.tokenPool, map.scale.magnitude(map.codes[place])});
    }
    return largestOf(std::move(tokens), most);
}

std::vector<ExcitedToken> largestTokens(const LayerMap &map, std::size_t most)
{
    std::vector<ExcitedToken> tokens;
    for (std::size_t i = 0; i < std::min(most, map.tokenOrder.size()); ++i) {
        const std::size_t token = map.tokenOrder[i];
        tokens.push_back({static_cast<std::int64_t>(token), map.source.tokenMaxAbs(token)});
    }
    return tokens;
}

} // namespace bitprism
