// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/spqr.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/packing.h"
#include "core/kernels/stored_array.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace bitprism {

namespace {

constexpr std::int64_t maxRows = std::numeric_limits<std::int32_t>::max();
constexpr int indexBits = 16;
constexpr int halfBits = 16;

int spqrGroupIndexBits(std::int64_t groups)
{
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(groups - 1)));
}

SpqrOptions optionsOf(const SpqrGrids &grids)
{
    SpqrOptions options;
    options.bits = grids.bits;
    options.groupSize = grids.groupSize;
    options.scaleBits = grids.scaleBits;
    return options;
}

std::vector<float> readSet(const StoredArrayReader &reader, const SpqrGrids &grids,
                           std::string_view name, bool isStep)
{
    const std::vector<std::int64_t> shape{grids.rowSets(), grids.groupsPerRow};
    if (reader.array(name).dtype != "F16" || reader.array(name).shape != shape) {
        reader.damaged(name);
    }
    std::vector<float> values = reader.floats(name);
    for (const float value : values) {
        if (!std::isfinite(value) || (isStep && value < 0)) {
            reader.damaged(name);
        }
    }
    return values;
}

SpqrGrids readGrids(const StoredArrayReader &reader, std::int64_t rows, std::int64_t cols)
{
    SpqrOptions options;
    options.bits = static_cast<int>(reader.scalar("bits", 2, 8));
    options.scaleBits = static_cast<int>(reader.scalar("scale_bits", 2, 8));
    options.groupSize = reader.scalar("group_size", 1, cols);
    // Before anything of the promised size is allocated: the file must hold that many codes.
    if (reader.bytes("codes").size()
        != packedBytes(static_cast<std::size_t>(rows * cols), options.bits)) {
        reader.damaged("codes");
    }
    SpqrGrids grids = SpqrGrids::empty(rows, cols, options);
    unpackCodes(reader.bytes("scale_codes"), grids.scaleBits, grids.scaleCodes);
    unpackCodes(reader.bytes("zero_codes"), grids.scaleBits, grids.zeroCodes);
    grids.scaleSteps = readSet(reader, grids, "scale_steps", true);
    grids.scaleOffsets = readSet(reader, grids, "scale_offsets", false);
    grids.zeroSteps = readSet(reader, grids, "zero_steps", true);
    grids.zeroOffsets = readSet(reader, grids, "zero_offsets", false);
    if (reader.has("group_of_column")) {
        grids.groupOfColumn.assign(static_cast<std::size_t>(cols), 0);
        unpackCodes(reader.bytes("group_of_column"), spqrGroupIndexBits(grids.groupsPerRow),
                    grids.groupOfColumn);
        const auto largest
            = *std::max_element(grids.groupOfColumn.begin(), grids.groupOfColumn.end());
        if (largest >= grids.groupsPerRow) {
            reader.damaged("group_of_column");
        }
    }
    return grids;
}

std::vector<SparseValue> readOutliers(const StoredArrayReader &reader, const SpqrGrids &grids)
{
    if (reader.array("outlier_values").dtype != "F16") {
        reader.damaged("outlier_values");
    }
    return readSparse(reader, grids.rows, grids.cols);
}

} // namespace

StorageBits spqrStorage(std::int64_t rows, std::int64_t cols, const SpqrOptions &options,
                        std::int64_t outliers, bool hasGroupMap)
{
    const std::int64_t groupSize = options.groupSize > 0 ? std::min(options.groupSize, cols) : cols;
    const std::int64_t groups = (cols + groupSize - 1) / groupSize;
    const std::int64_t sets = (rows + SpqrGrids::rowsPerSet - 1) / SpqrGrids::rowsPerSet * groups;
    StorageBits storage;
    storage.codes = rows * cols * options.bits + outliers * halfBits;
    storage.scales = rows * groups * options.scaleBits + sets * 2 * halfBits;
    storage.zeroPoints = storage.scales;
    storage.indices
        = (outliers + rows) * indexBits + (hasGroupMap ? cols * spqrGroupIndexBits(groups) : 0);
    return storage;
}

SpqrWeight::SpqrWeight(SpqrResult result)
    : m_grids(std::move(result.grids))
    , m_packedCodes(packCodes(result.codes, m_grids.bits))
    , m_outliers(std::move(result.outliers))
{
}

