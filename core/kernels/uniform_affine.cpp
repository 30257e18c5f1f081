// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/uniform_affine.h"

#include "core/base/error.h"
#include "core/kernels/packing.h"
#include "core/kernels/sparse_values.h"
#include "core/kernels/stored_array.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr std::int64_t maxDimension = std::numeric_limits<std::int32_t>::max();
constexpr int maxZeroPoint = 10000; // what range_rule.cpp clamps wide zero points to

/// Bits that number `groups` groups.
int groupIndexBits(std::int64_t groups)
{
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(groups - 1)));
}

std::vector<std::byte> packZeroPoints(const GridSet &grids)
{
    const int bits = zeroPointBits(grids.rule, grids.bits);
    const auto mask = static_cast<std::uint16_t>((1U << bits) - 1);
    std::vector<std::uint16_t> codes(grids.zeroPoints.size());
    std::transform(grids.zeroPoints.begin(), grids.zeroPoints.end(), codes.begin(),
                   [mask](std::int16_t zeroPoint) {
                       return static_cast<std::uint16_t>(static_cast<std::uint16_t>(zeroPoint)
                                                         & mask);
                   });
    return packCodes(codes, bits);
}

std::vector<std::int16_t> readZeroPoints(const StoredArrayReader &reader, const GridSet &grids)
{
    if (isSymmetric(grids.rule)) {
        const int zeroPoint = symmetricZeroPoint(grids.rule, grids.bits);
        return std::vector<std::int16_t>(grids.scales.size(), static_cast<std::int16_t>(zeroPoint));
    }
    std::vector<std::uint16_t> codes(grids.scales.size());
    unpackCodes(reader.bytes("zero_points"), zeroPointBits(grids.rule, grids.bits), codes);
    std::vector<std::int16_t> zeroPoints(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
        zeroPoints[i] = static_cast<std::int16_t>(codes[i]);
        if (std::abs(static_cast<int>(zeroPoints[i])) > maxZeroPoint) {
            reader.damaged("zero_points");
        }
    }
    return zeroPoints;
}

std::vector<std::uint16_t> readGroupMap(const StoredArrayReader &reader, const GridSet &grids)
{
    std::vector<std::uint16_t> groups(static_cast<std::size_t>(grids.cols), 0);
    const int bits = groupIndexBits(grids.groupsPerRow);
    if (bits > 0) {
        unpackCodes(reader.bytes("group_of_column"), bits, groups);
    } else if (!reader.bytes("group_of_column").empty()) {
        reader.damaged("group_of_column");
    }
    if (*std::max_element(groups.begin(), groups.end()) >= grids.groupsPerRow) {
        reader.damaged("group_of_column");
    }
    return groups;
}

GridSet readGrids(const StoredArrayReader &reader)
{
    GridSet grids;
    grids.rows = reader.scalar("rows", 1, maxDimension);
    grids.cols = reader.scalar("cols", 1, maxDimension);
    grids.bits = static_cast<int>(reader.scalar("bits", 1, 8));
    grids.groupSize = reader.scalar("group_size", 1, grids.cols);
    const auto count = static_cast<std::size_t>(grids.rows * grids.cols);
    // Before anything of the promised size is allocated: the file must hold that many codes.
    constexpr std::int64_t mostWeights = std::int64_t(1) << 48;
    if (grids.rows > mostWeights / grids.cols
        || reader.bytes("codes").size() != packedBytes(count, grids.bits)) {
        reader.damaged("codes");
    }
    grids.rule = rangeRuleFromName(reader.text("rule", 32));
    grids.scaleType = storedTypeOf(reader, "scales");
    grids.groupsPerRow = (grids.cols + grids.groupSize - 1) / grids.groupSize;
    const std::vector<std::int64_t> &shape = reader.array("scales").shape;
    if (shape.size() != 2 || (shape[0] != 1 && shape[0] != grids.rows)
        || shape[1] != grids.groupsPerRow || grids.groupsPerRow > 65536) {
        reader.damaged("scales");
    }
    grids.gridRows = shape[0];
    grids.scales = reader.floats("scales");
    for (const float scale : grids.scales) {
        if (!std::isfinite(scale) || !(scale > 0)) {
            reader.damaged("scales");
        }
    }
    grids.zeroPoints = readZeroPoints(reader, grids);
    return grids;
}

} // namespace

StorageBits uniformAffineStorage(std::int64_t rows, std::int64_t cols, const GridOptions &options,
                                 bool hasGroupMap)
{
    const bool isShared = options.granularity == Granularity::PerTensor;
    const bool hasGroups = options.granularity == Granularity::Group && options.groupSize > 0;
    const std::int64_t groupSize = hasGroups ? std::min(options.groupSize, cols) : cols;
    const std::int64_t groups = (cols + groupSize - 1) / groupSize;
    const std::int64_t grids = (isShared ? 1 : rows) * groups;
    StorageBits storage;
    storage.codes = rows * cols * options.bits;
    storage.scales = grids * elementBytes(storedDtype(options.scaleType)) * 8;
    storage.zeroPoints = grids * zeroPointBits(options.rule, options.bits);
    storage.indices = hasGroupMap ? cols * groupIndexBits(groups) : 0;
    return storage;
}

