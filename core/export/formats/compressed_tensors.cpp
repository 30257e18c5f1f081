// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/export/affine_layers.h"
#include "core/export/packed_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

namespace bitprism {

namespace {

constexpr std::string_view packedName = "compressed-tensors";
/// From this version on, codes of 3, 5, 6 and 7 bits lie without gaps.
constexpr std::string_view packingVersion = "0.17.0";

struct CompressedTensorsParams
{
    bool otherWidths = false;

    void visit(ParamVisitor &v)
    {
        v.flag("other_widths", otherWidths,
               {BITPRISM_TR("Component", "Other widths"),
                BITPRISM_TR("Component",
                            "Allows 1, 3, 5, 6 and 7 bits, which only programs with "
                            "compressed-tensors 0.17 or later read.")});
    }
};

/// `<m>.weight_packed`, `.weight_scale`, `.weight_zero_point`, `.weight_g_idx`, `.weight_shape`
/// (export-formats.md 8.1).
class PackedTensor final : public AffineTensor
{
public:
    PackedTensor(const io::Checkpoint &stored, const std::string &module, std::int64_t rows,
                 std::int64_t cols, const StatedForm &form, bool isDense)
        : AffineTensor(stored, module, rows, cols, form.bits, partsOf(stored, module))
        , m_form(form)
        , m_isDense(isDense)
    {
    }

    static std::vector<std::string> partsOf(const io::Checkpoint &stored, const std::string &module)
    {
        std::vector<std::string> parts;
        for (const char *part : {".weight_packed", ".weight_scale", ".weight_shape",
                                 ".weight_zero_point", ".weight_g_idx"}) {
            if (stored.findPart(module + part) != nullptr) {
                parts.push_back(module + part);
            }
        }
        return parts;
    }

protected:
    std::pair<GridSet, std::vector<std::uint8_t>> load() const override
    {
        const auto out = static_cast<std::size_t>(rows());
        const auto in = static_cast<std::size_t>(cols());
        GridSet grids = readGrids();
        const std::vector<std::uint32_t> packed = words(module() + ".weight_packed");
        const std::size_t perRow = packed.size() / out;
        std::vector<std::uint8_t> codes(out * in);
        for (std::size_t row = 0; row < out; ++row) {
            unpack({packed.data() + row * perRow, perRow, 1}, {codes.data() + row * in, in, 1});
        }
        return {std::move(grids), std::move(codes)};
    }

private:
    void unpack(Strided<const std::uint32_t> words, Strided<std::uint8_t> codes) const
    {
        if (m_isDense) {
            unpackDense(words, bits(), codes);
        } else {
            unpackLoose(words, bits(), codes);
        }
    }

    GridSet readGrids() const
    {
        const io::TensorInfo &scale = *stored().findPart(module() + ".weight_scale");
        const std::int64_t groups = scale.shape.size() == 2 ? scale.shape[1] : 1;
        const std::int64_t gridRows = scale.shape[0];
        // The last group may be shorter, so that the number of groups does not tell their size.
        const std::int64_t even = (cols() + groups - 1) / groups;
        const std::int64_t stated = m_form.groupSize.value_or(-1);
        GridSet grids = emptyGrid(gridRows, stated > 0 ? std::min(stated, cols()) : even, groups);
        grids.scales = floats(module() + ".weight_scale");
        grids.scaleType = scale.dtype == io::Dtype::F16 ? ScaleType::F16
            : scale.dtype == io::Dtype::BF16            ? ScaleType::Bf16
                                                        : ScaleType::F32;
        if (stored().findPart(module() + ".weight_zero_point") != nullptr) {
            grids.rule = RangeRule::GptqAsym;
            const auto count = static_cast<std::size_t>(gridRows);
            const auto columns = static_cast<std::size_t>(groups);
            const std::vector<std::uint32_t> packed = words(module() + ".weight_zero_point");
            std::vector<std::uint8_t> zeros(count);
            for (std::size_t group = 0; group < columns; ++group) {
                unpack({packed.data() + group, packed.size() / columns, columns},
                       {zeros.data(), count, 1});
                for (std::size_t row = 0; row < count; ++row) {
                    grids.zeroPoints[row * columns + group] = zeros[row];
                }
            }
        }
        readOrder(grids);
        return grids;
    }

    void readOrder(GridSet &grids) const
    {
        if (stored().findPart(module() + ".weight_g_idx") == nullptr) {
            return;
        }
        const std::vector<std::int32_t> groups = integers(module() + ".weight_g_idx");
        if (std::all_of(groups.begin(), groups.end(), [](int group) { return group == -1; })) {
            return; // what the reference writes where there is no order
        }
        if (std::any_of(groups.begin(), groups.end(), [&](std::int32_t group) {
                return group < 0 || group >= grids.groupsPerRow;
            })) {
            damaged(module() + ".weight_g_idx");
        }
        grids.groupOfColumn.assign(groups.begin(), groups.end());
    }

