// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/colour_scale.h"

#include <QString>
#include <QStringList>

#include <cstdint>
#include <memory>
#include <vector>

namespace bitprism {

/// One side of an image map: places numbered from 0.
struct ImageMapAxis
{
    QString title{}; ///< "channel"
    QString phrase{}; ///< in sentences, %1 is the number: "channel %1"
    QString idPattern{}; ///< %1 is the number; where there are no `ids`
    int count = 0;
    int step = 1; ///< things that share a place: numbers on the axis count them
    /// Each empty, or one for each place.
    QStringList names{}; ///< in sentences, in place of `phrase`
    QStringList labels{}; ///< on the axis, in place of numbers
    QStringList groups{}; ///< neighbours of one group stand together; on the axis where labels are
                          ///< too long for it
    QStringList ids{};

    QString name(int place) const;
    QString id(int place) const;
};

/// Numbers in rows and columns, too many for cells with borders and names of their own.
struct ImageMapData
{
    ImageMapAxis rows{};
    ImageMapAxis columns{};
    /// [rows, columns], at or above zero. NaN: not measured. Below zero: there is no such cell.
    std::vector<float> values{};
    QString valueName{}; ///< "largest magnitude"
    QString unit{}; ///< empty: none
    /// The share of values at the lower end that a logarithmic scale does not tell apart: the
    /// smallest would take decades of it, and nobody looks for them.
    double lowTail = 0.02;

    std::size_t at(int row, int column) const
    {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(columns.count)
            + static_cast<std::size_t>(column);
    }
};

/// An image map made ready to be painted at any zoom: values as places in the colour map, also
/// reduced by powers of two along each side, with maxima kept, so that no single large value is
/// ever lost. About four bytes a cell beside the values. Made on a worker (some 0.2 s for 4,096 x
/// 2,048 cells); immutable.
class ImageMap
{
public:
    /// What a code of a level says; others are places in the colour map, rising.
    static constexpr std::uint8_t absent = 0;
    static constexpr std::uint8_t notMeasured = 1;
    static constexpr std::uint8_t firstPlace = 2;

    /// The cells, each the largest of `rowStep` x `columnStep` neighbours.
    struct Level
    {
        int rowStep = 1;
        int columnStep = 1;
        int rows = 0;
        int columns = 0;
        std::vector<std::uint8_t> codes; ///< [rows, columns]

        const std::uint8_t *row(int number) const
        {
            return codes.data() + static_cast<std::size_t>(number) * columns;
        }
    };

    ImageMap(ImageMapData data, bool isLog);

    const ImageMapData &data() const { return m_data; }
    float value(int row, int column) const { return m_data.values[m_data.at(row, column)]; }
    const ColourScale &scale() const { return m_scale; }
    /// Largest value of each row and of each column; NaN where nothing is measured.
    const std::vector<float> &rowMaxima() const { return m_rowMaxima; }
    const std::vector<float> &columnMaxima() const { return m_columnMaxima; }
    /// The finest level whose steps are at least these, or the coarsest there is.
    const Level &level(double rowStep, double columnStep) const;

    /// 0 to 1 in the colour map; for codes from firstPlace on.
    static double placeOf(std::uint8_t code);

private:
    void fitScale(bool isLog);
    Level finest() const;
    void findMaxima();

    ImageMapData m_data;
    ColourScale m_scale;
    std::vector<float> m_rowMaxima;
    std::vector<float> m_columnMaxima;
    std::vector<std::vector<Level>> m_levels; ///< [row halvings, column halvings]
};

using ImageMapPtr = std::shared_ptr<const ImageMap>;

} // namespace bitprism
