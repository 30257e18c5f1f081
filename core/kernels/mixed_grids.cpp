// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/mixed_grids.h"

#include "core/base/error.h"
#include "core/kernels/stored_array.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace bitprism {

namespace {

constexpr std::int64_t maxDimension = std::numeric_limits<std::int32_t>::max();
constexpr std::string_view highPrefix = "high_";
constexpr std::string_view lowPrefix = "low_";

void addPart(StorageBits &sum, const StorageBits &part)
{
    sum.codes += part.codes;
    sum.scales += part.scales;
    sum.zeroPoints += part.zeroPoints;
    sum.indices += part.indices;
}

StorageBits partStorage(std::int64_t rows, std::int64_t cols, ChannelAxis axis, std::int64_t count,
                        const GridOptions &options)
{
    if (count == 0) {
        return {};
    }
    return axis == ChannelAxis::Columns ? uniformAffineStorage(rows, count, options)
                                        : uniformAffineStorage(count, cols, options);
}

void scatterPart(const UniformAffineWeight &part, std::span<const std::int64_t> channels,
                 ChannelAxis axis, MatrixView<float> weights)
{
    std::vector<float> values(static_cast<std::size_t>(part.rows() * part.cols()));
    part.dequantize(values);
    const MatrixView<const float> from(values.data(), part.rows(), part.cols());
    for (std::int64_t i = 0; i < from.rows; ++i) {
        for (std::int64_t j = 0; j < from.cols; ++j) {
            const bool isColumn = axis == ChannelAxis::Columns;
            const std::int64_t row = isColumn ? i : channels[static_cast<std::size_t>(i)];
            const std::int64_t col = isColumn ? channels[static_cast<std::size_t>(j)] : j;
            weights(row, col) = from(i, j);
        }
    }
}

std::vector<std::byte> packMask(const ChannelSplit &split)
{
    std::vector<std::byte> mask(static_cast<std::size_t>((split.channels() + 7) / 8), std::byte(0));
    for (const std::int64_t channel : split.high) {
        mask[static_cast<std::size_t>(channel / 8)] |= std::byte(1 << (channel % 8));
    }
    return mask;
}

ChannelSplit unpackMask(const StoredArrayReader &reader, std::int64_t channels, ChannelAxis axis)
{
    const std::span<const std::byte> mask = reader.bytes("mask");
    if (std::ssize(mask) != (channels + 7) / 8) {
        reader.damaged("mask");
    }
    ChannelSplit split;
    split.axis = axis;
    for (std::int64_t channel = 0; channel < std::ssize(mask) * 8; ++channel) {
        const bool isHigh
            = (mask[static_cast<std::size_t>(channel / 8)] & std::byte(1 << (channel % 8)))
            != std::byte(0);
        if (channel < channels) {
            (isHigh ? split.high : split.low).push_back(channel);
        } else if (isHigh) {
            reader.damaged("mask");
        }
    }
    return split;
}

/// A part's arrays under their own names, read by the encoding they were written with.
MixedGridWeight::Part readPart(const StoredArrays &arrays, std::string_view prefix,
                               std::string_view where)
{
    StoredArrays own;
    for (const auto &[name, array] : arrays) {
        if (name.starts_with(prefix)) {
            own[name.substr(prefix.size())] = array;
        }
    }
    const auto encoding = create<Encoding>("uniform-affine", Json::object(), where);
    return std::dynamic_pointer_cast<const UniformAffineWeight>(encoding->read(own, where));
}

} // namespace

std::int64_t highImpactCount(double ratio, std::int64_t channels)
{
    BITPRISM_ASSERT(ratio >= 0 && ratio <= 1 && channels > 0, "a share of channels");
    const auto count = std::llround(ratio * static_cast<double>(channels));
    if (ratio == 0 || ratio == 1 || channels == 1) {
        return count;
    }
    return std::clamp<std::int64_t>(count, 1, channels - 1);
}