    StatedForm m_form; ///< as config.json says
    bool m_isDense;
};

using GroupForm = std::tuple<int, std::int64_t, bool, bool>; // bits, group size, symmetric, order

GroupForm formOf(const AffineLayer &layer)
{
    return {layer.grids().bits, layer.groupSize(), layer.isSymmetric(),
            !layer.grids().groupOfColumn.empty()};
}

/// What a group of the configuration says of its layers.
struct StatedGroup
{
    StatedForm form;
    std::vector<std::string> targets;
};

/// `weights` of a group: integers, one scale a tensor, row, or group of columns.
StatedForm statedForm(const ConfigReader &weights)
{
    static const std::set<std::string> strategies{"tensor", "channel", "group"};
    StatedForm form;
    form.bits = static_cast<int>(weights.integer("num_bits", 1, 8));
    form.groupSize = statedGroupSize(weights, "group_size");
    if (const std::string type = weights.text("type", "int"); type != "int") {
        weights.fail("type", "\"int\", which packed codes are");
    }
    const std::string strategy = weights.text("strategy", "");
    if (!strategy.empty() && !strategies.contains(strategy)) {
        weights.fail("strategy", "tensor, channel or group");
    }
    if (strategy == "tensor" || strategy == "channel") {
        form.groupSize = -1;
    } else if (strategy == "group" && form.groupSize.value_or(-1) < 0) {
        weights.fail("group_size", "a number of columns, as the strategy is \"group\"");
    }
    if (weights.has("symmetric")) {
        form.isSymmetric = weights.flag("symmetric", true);
    }
    return form;
}

/// Groups of packed integers; those of other formats are none of ours.
std::vector<StatedGroup> statedGroups(const ConfigReader &config)
{
    std::vector<StatedGroup> stated;
    const std::optional<ConfigReader> groups = config.object("config_groups");
    if (!groups) {
        return stated;
    }
    const std::string usual = config.text("format", "pack-quantized");
    for (const auto &[name, group] : config.find("config_groups")->items()) {
        const std::optional<ConfigReader> entry = groups->object(name);
        const std::optional<ConfigReader> weights = entry ? entry->object("weights") : std::nullopt;
        const std::string format = entry ? entry->text("format", usual) : "";
        if (!weights || (format != "pack-quantized" && format != "mixed-precision")) {
            continue;
        }
        StatedGroup known{statedForm(*weights), {}};
        if (const Json *targets = entry->find("targets"); targets != nullptr) {
            const bool areTexts = targets->is_array()
                && std::all_of(targets->begin(), targets->end(),
                               [](const Json &target) { return target.is_string(); });
            if (!areTexts) {
                entry->fail("targets", "a list of names");
            }
            known.targets = targets->get<std::vector<std::string>>();
        }
        stated.push_back(std::move(known));
    }
    return stated;
}

/// The forms that `module` may have: those of groups that target it by name first.
std::vector<StatedForm> formsOf(const std::vector<StatedGroup> &groups, const std::string &module)
{
    std::vector<StatedForm> byName;
    std::vector<StatedForm> others;
    for (const StatedGroup &group : groups) {
        const bool isNamed
            = std::find(group.targets.begin(), group.targets.end(), module) != group.targets.end();
        (isNamed ? byName : others).push_back(group.form);
    }
    return byName.empty() ? others : byName;
}

/// compressed-tensors, pack-quantized: what vLLM and llm-compressor read.
class CompressedTensorsFormat final : public FolderFormat
{
public:
    using Params = CompressedTensorsParams;
    static ComponentInfo info()
    {
        return {Kind::exporter,
                "compressed-tensors",
                BITPRISM_TR("Component", "compressed-tensors"),
                "compressed-tensors, pack-quantized",
                {}};
    }
    explicit CompressedTensorsFormat(const Params &params)
        : m_params(params)
    {
    }

    std::string_view quantMethod() const override { return packedName; }

