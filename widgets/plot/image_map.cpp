// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/image_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr int placeCount = 256 - ImageMap::firstPlace;
/// A side this short needs no coarser level: any plot has as many pixels.
constexpr int shortestSide = 64;
constexpr double leastShare = 1e-6;
constexpr std::size_t mostSampled = 1 << 16;

using Codes = std::vector<std::uint8_t>;

ImageMap::Level halvedRows(const ImageMap::Level &fine)
{
    ImageMap::Level level{2 * fine.rowStep, fine.columnStep, (fine.rows + 1) / 2, fine.columns, {}};
    level.codes.resize(static_cast<std::size_t>(level.rows) * level.columns);
    for (int row = 0; row < level.rows; ++row) {
        const std::uint8_t *first = fine.row(2 * row);
        const std::uint8_t *second = fine.row(std::min(2 * row + 1, fine.rows - 1));
        std::uint8_t *into = level.codes.data() + static_cast<std::size_t>(row) * level.columns;
        for (int column = 0; column < level.columns; ++column) {
            into[column] = std::max(first[column], second[column]);
        }
    }
    return level;
}

ImageMap::Level halvedColumns(const ImageMap::Level &fine)
{
    ImageMap::Level level{fine.rowStep, 2 * fine.columnStep, fine.rows, (fine.columns + 1) / 2, {}};
    level.codes.resize(static_cast<std::size_t>(level.rows) * level.columns);
    for (int row = 0; row < level.rows; ++row) {
        const std::uint8_t *from = fine.row(row);
        std::uint8_t *into = level.codes.data() + static_cast<std::size_t>(row) * level.columns;
        for (int column = 0; column < level.columns; ++column) {
            const int left = 2 * column;
            into[column] = std::max(from[left], from[std::min(left + 1, fine.columns - 1)]);
        }
    }
    return level;
}

QString text(const QStringList &list, int place, const QString &pattern)
{
    return list.isEmpty() ? pattern.arg(place) : list.at(place);
}

} // namespace

QString ImageMapAxis::name(int place) const { return text(names, place, phrase); }

QString ImageMapAxis::id(int place) const { return text(ids, place, idPattern); }

ImageMap::ImageMap(ImageMapData data, bool isLog)
    : m_data(std::move(data))
{
    fitScale(isLog);
    findMaxima();
    m_levels.emplace_back().push_back(finest());
    while (m_levels.back().front().rows > shortestSide) {
        Level coarser = halvedRows(m_levels.back().front());
        m_levels.emplace_back().push_back(std::move(coarser));
    }
    for (std::vector<Level> &levels : m_levels) {
        while (levels.back().columns > shortestSide) {
            levels.push_back(halvedColumns(levels.back()));
        }
    }
}

void ImageMap::fitScale(bool isLog)
{
    float high = 0;
    std::vector<float> sample;
    const std::size_t stride = m_data.values.size() / mostSampled + 1;
    for (std::size_t i = 0; i < m_data.values.size(); ++i) {
        const float value = m_data.values[i];
        if (std::isfinite(value) && value > 0) {
            high = std::max(high, value);
            if (i % stride == 0) {
                sample.push_back(value);
            }
        }
    }
    m_scale.high = high > 0 ? high : 1;
    if (!isLog || high <= 0) {
        return;
    }
    m_scale.isLog = true;
    m_scale.low = m_scale.high / 10;
    if (!sample.empty()) {
        const auto tail
            = static_cast<std::ptrdiff_t>(m_data.lowTail * static_cast<double>(sample.size()));
        std::nth_element(sample.begin(), sample.begin() + tail, sample.end());
        m_scale.low = std::min<double>(m_scale.low, sample[static_cast<std::size_t>(tail)]);
    }
    m_scale.low = std::max(m_scale.low, m_scale.high * leastShare);
}

ImageMap::Level ImageMap::finest() const
{
    Level level{1, 1, m_data.rows.count, m_data.columns.count, {}};
    level.codes.resize(m_data.values.size());
    // Of its own, in single precision: ColourScale::place() for each of eight million cells takes
    // twice as long.
    const auto low = static_cast<float>(m_scale.low);
    const auto high = static_cast<float>(m_scale.high);
    const float span = m_scale.isLog ? std::log(high / low) : high - low;
    for (std::size_t i = 0; i < level.codes.size(); ++i) {
        const float value = m_data.values[i];
        if (!(value >= 0)) {
            level.codes[i] = std::isnan(value) ? notMeasured : absent;
            continue;
        }
        const float share = m_scale.isLog ? (value > low ? std::log(value / low) / span : 0)
                                          : (value - low) / span;
        level.codes[i] = static_cast<std::uint8_t>(
            firstPlace + std::lround(std::clamp(share, 0.0F, 1.0F) * (placeCount - 1)));
    }
    return level;
}

void ImageMap::findMaxima()
{
    const float none = std::numeric_limits<float>::quiet_NaN();
    m_rowMaxima.assign(static_cast<std::size_t>(m_data.rows.count), none);
    m_columnMaxima.assign(static_cast<std::size_t>(m_data.columns.count), none);
    const auto take = [](float &most, float value) {
        if (value >= 0 && !(most >= value)) {
            most = value;
        }
    };
    const float *value = m_data.values.data();
    for (float &row : m_rowMaxima) {
        for (float &column : m_columnMaxima) {
            take(row, *value);
            take(column, *value++);
        }
    }
}

const ImageMap::Level &ImageMap::level(double rowStep, double columnStep) const
{
    const auto halvings = [](double step, std::size_t levels) {
        const double wanted = std::ceil(std::log2(std::max(step, 1.0)) - 1e-9);
        return std::min(static_cast<std::size_t>(wanted), levels - 1);
    };
    const std::vector<Level> &levels = m_levels[halvings(rowStep, m_levels.size())];
    return levels[halvings(columnStep, levels.size())];
}

double ImageMap::placeOf(std::uint8_t code)
{
    return std::max(code - firstPlace, 0) / static_cast<double>(placeCount - 1);
}

} // namespace bitprism