ChannelSplit splitByScore(std::span<const float> scores, double ratio, ChannelAxis axis)
{
    for (const float score : scores) {
        if (!std::isfinite(score)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The impact scores of a layer's channels are not finite; the "
                                    "model overflows on this calibration data."));
        }
    }
    std::vector<std::int64_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::int64_t(0));
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
    });
    const std::int64_t count = highImpactCount(ratio, std::ssize(order));
    ChannelSplit split;
    split.axis = axis;
    split.high.assign(order.begin(), order.begin() + count);
    split.low.assign(order.begin() + count, order.end());
    std::sort(split.high.begin(), split.high.end());
    std::sort(split.low.begin(), split.low.end());
    return split;
}

StorageBits mixedGridStorage(std::int64_t rows, std::int64_t cols, ChannelAxis axis,
                             std::int64_t highCount, const MixedGridOptions &options)
{
    const std::int64_t channels = axis == ChannelAxis::Columns ? cols : rows;
    StorageBits sum = partStorage(rows, cols, axis, highCount, options.high);
    addPart(sum, partStorage(rows, cols, axis, channels - highCount, options.low));
    sum.masks = channels;
    return sum;
}

MixedGridWeight::MixedGridWeight(std::int64_t rows, std::int64_t cols, ChannelSplit split,
                                 Part high, Part low)
    : m_rows(rows)
    , m_cols(cols)
    , m_split(std::move(split))
    , m_high(std::move(high))
    , m_low(std::move(low))
{
    const auto fits = [&](const Part &part, const std::vector<std::int64_t> &channels) {
        const bool isColumn = m_split.axis == ChannelAxis::Columns;
        return part == nullptr ? channels.empty()
                               : part->rows() == (isColumn ? rows : std::ssize(channels))
                && part->cols() == (isColumn ? std::ssize(channels) : cols);
    };
    BITPRISM_ASSERT(fits(m_high, m_split.high) && fits(m_low, m_split.low), "parts of the split");
    BITPRISM_ASSERT(m_split.channels() == (m_split.axis == ChannelAxis::Columns ? cols : rows),
                    "every channel lies in one part");
}

int MixedGridWeight::bits() const
{
    return std::max(m_high ? m_high->bits() : 0, m_low ? m_low->bits() : 0);
}

void MixedGridWeight::dequantize(std::span<float> weights) const
{
    BITPRISM_ASSERT(std::ssize(weights) == m_rows * m_cols, "[rows, cols]");
    const MatrixView<float> view(weights.data(), m_rows, m_cols);
    if (m_high) {
        scatterPart(*m_high, m_split.high, m_split.axis, view);
    }
    if (m_low) {
        scatterPart(*m_low, m_split.low, m_split.axis, view);
    }
}

StorageBits MixedGridWeight::storage() const
{
    StorageBits sum;
    for (const Part &part : {m_high, m_low}) {
        if (part) {
            addPart(sum, part->storage());
        }
    }
    sum.masks = m_split.channels();
    return sum;
}

StoredArrays MixedGridWeight::write() const
{
    StoredArrays arrays;
    arrays["rows"] = storedScalar(m_rows);
    arrays["cols"] = storedScalar(m_cols);
    arrays["axis"] = storedScalar(m_split.axis == ChannelAxis::Rows ? 1 : 0);
    arrays["mask"] = storedBytes(packMask(m_split));
    const auto add = [&](const Part &part, std::string_view prefix) {
        if (part) {
            for (auto &[name, array] : part->write()) {
                arrays[std::string(prefix) + name] = array;
            }
        }
    };
    add(m_high, highPrefix);
    add(m_low, lowPrefix);
    return arrays;
}

