// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/affine_layers.h"

#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/export/packed_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace bitprism {

namespace {

/// "INT4", as storage types of integer codes are shown.
std::string typeName(int bits) { return "INT" + std::to_string(bits); }

std::uint64_t partBytes(const io::Checkpoint &stored, const std::vector<std::string> &parts)
{
    std::uint64_t bytes = 0;
    for (const std::string &part : parts) {
        const io::TensorInfo *tensor = stored.findPart(part);
        bytes += tensor == nullptr ? 0 : tensor->bytes;
    }
    return bytes;
}

} // namespace

bool AffineLayer::isSymmetric() const
{
    const RangeRule rule = grids().rule;
    return bitprism::isSymmetric(rule)
        && symmetricZeroPoint(rule, grids().bits) == 1 << (grids().bits - 1);
}

std::int64_t AffineLayer::groupSize() const
{
    return grids().groupSize >= grids().cols ? -1 : grids().groupSize;
}

std::vector<AffineLayer> affineLayers(const ExportSubject &subject, std::string_view format)
{
    std::vector<AffineLayer> layers;
    for (const LayerInfo &layer : subject.info().layers) {
        const QuantizedWeightPtr codes = subject.codes(layer.tensor);
        if (codes == nullptr) {
            continue;
        }
        auto affine = std::dynamic_pointer_cast<const UniformAffineWeight>(codes);
        if (affine != nullptr && (layer.isTransposed || !layer.source.empty())) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 holds matrices stored row by row, one for each layer, and "
                                    "%2 of %3 is not; export to safetensors."),
                        format, layer.name, subject.info().modelType);
        }
        if (affine == nullptr) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 holds uniform integer codes, which the codes of %2 (%3) "
                                    "are not; the nearest is gptq (or rtn) with 4 bits, or an "
                                    "export to safetensors."),
                        format, layer.name, codes->encodingId());
        }
        const int maxCode = affine->grids().maxCode();
        for (const std::int16_t zero : affine->grids().zeroPoints) {
            if (zero < 0 || zero > maxCode) {
                throw Error(
                    ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 cannot hold the zero point %2 of %3, which lies outside "
                                "the codes; run it with a range rule that includes zero "
                                "(gptq-asym)."),
                    format, zero, layer.name);
            }
        }
        layers.push_back({&layer, std::move(affine)});
    }
    if (layers.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 has no integer codes for %2 to hold; quantize the model first "
                                "(run --export %2:DIR)."),
                    subject.info().path, format);
    }
    return layers;
}

std::vector<std::string> plainLayers(const ExportSubject &subject, bool withHead)
{
    constexpr std::string_view suffix = ".weight";
    std::vector<std::string> names;
    std::set<std::string> known;
    for (const LayerInfo &layer : subject.info().layers) {
        known.insert(layer.tensor);
        const bool isWanted = layer.block >= 0 || (withHead && layer.kind == "head");
        if (isWanted && subject.codes(layer.tensor) == nullptr) {
            names.push_back(layer.name);
        }
    }
    for (const StackInfo &stack : subject.info().stacks) {
        const std::string &head = stack.headTensor;
        if (withHead && head.ends_with(suffix) && !known.contains(head)) {
            names.push_back(head.substr(0, head.size() - suffix.size()));
        }
    }
    return names;
}

io::Dtype scaleDtype(const AffineLayer &layer)
{
    switch (layer.grids().scaleType) {
    case ScaleType::F16:
        return io::Dtype::F16;
    case ScaleType::Bf16:
        return io::Dtype::BF16;
    case ScaleType::F32:
        break;
    }
    return io::Dtype::F32;
}

