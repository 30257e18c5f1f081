// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/row_codebooks.h"

#include "core/base/component.h"
#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/kernels/packing.h"
#include "core/kernels/row_kmeans.h"
#include "core/kernels/stop.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace bitprism {

namespace {

constexpr std::int64_t mostSize = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t mostWeights = std::int64_t(1) << 48;
constexpr double sensitivityFloor = 1e-6; // of the row's mean: no weight is free

std::int64_t codebookSize(int bits) { return std::int64_t(1) << bits; }

/// numpy.percentile's: between the two values around it.
double quartile(std::vector<float> &values, double share)
{
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::ptrdiff_t>(place);
    const auto at = values.begin() + below;
    std::nth_element(values.begin(), at, values.end());
    const auto low = static_cast<double>(*at);
    const auto next = std::min_element(at + 1, values.end());
    const double high = next == values.end() ? low : static_cast<double>(*next);
    return low + (place - static_cast<double>(below)) * (high - low);
}

/// One row's clustering; holds what rows of one thread use again.
class RowClustering
{
public:
    RowClustering(MatrixView<const float> weights, MatrixView<const float> sensitivity,
                  std::span<const std::int64_t> kept, const CodebookOptions &options,
                  std::uint64_t seed)
        : m_weights(weights)
        , m_sensitivity(sensitivity)
        , m_kept(kept)
        , m_options(options)
        , m_seed(seed)
    {
    }

    void cluster(std::int64_t row, float *codebook, std::uint8_t *codes)
    {
        takeValues(row);
        const auto size = static_cast<std::size_t>(codebookSize(m_options.bits));
        std::fill(codebook, codebook + size, 0.0F);
        if (!m_values.empty()) {
            const Line line(m_values, m_importance);
            Random random(m_seed, std::to_string(row));
            LineClusters clusters(line, size, random);
            for (int i = 0; i < m_options.iterations && clusters.step(); ++i) { }
            const std::vector<double> &centroids = clusters.centroids();
            for (std::size_t i = 0; i < size; ++i) { // fewer values than codes: the last repeats
                codebook[i]
                    = roundStored(static_cast<float>(centroids[std::min(i, centroids.size() - 1)]),
                                  m_options.type);
            }
        }
        chooseCodes(row, codebook, codes);
    }

private:
    /// Values of the row that are not kept apart, and how much each counts.
    void takeValues(std::int64_t row)
    {
        const float *w = m_weights.row(row);
        const float *s = m_sensitivity.data == nullptr ? nullptr : m_sensitivity.row(row);
        const std::int64_t from = row * m_weights.cols;
        auto next = std::lower_bound(m_kept.begin(), m_kept.end(), from);
        m_values.clear();
        m_importance.clear();
        double sum = 0;
        for (std::int64_t j = 0; j < m_weights.cols; ++j) {
            if (next != m_kept.end() && *next == from + j) {
                ++next;
                continue;
            }
            m_values.push_back(w[j]);
            m_importance.push_back(s == nullptr ? 1.0F : s[j]);
            sum += static_cast<double>(m_importance.back());
        }
        if (!std::isfinite(sum)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "The scores of a layer's weights are not finite; the model "
                                    "overflows on this calibration data."));
        }
        const double mean = sum / static_cast<double>(std::max<std::size_t>(1, m_values.size()));
        for (float &importance : m_importance) { // over the mean, so that no sum leaves its range
            importance = mean > 0 ? static_cast<float>(
                             std::max(static_cast<double>(importance) / mean, sensitivityFloor))
                                  : 1.0F;
        }
    }

    /// The nearest centroid as it is stored, the lower of two as near; kept weights take code 0.
    void chooseCodes(std::int64_t row, const float *codebook, std::uint8_t *codes)
    {
        const std::int64_t size = codebookSize(m_options.bits);
        m_middles.clear();
        for (std::int64_t i = 0; i + 1 < size; ++i) {
            m_middles.push_back(
                (static_cast<double>(codebook[i]) + static_cast<double>(codebook[i + 1])) / 2);
        }
        const float *w = m_weights.row(row);
        for (std::int64_t j = 0; j < m_weights.cols; ++j) {
            codes[j] = static_cast<std::uint8_t>(
                std::lower_bound(m_middles.begin(), m_middles.end(), static_cast<double>(w[j]))
                - m_middles.begin());
        }
        const std::int64_t from = row * m_weights.cols;
        for (auto next = std::lower_bound(m_kept.begin(), m_kept.end(), from);
             next != m_kept.end() && *next < from + m_weights.cols; ++next) {
            codes[*next - from] = 0;
        }
    }

    MatrixView<const float> m_weights;
    MatrixView<const float> m_sensitivity;
    std::span<const std::int64_t> m_kept;
    CodebookOptions m_options;
    std::uint64_t m_seed;
    std::vector<float> m_values;
    std::vector<float> m_importance;
    std::vector<double> m_middles;
};

} // namespace

