// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/sparse_grids.h"

#include "core/base/component.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/stop.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::string_view keptPrefix = "outlier_";

/// Grids of a row's groups, each fitted to its weights that are not kept apart.
void fitRest(MatrixView<const float> weights, std::span<const std::int64_t> kept, std::int64_t row,
             const GridOptions &options, GridSet &grids)
{
    const std::int64_t from = row * weights.cols;
    auto next = std::lower_bound(kept.begin(), kept.end(), from);
    std::vector<float> rest;
    for (std::int64_t group = 0; group < grids.groupsPerRow; ++group) {
        const std::int64_t end = std::min(weights.cols, (group + 1) * grids.groupSize);
        rest.clear();
        for (std::int64_t col = group * grids.groupSize; col < end; ++col) {
            if (next != kept.end() && *next == from + col) {
                ++next;
            } else {
                rest.push_back(weights(row, col));
            }
        }
        if (rest.empty()) {
            rest.push_back(0); // a grid that nobody reads
        }
        const Grid grid = fitGrid(rest, options);
        grids.scales[grids.gridIndex(row, group)] = grid.scale;
        grids.zeroPoints[grids.gridIndex(row, group)] = grid.zeroPoint;
    }
}

} // namespace

StorageBits sparseGridStorage(std::int64_t rows, std::int64_t cols, const GridOptions &options,
                              ScaleType type, std::int64_t kept)
{
    StorageBits storage = uniformAffineStorage(rows, cols, options);
    storage.codes += kept * elementBytes(storedDtype(type)) * 8;
    storage.indices += sparseIndexBits(rows, kept);
    return storage;
}

SparseGridWeight::SparseGridWeight(Dense dense, std::vector<SparseValue> kept, ScaleType type)
    : m_dense(std::move(dense))
    , m_kept(std::move(kept))
    , m_type(type)
{
}

void SparseGridWeight::dequantize(std::span<float> weights) const
{
    m_dense->dequantize(weights);
    scatter(m_kept, {weights.data(), rows(), cols()});
}

StorageBits SparseGridWeight::storage() const
{
    StorageBits storage = m_dense->storage();
    storage.codes += std::ssize(m_kept) * elementBytes(storedDtype(m_type)) * 8;
    storage.indices += sparseIndexBits(rows(), std::ssize(m_kept));
    return storage;
}

StoredArrays SparseGridWeight::write() const
{
    StoredArrays arrays = m_dense->write();
    addSparse(arrays, rows(), m_kept, m_type);
    return arrays;
}

std::shared_ptr<const SparseGridWeight> roundAround(MatrixView<const float> weights,
                                                    std::span<const std::int64_t> kept,
                                                    const GridOptions &options, ScaleType type,
                                                    std::stop_token stop)
{
    checkFinite(weights);
    GridSet grids = emptyGrids(weights.rows, weights.cols, options);
    constexpr std::size_t grainRows = 4;
    parallelFor(static_cast<std::size_t>(weights.rows), grainRows,
                [&](std::size_t begin, std::size_t end) {
                    for (std::size_t row = begin; row < end; ++row) {
                        throwIfStopped(stop);
                        fitRest(weights, kept, static_cast<std::int64_t>(row), options, grids);
                    }
                });
    std::vector<float> rest(static_cast<std::size_t>(weights.rows * weights.cols));
    for (std::int64_t i = 0; i < weights.rows; ++i) {
        std::copy_n(weights.row(i), weights.cols, rest.data() + i * weights.cols);
    }
    for (const std::int64_t place : kept) {
        rest[static_cast<std::size_t>(place)] = 0; // its own code stands for zero, or nearly
    }
    std::vector<std::uint8_t> codes(rest.size());
    quantizeCodes({rest.data(), weights.rows, weights.cols}, grids, codes);
    auto dense = std::make_shared<UniformAffineWeight>(std::move(grids), codes);
    return std::make_shared<SparseGridWeight>(std::move(dense), keptValues(weights, kept, type),
                                              type);
}

namespace {

class SparseGridEncoding final : public Encoding
{
public:
    using Params = NoParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "sparse-grids";
        info.title = BITPRISM_TR("Component", "Uniform codes, and weights apart");
        info.source = "Uniform codes, and values with their columns";
        return info;
    }
    explicit SparseGridEncoding(const Params &) { }

    QuantizedWeightPtr read(const StoredArrays &arrays, std::string_view where) const override
    {
        StoredArrays dense;
        StoredArrays sparse;
        for (const auto &[name, array] : arrays) {
            (name.starts_with(keptPrefix) ? sparse : dense)[name] = array;
        }
        const auto encoding = create<Encoding>("uniform-affine", Json::object(), where);
        auto codes
            = std::dynamic_pointer_cast<const UniformAffineWeight>(encoding->read(dense, where));
        const StoredArrayReader reader(sparse, where);
        reader.refuseOthers({"outlier_values", "outlier_columns", "outlier_counts"});
        const ScaleType type = storedTypeOf(reader, "outlier_values");
        std::vector<SparseValue> kept = readSparse(reader, codes->rows(), codes->cols());
        return std::make_shared<SparseGridWeight>(std::move(codes), std::move(kept), type);
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(encoding, sparse_grids, SparseGridEncoding);

} // namespace bitprism
