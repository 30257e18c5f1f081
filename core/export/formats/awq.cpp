// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/export/affine_layers.h"
#include "core/export/packed_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace bitprism {

namespace {

constexpr std::string_view awqName = "awq";
constexpr int codeBits = 4;
constexpr std::int64_t perWord = 8;

/// `<m>.qweight`, `.qzeros`, `.scales` in gemm order (export-formats.md 7).
class AwqTensor final : public AffineTensor
{
public:
    AwqTensor(const io::Checkpoint &stored, const std::string &module, std::int64_t rows,
              std::int64_t cols, bool hasZeroPoints)
        : AffineTensor(stored, module, rows, cols, codeBits, partsOf(module))
        , m_hasZeroPoints(hasZeroPoints)
    {
    }

    static std::vector<std::string> partsOf(const std::string &module)
    {
        return {module + ".qweight", module + ".qzeros", module + ".scales"};
    }

protected:
    std::pair<GridSet, std::vector<std::uint8_t>> load() const override
    {
        const auto out = static_cast<std::size_t>(rows());
        const auto in = static_cast<std::size_t>(cols());
        const std::int64_t groups = stored().findPart(module() + ".scales")->shape[0];
        GridSet grids = emptyGrid(rows(), cols() / groups, groups);
        const std::vector<float> scales = floats(module() + ".scales");
        std::vector<std::uint8_t> zeros(out * static_cast<std::size_t>(groups));
        unpackAwq(words(module() + ".qzeros"), zeros);
        bool isSymmetric = true;
        for (std::int64_t group = 0; group < groups; ++group) {
            for (std::size_t row = 0; row < out; ++row) {
                const std::size_t from = static_cast<std::size_t>(group) * out + row;
                const std::size_t place = grids.gridIndex(static_cast<std::int64_t>(row), group);
                grids.scales[place] = scales[from];
                grids.zeroPoints[place] = zeros[from];
                isSymmetric = isSymmetric && zeros[from] == 1 << (codeBits - 1);
            }
        }
        if (!m_hasZeroPoints && !isSymmetric) {
            failConfig(stored(), module(), "zero_point", "false",
                       "has zero points apart from the middle");
        }
        grids.rule = isSymmetric ? RangeRule::GptqSym : RangeRule::GptqAsym;
        std::vector<std::uint8_t> columns(in * out); // [in, out]
        unpackAwq(words(module() + ".qweight"), columns);
        std::vector<std::uint8_t> codes(columns.size());
        for (std::size_t col = 0; col < in; ++col) {
            for (std::size_t row = 0; row < out; ++row) {
                codes[row * in + col] = columns[col * out + row];
            }
        }
        return {std::move(grids), std::move(codes)};
    }

private:
    bool m_hasZeroPoints; ///< as config.json says
};

/// AWQ's gemm layout: 4 bits, eight output columns a word.
class AwqFormat final : public FolderFormat
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::exporter,
                "awq",
                BITPRISM_TR("Component", "AWQ"),
                "AWQ checkpoint layout, gemm order",
                {}};
    }
    explicit AwqFormat(const Params &) { }

    std::string_view quantMethod() const override { return "awq"; }

    io::CodedTensors decode(const io::Checkpoint &stored) const override
    {
        const ConfigReader config = quantizationOf(stored);
        const std::string version = config.text("version", "gemm");
        if (version != "gemm" && version != "GEMM") {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: AWQ's layout \"%2\" cannot be read; gemm with 4 bits "
                                    "can."),
                        stored.path(), version);
        }
        if (config.integer("bits", 1, 32) != codeBits) {
            config.fail("bits", "4, the only width of AWQ's gemm layout");
        }
        StatedForm form;
        form.bits = codeBits;
        form.groupSize = statedGroupSize(config, "group_size");
        form.isSymmetric = !config.flag("zero_point", true);
        io::CodedTensors coded;
        for (const std::string &module : modulesWith(stored, ".qweight")) {
            coded.tensors.push_back(decodeModule(stored, module, form));
            for (const std::string &part : AwqTensor::partsOf(module)) {
                coded.parts.insert(part);
            }
        }
        return coded;
    }

    std::optional<io::CodeLimits> codeLimits() const override
    {
        return io::CodeLimits{{{codeBits, 1}}, perWord, /*hasGroups=*/true, /*mergesLayers=*/true};
    }

protected:
    ExportFolder contents(const ExportSubject &subject) const override
    {
        const std::vector<AffineLayer> layers = affineLayers(subject, awqName);
        std::map<std::string, const AffineLayer *> byTensor;
        for (const AffineLayer &layer : layers) {
            byTensor[layer.layer->tensor] = &layer;
            requireOneForm(layer, layers.front());
        }
        requireMergeable(layers, awqName);
        std::vector<OutputTensor> tensors = plainTensors(
            subject, sourceDtype, [&](const std::string &name) { return byTensor.contains(name); });
        for (const AffineLayer &layer : layers) {
            addTensors(layer, shardOf(subject, layer.layer->tensor), tensors);
        }
        Json config = exportedConfig(subject);
        config["quantization_config"]
            = {{"quant_method", "awq"},
               {"bits", codeBits},
               {"group_size", layers.front().groupSize()},
               {"zero_point", true},
               {"version", "gemm"},
               {"modules_to_not_convert", plainLayers(subject, /*withHead=*/true)}};
        return {std::move(tensors), config.dump(2) + "\n"};
    }