StorageBits rowCodebookStorage(std::int64_t rows, std::int64_t cols, const CodebookOptions &options,
                               std::int64_t kept)
{
    const std::int64_t valueBits = elementBytes(storedDtype(options.type)) * 8;
    StorageBits storage;
    storage.codes = rows * cols * options.bits + kept * valueBits;
    storage.codebooks = rows * codebookSize(options.bits) * valueBits;
    storage.indices = sparseIndexBits(rows, kept);
    return storage;
}

RowCodebookWeight::RowCodebookWeight(std::int64_t rows, std::int64_t cols,
                                     const CodebookOptions &options, std::vector<float> codebooks,
                                     std::span<const std::uint8_t> codes,
                                     std::vector<SparseValue> kept)
    : m_rows(rows)
    , m_cols(cols)
    , m_options(options)
    , m_codebooks(std::move(codebooks))
    , m_packedCodes(packCodes(codes, options.bits))
    , m_kept(std::move(kept))
{
    BITPRISM_ASSERT(std::ssize(codes) == rows * cols, "a code for each weight");
    BITPRISM_ASSERT(std::ssize(m_codebooks) == rows * codebookSize(options.bits),
                    "a codebook for each row");
}

std::vector<std::uint8_t> RowCodebookWeight::codes() const
{
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(m_rows * m_cols));
    unpackCodes(m_packedCodes, m_options.bits, codes);
    return codes;
}

void RowCodebookWeight::dequantize(std::span<float> weights) const
{
    BITPRISM_ASSERT(std::ssize(weights) == m_rows * m_cols, "[rows, cols]");
    const std::vector<std::uint8_t> unpacked = codes();
    const std::int64_t size = codebookSize(m_options.bits);
    constexpr std::size_t grainRows = 16;
    parallelFor(static_cast<std::size_t>(m_rows), grainRows,
                [&](std::size_t begin, std::size_t end) {
                    for (auto i = static_cast<std::int64_t>(begin);
                         i < static_cast<std::int64_t>(end); ++i) {
                        const float *codebook = m_codebooks.data() + i * size;
                        for (std::int64_t place = i * m_cols; place < (i + 1) * m_cols; ++place) {
                            const auto index = static_cast<std::size_t>(place);
                            weights[index] = codebook[unpacked[index]];
                        }
                    }
                });
    scatter(m_kept, {weights.data(), m_rows, m_cols});
}

StorageBits RowCodebookWeight::storage() const
{
    return rowCodebookStorage(m_rows, m_cols, m_options, std::ssize(m_kept));
}

StoredArrays RowCodebookWeight::write() const
{
    StoredArrays arrays;
    arrays["rows"] = storedScalar(m_rows);
    arrays["cols"] = storedScalar(m_cols);
    arrays["bits"] = storedScalar(m_options.bits);
    arrays["codes"] = storedBytes(m_packedCodes);
    arrays["codebooks"] = storedFloats(m_codebooks, {m_rows, codebookSize(m_options.bits)},
                                       storedDtype(m_options.type));
    if (!m_kept.empty()) {
        addSparse(arrays, m_rows, m_kept, m_options.type);
    }
    return arrays;
}

std::vector<std::int64_t> outlierPlaces(MatrixView<const float> weights, double range)
{
    checkFinite(weights);
    std::vector<std::int64_t> places;
    std::vector<float> values;
    for (std::int64_t i = 0; i < weights.rows && range > 0; ++i) {
        values.insert(values.end(), weights.row(i), weights.row(i) + weights.cols);
    }
    if (values.empty()) {
        return places;
    }
    const double q1 = quartile(values, 0.25);
    const double q3 = quartile(values, 0.75);
    if (!(q3 > q1)) {
        return places;
    }
    const double limit
        = std::max(std::abs(q1 - range * (q3 - q1)), std::abs(q3 + range * (q3 - q1)));
    for (std::int64_t i = 0; i < weights.rows; ++i) {
        for (std::int64_t j = 0; j < weights.cols; ++j) {
            if (std::abs(static_cast<double>(weights(i, j))) >= limit) {
                places.push_back(i * weights.cols + j);
            }
        }
    }
    return places;
}