std::vector<std::byte> scaleBytes(const AffineLayer &layer, io::Dtype dtype, bool byRow)
{
    const std::int64_t rows = layer.grids().rows;
    const std::int64_t groups = layer.grids().groupsPerRow;
    std::vector<float> values(static_cast<std::size_t>(rows * groups));
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t group = 0; group < groups; ++group) {
            const std::int64_t place = byRow ? row * groups + group : group * rows + row;
            values[static_cast<std::size_t>(place)] = layer.scale(row, group);
        }
    }
    std::vector<std::byte> bytes(values.size() * io::dtypeBytes(dtype));
    io::narrow(dtype, values, bytes);
    std::vector<float> stored(values.size());
    io::widen(dtype, bytes, stored);
    if (stored != values) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The scales of %1 do not fit %2, which this format keeps them in; "
                                "run it with scale_type f16."),
                    layer.layer->name, io::dtypeName(dtype));
    }
    return bytes;
}

void requireMergeable(const std::vector<AffineLayer> &layers, std::string_view format)
{
    std::map<std::string, const AffineLayer *> first;
    for (const AffineLayer &layer : layers) {
        if (layer.layer->inputGroup.empty() || layer.layer->block < 0) {
            continue;
        }
        const std::string group = std::to_string(layer.layer->stack) + "."
            + std::to_string(layer.layer->block) + "." + layer.layer->inputGroup;
        const auto [found, isNew] = first.emplace(group, &layer);
        const GridSet &a = found->second->grids();
        const GridSet &b = layer.grids();
        if (a.bits != b.bits || found->second->groupSize() != layer.groupSize()
            || found->second->isSymmetric() != layer.isSymmetric()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "Programs that load %1 merge %2 and %3, so both need the same "
                                    "bits, group size and symmetry; allocate with --target."),
                        format, found->second->layer->name, layer.layer->name);
        }
    }
}

int nearestWidth(std::span<const int> widths, int bits)
{
    return *std::min_element(widths.begin(), widths.end(), [bits](int a, int b) {
        return std::pair(std::abs(a - bits), -a) < std::pair(std::abs(b - bits), -b);
    });
}

void requireWidth(const AffineLayer &layer, std::span<const int> widths, std::string_view format)
{
    const int bits = layer.grids().bits;
    if (const int nearest = nearestWidth(widths, bits); nearest != bits) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 has no codes of %2 bits, which the recipe wants for %3; the "
                                "nearest width is %4."),
                    format, bits, layer.layer->name, nearest);
    }
}

void requireHalfScales(const AffineLayer &layer, std::string_view format)
{
    if (layer.grids().scaleType == ScaleType::F32) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 keeps scales in F16; run %2 with scale_type f16."),
                    format, layer.layer->name);
    }
}

AffineTensor::AffineTensor(const io::Checkpoint &stored, std::string module, std::int64_t rows,
                           std::int64_t cols, int bits, std::vector<std::string> parts)
    : CodedMatrix({module + ".weight", io::Dtype::F32, {rows, cols}, 0, partBytes(stored, parts)},
                  typeName(bits))
    , m_stored(stored)
    , m_module(std::move(module))
    , m_bits(bits)
    , m_parts(std::move(parts))
{
}

const std::filesystem::path &AffineTensor::file() const
{
    return m_stored.fileOf(*m_stored.findPart(m_parts.front()));
}

void AffineTensor::read(std::int64_t firstRow, std::span<float> values) const
{
    const auto [grids, codes] = load();
    if (std::ssize(values) == rows() * cols()) {
        dequantize(codes, grids, {values.data(), rows(), cols()});
        return;
    }
    std::vector<float> whole(static_cast<std::size_t>(rows() * cols()));
    dequantize(codes, grids, {whole.data(), rows(), cols()});
    std::copy_n(whole.begin() + firstRow * cols(), values.size(), values.begin());
}

QuantizedWeightPtr AffineTensor::weight() const
{
    auto [grids, codes] = load();
    return std::make_shared<UniformAffineWeight>(std::move(grids), codes);
}