private:
    static std::unique_ptr<const io::CodedTensor>
    decodeModule(const io::Checkpoint &stored, const std::string &module, const StatedForm &form)
    {
        using io::Dtype;
        const auto &weight = requirePart(stored, module + ".qweight", {Dtype::I32}, 2).shape;
        const auto &zeros = requirePart(stored, module + ".qzeros", {Dtype::I32}, 2).shape;
        const auto &scales
            = requirePart(stored, module + ".scales", {Dtype::F16, Dtype::BF16, Dtype::F32}, 2)
                  .shape;
        const std::int64_t rows = weight[1] * perWord;
        const std::int64_t cols = weight[0];
        if (scales[1] != rows || zeros[1] != weight[1] || zeros[0] != scales[0]
            || cols % scales[0] != 0) {
            failParts(stored, module, "has codes, zero points and scales of contradicting shapes");
        }
        if (!form.makesGroups(cols, scales[0])) {
            failConfig(stored, module, "group_size", std::to_string(*form.groupSize),
                       "has " + std::to_string(scales[0]) + " groups for its "
                           + std::to_string(cols) + " columns");
        }
        return std::make_unique<AwqTensor>(stored, module, rows, cols, !*form.isSymmetric);
    }

    static void requireShape(const LayerInfo &layer, std::int64_t groupSize)
    {
        if (layer.rows % perWord != 0) {
            throw Error(
                ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1 packs %2 rows together, and %3 has %4 rows; skip the layer, "
                            "or export to compressed-tensors."),
                awqName, perWord, layer.name, layer.rows);
        }
        if (layer.cols % groupSize != 0) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 needs columns in whole groups, and %2 has %3 columns in "
                                    "groups of %4; choose another group size, or skip the layer."),
                        awqName, layer.name, layer.cols, groupSize);
        }
    }

    static void requireOneForm(const AffineLayer &layer, const AffineLayer &first)
    {
        const GridSet &grids = layer.grids();
        requireWidth(layer, std::array{codeBits}, awqName);
        requireHalfScales(layer, awqName);
        if (layer.groupSize() != first.groupSize()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 has one group size for all layers, and %2 has groups of "
                                    "%3; export to compressed-tensors."),
                        awqName, layer.layer->name, layer.groupSize());
        }
        if (!grids.groupOfColumn.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 keeps groups of neighbouring columns, and those of %2 "
                                    "follow GPTQ's order; run it with static groups, or export to "
                                    "gptq."),
                        awqName, layer.layer->name);
        }
        requireShape(*layer.layer, grids.groupSize);
    }

    static void addTensors(const AffineLayer &layer, const std::string &shard,
                           std::vector<OutputTensor> &tensors)
    {
        using io::Dtype;
        const std::string &module = layer.layer->name;
        const std::int64_t rows = layer.grids().rows;
        const std::int64_t cols = layer.grids().cols;
        const std::int64_t groups = layer.grids().groupsPerRow;
        tensors.push_back({{module + ".qweight", Dtype::I32, {cols, rows / perWord}},
                           shard,
                           [layer] { return packedCodes(layer); }});
        tensors.push_back({{module + ".qzeros", Dtype::I32, {groups, rows / perWord}},
                           shard,
                           [layer] { return packedZeros(layer); }});
        tensors.push_back({{module + ".scales", Dtype::F16, {groups, rows}}, shard, [layer] {
                               return scaleBytes(layer, Dtype::F16, /*byRow=*/false);
                           }});
    }

    static std::vector<std::byte> packedCodes(const AffineLayer &layer)
    {
        const auto rows = static_cast<std::size_t>(layer.grids().rows);
        const auto cols = static_cast<std::size_t>(layer.grids().cols);
        const std::vector<std::uint8_t> codes = layer.weight->codes();
        std::vector<std::uint8_t> columns(codes.size()); // [cols, rows]
        for (std::size_t row = 0; row < rows; ++row) {
            for (std::size_t col = 0; col < cols; ++col) {
                columns[col * rows + row] = codes[row * cols + col];
            }
        }
        std::vector<std::uint32_t> words(columns.size() / perWord);
        packAwq(columns, words);
        return bytesOf(words);
    }

    static std::vector<std::byte> packedZeros(const AffineLayer &layer)
    {
        std::vector<std::uint8_t> zeros;
        for (std::int64_t group = 0; group < layer.grids().groupsPerRow; ++group) {
            for (std::int64_t row = 0; row < layer.grids().rows; ++row) {
                zeros.push_back(static_cast<std::uint8_t>(layer.zeroPoint(row, group)));
            }
        }
        std::vector<std::uint32_t> words(zeros.size() / perWord);
        packAwq(zeros, words);
        return bytesOf(words);
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(exporter, awq, AwqFormat);

} // namespace bitprism