std::shared_ptr<const RowCodebookWeight> clusterRows(MatrixView<const float> weights,
                                                     MatrixView<const float> sensitivity,
                                                     std::span<const std::int64_t> kept,
                                                     const CodebookOptions &options,
                                                     std::uint64_t seed, std::stop_token stop)
{
    BITPRISM_ASSERT(options.bits >= 1 && options.bits <= 8, "codes fit a byte");
    checkFinite(weights);
    const std::int64_t size = codebookSize(options.bits);
    std::vector<float> codebooks(static_cast<std::size_t>(weights.rows * size));
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(weights.rows * weights.cols));
    constexpr std::size_t grainRows = 4;
    parallelFor(
        static_cast<std::size_t>(weights.rows), grainRows, [&](std::size_t begin, std::size_t end) {
            RowClustering rows(weights, sensitivity, kept, options, seed);
            for (auto i = static_cast<std::int64_t>(begin); i < static_cast<std::int64_t>(end);
                 ++i) {
                throwIfStopped(stop);
                rows.cluster(i, codebooks.data() + i * size, codes.data() + i * weights.cols);
            }
        });
    return std::make_shared<RowCodebookWeight>(weights.rows, weights.cols, options,
                                               std::move(codebooks), codes,
                                               keptValues(weights, kept, options.type));
}

namespace {

class RowCodebookEncoding final : public Encoding
{
public:
    using Params = NoParams;

    static ComponentInfo info()
    {
        ComponentInfo info;
        info.id = "row-codebooks";
        info.title = BITPRISM_TR("Component", "A codebook for each row, and weights apart");
        info.source = "Kim et al., SqueezeLLM, arXiv 2306.07629";
        return info;
    }
    explicit RowCodebookEncoding(const Params &) { }

    QuantizedWeightPtr read(const StoredArrays &arrays, std::string_view where) const override
    {
        const StoredArrayReader reader(arrays, where);
        reader.refuseOthers({"rows", "cols", "bits", "codes", "codebooks", "outlier_values",
                             "outlier_columns", "outlier_counts"});
        const bool hasKept = reader.has("outlier_values") || reader.has("outlier_columns")
            || reader.has("outlier_counts");
        const std::int64_t rows = reader.scalar("rows", 1, mostSize);
        const std::int64_t cols = reader.scalar("cols", 1, hasKept ? maxSparseCols : mostSize);
        CodebookOptions options;
        options.bits = static_cast<int>(reader.scalar("bits", 1, 8));
        options.type = storedTypeOf(reader, "codebooks");
        // Before anything of the promised size is allocated: the file must hold that many codes.
        if (rows > mostWeights / cols
            || reader.bytes("codes").size()
                != packedBytes(static_cast<std::size_t>(rows * cols), options.bits)) {
            reader.damaged("codes");
        }
        std::vector<float> codebooks = reader.floats("codebooks");
        const bool isWhole = std::all_of(codebooks.begin(), codebooks.end(),
                                         [](float value) { return std::isfinite(value); });
        if (reader.array("codebooks").shape
                != std::vector<std::int64_t>{rows, codebookSize(options.bits)}
            || !isWhole) {
            reader.damaged("codebooks");
        }
        std::vector<SparseValue> kept;
        if (hasKept) {
            if (storedTypeOf(reader, "outlier_values") != options.type) {
                reader.damaged("outlier_values");
            }
            kept = readSparse(reader, rows, cols);
        }
        std::vector<std::uint8_t> codes(static_cast<std::size_t>(rows * cols));
        unpackCodes(reader.bytes("codes"), options.bits, codes);
        return std::make_shared<RowCodebookWeight>(rows, cols, options, std::move(codebooks), codes,
                                                   std::move(kept));
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(encoding, row_codebooks, RowCodebookEncoding);

} // namespace bitprism