std::vector<std::uint8_t> SpqrWeight::codes() const
{
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(m_grids.rows * m_grids.cols));
    unpackCodes(m_packedCodes, m_grids.bits, codes);
    return codes;
}

void SpqrWeight::dequantize(std::span<float> weights) const
{
    BITPRISM_ASSERT(std::ssize(weights) == m_grids.rows * m_grids.cols, "[rows, cols]");
    const std::vector<std::uint8_t> unpacked = codes();
    constexpr std::size_t grainRows = 16;
    parallelFor(static_cast<std::size_t>(m_grids.rows), grainRows,
                [&](std::size_t begin, std::size_t end) {
                    for (auto i = static_cast<std::int64_t>(begin);
                         i < static_cast<std::int64_t>(end); ++i) {
                        for (std::int64_t j = 0; j < m_grids.cols; ++j) {
                            const auto index = static_cast<std::size_t>(i * m_grids.cols + j);
                            const std::int64_t group = m_grids.group(j);
                            const detail::RealGrid grid{m_grids.scale(i, group),
                                                        m_grids.zeroPoint(i, group)};
                            weights[index] = grid.value(static_cast<float>(unpacked[index]));
                        }
                    }
                });
    scatter(m_outliers, {weights.data(), m_grids.rows, m_grids.cols});
}

StorageBits SpqrWeight::storage() const
{
    return spqrStorage(m_grids.rows, m_grids.cols, optionsOf(m_grids), std::ssize(m_outliers),
                       !m_grids.groupOfColumn.empty());
}

StoredArrays SpqrWeight::write() const
{
    const std::vector<std::int64_t> sets{m_grids.rowSets(), m_grids.groupsPerRow};
    StoredArrays arrays;
    arrays["rows"] = storedScalar(m_grids.rows);
    arrays["cols"] = storedScalar(m_grids.cols);
    arrays["bits"] = storedScalar(m_grids.bits);
    arrays["scale_bits"] = storedScalar(m_grids.scaleBits);
    arrays["group_size"] = storedScalar(m_grids.groupSize);
    arrays["codes"] = storedBytes(m_packedCodes);
    arrays["scale_codes"] = storedBytes(packCodes(m_grids.scaleCodes, m_grids.scaleBits));
    arrays["zero_codes"] = storedBytes(packCodes(m_grids.zeroCodes, m_grids.scaleBits));
    arrays["scale_steps"] = storedFloats(m_grids.scaleSteps, sets, "F16");
    arrays["scale_offsets"] = storedFloats(m_grids.scaleOffsets, sets, "F16");
    arrays["zero_steps"] = storedFloats(m_grids.zeroSteps, sets, "F16");
    arrays["zero_offsets"] = storedFloats(m_grids.zeroOffsets, sets, "F16");
    addSparse(arrays, m_grids.rows, m_outliers, ScaleType::F16);
    if (!m_grids.groupOfColumn.empty()) {
        arrays["group_of_column"] = storedBytes(
            packCodes(m_grids.groupOfColumn, spqrGroupIndexBits(m_grids.groupsPerRow)));
    }
    return arrays;
}

namespace {

class SpqrEncoding final : public Encoding
{
public:
    using Params = NoParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "spqr";
        info.title = BITPRISM_TR("Component", "Codes with coded grids and outliers apart");
        info.source = "Dettmers et al., SpQR, arXiv 2306.03078";
        return info;
    }
    explicit SpqrEncoding(const Params &) { }

    QuantizedWeightPtr read(const StoredArrays &arrays, std::string_view where) const override
    {
        const StoredArrayReader reader(arrays, where);
        reader.refuseOthers({"rows", "cols", "bits", "scale_bits", "group_size", "codes",
                             "scale_codes", "zero_codes", "scale_steps", "scale_offsets",
                             "zero_steps", "zero_offsets", "outlier_values", "outlier_columns",
                             "outlier_counts", "group_of_column"});
        const std::int64_t rows = reader.scalar("rows", 1, maxRows);
        const std::int64_t cols = reader.scalar("cols", 1, maxSparseCols);
        SpqrResult result;
        result.grids = readGrids(reader, rows, cols);
        result.outliers = readOutliers(reader, result.grids);
        result.codes.resize(static_cast<std::size_t>(rows * cols));
        unpackCodes(reader.bytes("codes"), result.grids.bits, result.codes);
        return std::make_shared<SpqrWeight>(std::move(result));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(encoding, spqr, SpqrEncoding);

} // namespace bitprism
