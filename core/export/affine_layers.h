// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/export/coded_matrix.h"
#include "core/export/exporter.h"
#include "core/export/folder_writer.h"
#include "core/families/config_reader.h"
#include "core/kernels/uniform_affine.h"

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// What the formats of uniform integer codes (GPTQ, AWQ, compressed-tensors) share.

/// A layer to write, with its codes.
struct AffineLayer
{
    const LayerInfo *layer = nullptr;
    std::shared_ptr<const UniformAffineWeight> weight;

    const GridSet &grids() const { return weight->grids(); }
    /// Whether its rule puts every zero point on the middle code, which a symmetric file leaves
    /// out.
    bool isSymmetric() const;
    /// Columns that share a grid; -1 for the whole row.
    std::int64_t groupSize() const;
    /// Scale of a row's group, also where the tensor has one grid.
    float scale(std::int64_t row, std::int64_t group) const
    {
        return grids().grid(row, group).scale;
    }
    int zeroPoint(std::int64_t row, std::int64_t group) const
    {
        return grids().grid(row, group).zeroPoint;
    }
};

/// The quantized layers of a subject. Throws BadInput, naming the layer, where its codes are of
/// another kind, or a zero point lies outside the codes; and where there are none.
std::vector<AffineLayer> affineLayers(const ExportSubject &subject, std::string_view format);

/// Layers that have no codes, by name, without the embedding: formats list them as ignored.
/// `withHead`: heads too, a tied one by the name of its module.
std::vector<std::string> plainLayers(const ExportSubject &subject, bool withHead);

/// Scales [groups, rows] or, with `byRow`, [rows, groups] in F16, BF16 or F32. BadInput where one
/// does not fit exactly.
std::vector<std::byte> scaleBytes(const AffineLayer &layer, io::Dtype dtype, bool byRow);
/// The type that a layer's scales are kept in by the run.
io::Dtype scaleDtype(const AffineLayer &layer);

/// Throws BadInput where layers that serving programs merge (one input group of a block) differ in
/// bits, group size or symmetry.
void requireMergeable(const std::vector<AffineLayer> &layers, std::string_view format);
/// The one of `widths` that loses least where `bits` is not among them: the nearest, the larger of
/// two.
int nearestWidth(std::span<const int> widths, int bits);
/// Throws BadInput for a width that is not among `widths`, naming the nearest.
void requireWidth(const AffineLayer &layer, std::span<const int> widths, std::string_view format);
/// Throws BadInput for scales in F32, of a format that keeps them in F16.
void requireHalfScales(const AffineLayer &layer, std::string_view format);

/// A coded tensor of a checkpoint: subclasses read codes and grids. What is decoded is what a run
/// with the same codes evaluates.
class AffineTensor : public CodedMatrix
{
public:
    const std::filesystem::path &file() const override;
    void read(std::int64_t firstRow, std::span<float> values) const override;
    bool isDecodedAsWhole() const override { return true; }
    QuantizedWeightPtr weight() const override;

protected:
    AffineTensor(const io::Checkpoint &stored, std::string module, std::int64_t rows,
                 std::int64_t cols, int bits, std::vector<std::string> parts);

    /// Grids and codes [rows, cols].
    virtual std::pair<GridSet, std::vector<std::uint8_t>> load() const = 0;
    /// Grids of the tensor's shape, with scales and zero points to be filled in.
    GridSet emptyGrid(std::int64_t gridRows, std::int64_t groupSize, std::int64_t groups) const;
    std::vector<float> floats(const std::string &part) const;
    std::vector<std::uint32_t> words(const std::string &part) const;
    std::vector<std::int32_t> integers(const std::string &part) const;
    [[noreturn]] void damaged(const std::string &part) const;

    const io::Checkpoint &stored() const { return m_stored; }
    const std::string &module() const { return m_module; }
    std::int64_t rows() const { return info().shape[0]; }
    std::int64_t cols() const { return info().shape[1]; }
    int bits() const { return m_bits; }

private:
    const io::Checkpoint &m_stored;
    std::string m_module;
    int m_bits;
    std::vector<std::string> m_parts;
};

/// quantization_config of config.json, which must be there.
ConfigReader quantizationOf(const io::Checkpoint &stored);
/// A part of a module's codes that must be there. BadInput that names it where it is not, is of
/// another type, or has another number of dimensions.
const io::TensorInfo &requirePart(const io::Checkpoint &stored, const std::string &name,
                                  std::initializer_list<io::Dtype> dtypes, std::size_t dimensions);
/// What a configuration says of the codes of layers; absent where it does not say.
struct StatedForm
{
    int bits = 0;
    std::optional<std::int64_t> groupSize; ///< -1: the whole row
    std::optional<bool> isSymmetric;

    /// Whether columns in groups of this size make `groups`.
    bool makesGroups(std::int64_t cols, std::int64_t groups) const;
};

/// `key` of a quantization_config: -1 or a number of columns; nothing where it is absent or null.
/// Throws BadInput for anything else.
std::optional<std::int64_t> statedGroupSize(const ConfigReader &config, std::string_view key);
/// For a configuration that the tensors of `module` belie: "`key` is `stated`, but its tensors
/// `found`".
[[noreturn]] void failConfig(const io::Checkpoint &stored, const std::string &module,
                             std::string_view key, std::string_view stated, std::string_view found);

/// "damaged" for parts that contradict each other.
[[noreturn]] void failParts(const io::Checkpoint &stored, const std::string &module,
                            std::string_view problem);
/// The names of modules that have a tensor `suffix` (".qweight").
std::vector<std::string> modulesWith(const io::Checkpoint &stored, std::string_view suffix);

} // namespace bitprism