GridSet AffineTensor::emptyGrid(std::int64_t gridRows, std::int64_t groupSize,
                                std::int64_t groups) const
{
    GridSet grids;
    grids.rows = rows();
    grids.cols = cols();
    grids.gridRows = gridRows;
    grids.groupSize = groupSize;
    grids.groupsPerRow = groups;
    grids.bits = m_bits;
    grids.rule = RangeRule::GptqSym;
    grids.scaleType = ScaleType::F16;
    const auto count = static_cast<std::size_t>(gridRows * groups);
    grids.scales.assign(count, 1);
    grids.zeroPoints.assign(count, static_cast<std::int16_t>(1 << (m_bits - 1)));
    return grids;
}

std::vector<float> AffineTensor::floats(const std::string &part) const
{
    const std::vector<std::byte> bytes = m_stored.readPart(part);
    const io::Dtype dtype = m_stored.findPart(part)->dtype;
    std::vector<float> values(bytes.size() / io::dtypeBytes(dtype));
    io::widen(dtype, bytes, values);
    if (std::any_of(values.begin(), values.end(), [](float v) { return !std::isfinite(v); })) {
        damaged(part);
    }
    return values;
}

std::vector<std::uint32_t> AffineTensor::words(const std::string &part) const
{
    return wordsOf(m_stored.readPart(part));
}

std::vector<std::int32_t> AffineTensor::integers(const std::string &part) const
{
    const std::vector<std::byte> bytes = m_stored.readPart(part);
    std::vector<std::int32_t> values(bytes.size() / sizeof(std::int32_t));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(std::int32_t));
    return values;
}

void AffineTensor::damaged(const std::string &part) const
{
    failParts(m_stored, m_module, "has values in " + part + " that cannot be");
}

ConfigReader quantizationOf(const io::Checkpoint &stored)
{
    const std::string where = stored.configPath().string();
    return ConfigReader(stored.config(), where).object("quantization_config").value();
}

const io::TensorInfo &requirePart(const io::Checkpoint &stored, const std::string &name,
                                  std::initializer_list<io::Dtype> dtypes, std::size_t dimensions)
{
    const io::TensorInfo *tensor = stored.findPart(name);
    const bool isRight = tensor != nullptr && tensor->shape.size() == dimensions
        && std::find(dtypes.begin(), dtypes.end(), tensor->dtype) != dtypes.end()
        && std::all_of(tensor->shape.begin(), tensor->shape.end(),
                       [](std::int64_t size) { return size > 0; });
    if (!isRight) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: tensor \"%2\" is missing or not of the type and shape that "
                                "the quantization in config.json asks for; copy the checkpoint "
                                "again."),
                    stored.path(), name);
    }
    return *tensor;
}

bool StatedForm::makesGroups(std::int64_t cols, std::int64_t groups) const
{
    const std::int64_t size = groupSize.value_or(0);
    if (!groupSize) {
        return true;
    }
    return groups == (size < 0 ? 1 : (cols + size - 1) / size);
}

std::optional<std::int64_t> statedGroupSize(const ConfigReader &config, std::string_view key)
{
    if (!config.has(key)) {
        return std::nullopt;
    }
    const std::int64_t size = config.integer(key, -1, INT32_MAX);
    if (size == 0) {
        config.fail(key, "-1 (the whole row) or a number of columns");
    }
    return size;
}

void failConfig(const io::Checkpoint &stored, const std::string &module, std::string_view key,
                std::string_view stated, std::string_view found)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: \"%2\" of the quantization_config is %3, but %4 %5; correct the "
                            "file or copy the checkpoint again."),
                stored.configPath(), key, stated, module, found);
}

void failParts(const io::Checkpoint &stored, const std::string &module, std::string_view problem)
{
    throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: %2 %3; the checkpoint is damaged."),
                stored.path(), module, problem);
}

std::vector<std::string> modulesWith(const io::Checkpoint &stored, std::string_view suffix)
{
    std::vector<std::string> modules;
    for (const io::TensorInfo &tensor : stored.tensors()) {
        if (tensor.name.size() > suffix.size() && tensor.name.ends_with(suffix)) {
            modules.push_back(tensor.name.substr(0, tensor.name.size() - suffix.size()));
        }
    }
    return modules;
}

} // namespace bitprism