    io::CodedTensors decode(const io::Checkpoint &stored) const override
    {
        static const std::set<std::string> known{"pack-quantized", "mixed-precision",
                                                 "float-quantized", "dense"};
        const ConfigReader config = quantizationOf(stored);
        const std::string format = config.text("format", "pack-quantized");
        if (!known.contains(format)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: the compressed-tensors format \"%2\" cannot be read; "
                                    "pack-quantized can."),
                        stored.path(), format);
        }
        const std::vector<StatedGroup> groups = statedGroups(config);
        io::CodedTensors coded;
        for (const std::string &module : modulesWith(stored, ".weight_packed")) {
            coded.tensors.push_back(
                decodeModule(stored, module, formsOf(groups, module), isOldVersion(config)));
            for (const std::string &part : PackedTensor::partsOf(stored, module)) {
                coded.parts.insert(part);
            }
        }
        return coded;
    }

    std::optional<io::CodeLimits> codeLimits() const override
    {
        io::CodeLimits limits{{}, 1, /*hasGroups=*/true, /*mergesLayers=*/true};
        for (const int bits : widths()) {
            limits.columnsOfWidth[bits] = 1;
        }
        return limits;
    }

    std::vector<std::string> notes(const ExportSubject &subject) const override
    {
        for (const AffineLayer &layer : affineLayers(subject, packedName)) {
            const std::vector<int> plain = plainWidths();
            if (std::find(plain.begin(), plain.end(), layer.grids().bits) == plain.end()) {
                return {std::to_string(layer.grids().bits)
                        + "-bit codes are packed as compressed-tensors 0.17 and later read them; "
                          "earlier versions read other weights"};
            }
        }
        return {};
    }

protected:
    ExportFolder contents(const ExportSubject &subject) const override
    {
        const std::vector<AffineLayer> layers = affineLayers(subject, packedName);
        std::map<std::string, const AffineLayer *> byTensor;
        for (const AffineLayer &layer : layers) {
            byTensor[layer.layer->tensor] = &layer;
            requireReadWidth(layer);
        }
        requireMergeable(layers, packedName);
        std::vector<OutputTensor> tensors = plainTensors(
            subject, sourceDtype, [&](const std::string &name) { return byTensor.contains(name); });
        for (const AffineLayer &layer : layers) {
            addTensors(layer, shardOf(subject, layer.layer->tensor), tensors);
        }
        Json config = exportedConfig(subject);
        config["quantization_config"] = quantizationConfig(subject, layers);
        return {std::move(tensors), config.dump(2) + "\n"};
    }

private:
    /// Those that every version of the package packs alike.
    static std::vector<int> plainWidths() { return {2, 4, 8}; }
    std::vector<int> widths() const
    {
        return m_params.otherWidths ? std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8} : plainWidths();
    }

    void requireReadWidth(const AffineLayer &layer) const
    {
        const int bits = layer.grids().bits;
        if (const int nearest = nearestWidth(widths(), bits); nearest != bits) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 of %2 bits (layer %3) are read by programs with version "
                                    "0.17 or later only; the nearest width is %4, or export with "
                                    "other_widths to write them all the same."),
                        packedName, bits, layer.layer->name, nearest);
        }
    }

    static std::unique_ptr<const io::CodedTensor> decodeModule(const io::Checkpoint &stored,
                                                               const std::string &module,
                                                               const std::vector<StatedForm> &forms,
                                                               bool isOld)
    {
        using io::Dtype;
        const auto &packed = requirePart(stored, module + ".weight_packed", {Dtype::I32}, 2).shape;
        const auto [rows, cols] = readShape(stored, module);
        if (packed[0] != rows) {
            failParts(stored, module, "has a weight_shape of other rows than its codes");
        }
        for (const StatedForm &form : forms) {
            const auto count = static_cast<std::size_t>(cols);
            const int bits = form.bits;
            const bool isDense = packed[1] == static_cast<std::int64_t>(denseWords(count, bits));
            const bool isLoose = packed[1] == static_cast<std::int64_t>(looseWords(count, bits));
            if (isDense || isLoose) {
                // Where both fit, the version decides (they differ for 3, 5, 6 and 7 bits only).
                const bool takesDense = isDense && isLoose ? !isOld : isDense;
                const std::int64_t groups
                    = checkGrids(stored, module, rows, cols, bits, takesDense);
                return std::make_unique<PackedTensor>(
                    stored, module, rows, cols, claimOf(stored, module, forms, bits, cols, groups),
                    takesDense);
            }
        }
        failParts(stored, module, "is packed in no width that config.json names");
    }

    /// What a group with the width found says, where it is what the tensors show.
    static StatedForm claimOf(const io::Checkpoint &stored, const std::string &module,
                              const std::vector<StatedForm> &forms, int bits, std::int64_t cols,
                              std::int64_t groups)
    {
        const bool isSymmetric = stored.findPart(module + ".weight_zero_point") == nullptr;
        const StatedForm *nearest = nullptr;
        for (const StatedForm &form : forms) {
            if (form.bits != bits) {
                continue;
            }
            nearest = nearest == nullptr || form.makesGroups(cols, groups) ? &form : nearest;
            if (form.makesGroups(cols, groups)
                && form.isSymmetric.value_or(isSymmetric) == isSymmetric) {
                return form;
            }
        }
        if (!nearest->makesGroups(cols, groups)) {
            failConfig(stored, module, "group_size", std::to_string(*nearest->groupSize),
                       "has " + std::to_string(groups) + " groups for its " + std::to_string(cols)
                           + " columns");
        }
        failConfig(stored, module, "symmetric", isSymmetric ? "false" : "true",
                   isSymmetric ? "has no zero points" : "has zero points");
    }

    static std::pair<std::int64_t, std::int64_t> readShape(const io::Checkpoint &stored,
                                                           const std::string &module)
    {
        constexpr std::int64_t most = INT32_MAX;
        const std::string name = module + ".weight_shape";
        const io::TensorInfo &tensor
            = requirePart(stored, name, {io::Dtype::I64, io::Dtype::I32}, 1);
        std::array<std::int64_t, 2> shape{};
        const std::vector<std::byte> bytes = stored.readPart(name);
        if (tensor.shape[0] == 2 && tensor.dtype == io::Dtype::I64) {
            std::memcpy(shape.data(), bytes.data(), sizeof shape);
        } else if (tensor.shape[0] == 2) {
            std::array<std::int32_t, 2> narrow{};
            std::memcpy(narrow.data(), bytes.data(), sizeof narrow);
            shape = {narrow[0], narrow[1]};
        }
        if (shape[0] < 1 || shape[1] < 1 || shape[0] > most || shape[1] > most) {
            failParts(stored, module, "has a weight_shape that cannot be");
        }
        return {shape[0], shape[1]};
    }

    static bool isOldVersion(const ConfigReader &config)
    {
        const std::string version = config.text("version", packingVersion);
        int major = 0;
        int minor = 0;
        return std::sscanf(version.c_str(), "%5d.%5d", &major, &minor) == 2
            && std::pair(major, minor) < std::pair(0, 17);
    }

    /// The number of groups that the scales show.
    static std::int64_t checkGrids(const io::Checkpoint &stored, const std::string &module,
                                   std::int64_t rows, std::int64_t cols, int bits, bool isDense)
    {
        using io::Dtype;
        const io::TensorInfo *scale = stored.findPart(module + ".weight_scale");
        const std::size_t dimensions = scale == nullptr ? 2 : scale->shape.size();
        const auto &scales = requirePart(stored, module + ".weight_scale",
                                         {Dtype::F16, Dtype::BF16, Dtype::F32}, dimensions)
                                 .shape;
        const std::int64_t groups = scales.size() == 2 ? scales[1] : 1;
        const bool isShared = scales.size() == 1 && scales[0] == 1;
        const bool fits = (isShared || (scales.size() == 2 && scales[0] == rows)) && groups <= cols
            && groups <= 65536;
        if (!fits || (cols + groups - 1) / groups * (groups - 1) >= cols) {
            failParts(stored, module, "has scales of a shape that its codes cannot have");
        }
        if (stored.findPart(module + ".weight_zero_point") != nullptr) {
            const auto &zeros
                = requirePart(stored, module + ".weight_zero_point", {Dtype::I32}, 2).shape;
            const auto count = static_cast<std::size_t>(scales[0]);
            const auto words = static_cast<std::int64_t>(isDense ? denseWords(count, bits)
                                                                 : looseWords(count, bits));
            if (zeros[0] != words || zeros[1] != groups) {
                failParts(stored, module, "has zero points of a shape that its scales cannot have");
            }
        }
        if (stored.findPart(module + ".weight_g_idx") != nullptr
            && requirePart(stored, module + ".weight_g_idx", {Dtype::I32}, 1).shape[0] != cols) {
            failParts(stored, module, "has a weight_g_idx of another length than its columns");
        }
        return groups;
    }

    static void addTensors(const AffineLayer &layer, const std::string &shard,
                           std::vector<OutputTensor> &tensors)
    {
        using io::Dtype;
        const std::string &module = layer.layer->name;
        const GridSet &grids = layer.grids();
        const auto words = static_cast<std::int64_t>(
            denseWords(static_cast<std::size_t>(grids.cols), grids.bits));
        tensors.push_back({{module + ".weight_packed", Dtype::I32, {grids.rows, words}},
                           shard,
                           [layer] { return packedCodes(layer); }});
        const Dtype dtype = scaleDtype(layer);
        tensors.push_back({{module + ".weight_scale", dtype, {grids.rows, grids.groupsPerRow}},
                           shard,
                           [layer, dtype] { return scaleBytes(layer, dtype, /*byRow=*/true); }});
        tensors.push_back(
            {{module + ".weight_shape", Dtype::I64, {2}}, shard, [layer] {
                 const std::array<std::int64_t, 2> shape{layer.grids().rows, layer.grids().cols};
                 const auto bytes = std::as_bytes(std::span(shape));
                 return std::vector<std::byte>(bytes.begin(), bytes.end());
             }});
        if (!layer.isSymmetric()) {
            const auto zeroWords = static_cast<std::int64_t>(
                denseWords(static_cast<std::size_t>(grids.rows), grids.bits));
            tensors.push_back(
                {{module + ".weight_zero_point", Dtype::I32, {zeroWords, grids.groupsPerRow}},
                 shard,
                 [layer] { return packedZeros(layer); }});
        }
        if (!grids.groupOfColumn.empty()) {
            tensors.push_back(
                {{module + ".weight_g_idx", Dtype::I32, {grids.cols}}, shard, [layer] {
                     const std::vector<std::uint32_t> groups(layer.grids().groupOfColumn.begin(),
                                                             layer.grids().groupOfColumn.end());
                     return bytesOf(groups);
                 }});
        }
    }

    static std::vector<std::byte> packedCodes(const AffineLayer &layer)
    {
        const auto rows = static_cast<std::size_t>(layer.grids().rows);
        const auto cols = static_cast<std::size_t>(layer.grids().cols);
        const int bits = layer.grids().bits;
        const std::vector<std::uint8_t> codes = layer.weight->codes();
        const std::size_t perRow = denseWords(cols, bits);
        std::vector<std::uint32_t> words(rows * perRow);
        for (std::size_t row = 0; row < rows; ++row) {
            packDense({codes.data() + row * cols, cols, 1}, bits,
                      {words.data() + row * perRow, perRow, 1});
        }
        return bytesOf(words);
    }

    static std::vector<std::byte> packedZeros(const AffineLayer &layer)
    {
        const auto rows = static_cast<std::size_t>(layer.grids().rows);
        const auto groups = static_cast<std::size_t>(layer.grids().groupsPerRow);
        const int bits = layer.grids().bits;
        const std::size_t perGroup = denseWords(rows, bits);
        std::vector<std::uint32_t> words(perGroup * groups);
        std::vector<std::uint8_t> zeros(rows);
        for (std::size_t group = 0; group < groups; ++group) {
            for (std::size_t row = 0; row < rows; ++row) {
                zeros[row] = static_cast<std::uint8_t>(layer.zeroPoint(
                    static_cast<std::int64_t>(row), static_cast<std::int64_t>(group)));
            }
            packDense({zeros.data(), rows, 1}, bits, {words.data() + group, perGroup, groups});
        }
        return bytesOf(words);
    }

    static Json weightsOf(const GroupForm &form)
    {
        const auto [bits, groupSize, isSymmetric, hasOrder] = form;
        Json weights
            = {{"num_bits", bits},         {"type", "int"},
               {"symmetric", isSymmetric}, {"strategy", groupSize < 0 ? "channel" : "group"},
               {"dynamic", false},         {"block_structure", nullptr},
               {"observer", "minmax"},     {"observer_kwargs", Json::object()}};
        weights["group_size"] = groupSize < 0 ? Json() : Json(groupSize);
        weights["actorder"] = hasOrder ? Json("group") : Json();
        return weights;
    }

    static Json quantizationConfig(const ExportSubject &subject,
                                   const std::vector<AffineLayer> &layers)
    {
        std::map<GroupForm, std::vector<std::string>> byForm;
        for (const AffineLayer &layer : layers) {
            byForm[formOf(layer)].push_back(layer.layer->name);
        }
        Json groups = Json::object();
        for (const auto &[form, names] : byForm) {
            groups["group_" + std::to_string(groups.size())]
                = {{"targets", byForm.size() == 1 ? std::vector<std::string>{"Linear"} : names},
                   {"format", "pack-quantized"},
                   {"input_activations", nullptr},
                   {"output_activations", nullptr},
                   {"weights", weightsOf(form)}};
        }
        return {{"quant_method", "compressed-tensors"},
                {"format", "pack-quantized"},
                {"quantization_status", "compressed"},
                {"version", packingVersion},
                {"global_compression_ratio", nullptr},
                {"kv_cache_scheme", nullptr},
                {"ignore", plainLayers(subject, /*withHead=*/true)},
                {"config_groups", groups}};
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(exporter, compressed_tensors, CompressedTensorsFormat);

} // namespace bitprism