UniformAffineWeight::UniformAffineWeight(GridSet grids, std::span<const std::uint8_t> codes)
    : m_grids(std::move(grids))
{
    BITPRISM_ASSERT(std::ssize(codes) == m_grids.rows * m_grids.cols, "one code for each weight");
    m_packedCodes = packCodes(codes, m_grids.bits);
}

std::shared_ptr<const UniformAffineWeight> UniformAffineWeight::outline(std::int64_t rows,
                                                                        std::int64_t cols,
                                                                        const GridOptions &options,
                                                                        bool hasGroupMap)
{
    GridSet grids = emptyGrids(1, cols, options);
    grids.rows = rows;
    const int zeroPoint = bitprism::isSymmetric(options.rule)
        ? symmetricZeroPoint(options.rule, options.bits)
        : 1; // any one that all widths have
    std::fill(grids.zeroPoints.begin(), grids.zeroPoints.end(),
              static_cast<std::int16_t>(zeroPoint));
    if (hasGroupMap) {
        grids.groupOfColumn.assign(static_cast<std::size_t>(cols), 0);
    }
    return std::shared_ptr<const UniformAffineWeight>(new UniformAffineWeight(std::move(grids)));
}

std::vector<std::uint8_t> UniformAffineWeight::codes() const
{
    BITPRISM_ASSERT(!isOutline(), "an outline has no codes");
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(m_grids.rows * m_grids.cols));
    unpackCodes(m_packedCodes, m_grids.bits, codes);
    return codes;
}

void UniformAffineWeight::dequantize(std::span<float> weights) const
{
    BITPRISM_ASSERT(std::ssize(weights) == m_grids.rows * m_grids.cols, "[rows, cols]");
    bitprism::dequantize(codes(), m_grids, {weights.data(), m_grids.rows, m_grids.cols});
}

StorageBits UniformAffineWeight::storage() const
{
    GridOptions options;
    options.bits = m_grids.bits;
    options.rule = m_grids.rule;
    options.scaleType = m_grids.scaleType;
    options.groupSize = m_grids.groupSize;
    options.granularity
        = m_grids.gridRows < m_grids.rows ? Granularity::PerTensor : Granularity::Group;
    return uniformAffineStorage(m_grids.rows, m_grids.cols, options,
                                !m_grids.groupOfColumn.empty());
}

StoredArrays UniformAffineWeight::write() const
{
    StoredArrays arrays;
    arrays["rows"] = storedScalar(m_grids.rows);
    arrays["cols"] = storedScalar(m_grids.cols);
    arrays["bits"] = storedScalar(m_grids.bits);
    arrays["group_size"] = storedScalar(m_grids.groupSize);
    arrays["rule"] = storedText(rangeRuleName(m_grids.rule));
    arrays["scales"] = storedFloats(m_grids.scales, {m_grids.gridRows, m_grids.groupsPerRow},
                                    storedDtype(m_grids.scaleType));
    arrays["codes"] = storedBytes(m_packedCodes);
    if (!isSymmetric(m_grids.rule)) {
        arrays["zero_points"] = storedBytes(packZeroPoints(m_grids));
    }
    if (!m_grids.groupOfColumn.empty()) {
        const int bits = groupIndexBits(m_grids.groupsPerRow);
        arrays["group_of_column"] = storedBytes(bits > 0 ? packCodes(m_grids.groupOfColumn, bits)
                                                         : std::vector<std::byte>());
    }
    return arrays;
}

namespace {

class UniformAffineEncoding final : public Encoding
{
public:
    using Params = NoParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "uniform-affine";
        info.title = BITPRISM_TR("Component", "Uniform codes with scales and zero points");
        info.source = "weight = scale * (code - zero point)";
        return info;
    }
    explicit UniformAffineEncoding(const Params &) { }

    QuantizedWeightPtr read(const StoredArrays &arrays, std::string_view where) const override
    {
        const StoredArrayReader reader(arrays, where);
        reader.refuseOthers({"rows", "cols", "bits", "group_size", "rule", "scales", "codes",
                             "zero_points", "group_of_column"});
        GridSet grids = readGrids(reader);
        if (reader.has("group_of_column")) {
            grids.groupOfColumn = readGroupMap(reader, grids);
        }
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(grids.rows * grids.cols));
        unpackCodes(reader.bytes("codes"), grids.bits, codes);
        return std::make_shared<UniformAffineWeight>(std::move(grids), codes);
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(encoding, uniform_affine, UniformAffineEncoding);

} // namespace bitprism