MatrixPart partOf(MatrixView<const float> weights, std::span<const std::int64_t> channels,
                  ChannelAxis axis)
{
    MatrixPart part;
    const bool isColumn = axis == ChannelAxis::Columns;
    part.rows = isColumn ? weights.rows : std::ssize(channels);
    part.cols = isColumn ? std::ssize(channels) : weights.cols;
    part.values.resize(static_cast<std::size_t>(part.rows * part.cols));
    const MatrixView<float> to = part.view();
    for (std::int64_t i = 0; i < part.rows; ++i) {
        for (std::int64_t j = 0; j < part.cols; ++j) {
            to(i, j) = isColumn ? weights(i, channels[static_cast<std::size_t>(j)])
                                : weights(channels[static_cast<std::size_t>(i)], j);
        }
    }
    return part;
}

std::shared_ptr<const MixedGridWeight>
roundMixed(MatrixView<const float> weights, const ChannelSplit &split,
           const MixedGridOptions &options, MatrixView<const float> hessian, std::stop_token stop)
{
    const auto round = [&](const std::vector<std::int64_t> &channels,
                           const GridOptions &grid) -> MixedGridWeight::Part {
        if (channels.empty()) {
            return nullptr;
        }
        const MatrixPart part = partOf(weights, channels, split.axis);
        MatrixPart rowsOfH;
        MatrixPart blockOfH;
        MatrixView<const float> H = hessian;
        if (grid.clip == ClipSearch::Hessian && split.axis == ChannelAxis::Columns) {
            rowsOfH = partOf(hessian, channels, ChannelAxis::Rows);
            blockOfH = partOf(rowsOfH.view(), channels, ChannelAxis::Columns);
            H = std::as_const(blockOfH).view();
        }
        GridSet grids = fitGrids(part.view(), grid, H, stop);
        std::vector<std::uint8_t> codes(part.values.size());
        quantizeCodes(part.view(), grids, codes);
        return std::make_shared<UniformAffineWeight>(std::move(grids), codes);
    };
    MixedGridWeight::Part high = round(split.high, options.high);
    MixedGridWeight::Part low = round(split.low, options.low);
    return std::make_shared<MixedGridWeight>(weights.rows, weights.cols, split, std::move(high),
                                             std::move(low));
}

namespace {

class MixedGridEncoding final : public Encoding
{
public:
    using Params = NoParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "mixed-grids";
        info.title = BITPRISM_TR("Component", "Channels on grids of two widths");
        info.source = "A mask, and uniform codes of both parts";
        return info;
    }
    explicit MixedGridEncoding(const Params &) { }

    QuantizedWeightPtr read(const StoredArrays &arrays, std::string_view where) const override
    {
        const StoredArrayReader reader(arrays, where);
        for (const auto &[name, array] : arrays) {
            const bool isKnown = name == "rows" || name == "cols" || name == "axis"
                || name == "mask" || name.starts_with(highPrefix) || name.starts_with(lowPrefix);
            if (!isKnown) {
                reader.damaged(name);
            }
        }
        const std::int64_t rows = reader.scalar("rows", 1, maxDimension);
        const std::int64_t cols = reader.scalar("cols", 1, maxDimension);
        const bool isRows = reader.scalar("axis", 0, 1) == 1;
        ChannelSplit split = unpackMask(reader, isRows ? rows : cols,
                                        isRows ? ChannelAxis::Rows : ChannelAxis::Columns);
        const auto read = [&](const std::vector<std::int64_t> &channels, std::string_view prefix) {
            MixedGridWeight::Part part
                = channels.empty() ? nullptr : readPart(arrays, prefix, where);
            const std::int64_t count = std::ssize(channels);
            if (part
                && (part->rows() != (isRows ? count : rows)
                    || part->cols() != (isRows ? cols : count))) {
                reader.damaged(std::string(prefix) + "codes");
            }
            return part;
        };
        MixedGridWeight::Part high = read(split.high, highPrefix);
        MixedGridWeight::Part low = read(split.low, lowPrefix);
        return std::make_shared<MixedGridWeight>(rows, cols, std::move(split), std::move(high),
                                                 std::move(low));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(encoding, mixed_grids, MixedGridEncoding);

} // namespace bitprism
